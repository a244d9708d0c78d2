package waitgroup_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	original "golang.org/x/tools/go/analysis/passes/waitgroup"

	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
	"github.com/lockstep-go/lockstep/analyzers/waitgroup"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), waitgroup.Analyzer, "noisy", "quiet")
}

func TestSentences(t *testing.T) {
	adoptedtest.Sentences(t, waitgroup.Analyzer, original.Analyzer, "a")
}

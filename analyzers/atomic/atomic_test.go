package atomic_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	original "golang.org/x/tools/go/analysis/passes/atomic"

	"github.com/lockstep-go/lockstep/analyzers/atomic"
	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), atomic.Analyzer, "noisy", "quiet")
}

func TestSentences(t *testing.T) {
	adoptedtest.Sentences(t, atomic.Analyzer, original.Analyzer, "a", "typeparams")
}

package loopclosure_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	original "golang.org/x/tools/go/analysis/passes/loopclosure"

	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
	"github.com/lockstep-go/lockstep/analyzers/loopclosure"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), loopclosure.Analyzer, "noisy", "quiet")
}

func TestSentences(t *testing.T) {
	adoptedtest.Sentences(t, loopclosure.Analyzer, original.Analyzer, "a", "subtests", "typeparams")
}

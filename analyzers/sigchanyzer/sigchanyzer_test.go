package sigchanyzer_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	original "golang.org/x/tools/go/analysis/passes/sigchanyzer"

	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
	"github.com/lockstep-go/lockstep/analyzers/sigchanyzer"
)

func Test(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), sigchanyzer.Analyzer, "noisy", "quiet")
}

func TestSentences(t *testing.T) {
	adoptedtest.Sentences(t, sigchanyzer.Analyzer, original.Analyzer, "a")
}

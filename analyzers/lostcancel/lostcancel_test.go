package lostcancel_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	original "golang.org/x/tools/go/analysis/passes/lostcancel"

	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
	"github.com/lockstep-go/lockstep/analyzers/lostcancel"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), lostcancel.Analyzer, "noisy", "quiet")
}

func TestFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), lostcancel.Analyzer, "fix")
}

func TestSentences(t *testing.T) {
	adoptedtest.Sentences(t, lostcancel.Analyzer, original.Analyzer, "a", "b", "typeparams")
}

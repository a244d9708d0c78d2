package copylocks_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/copylock"

	"github.com/lockstep-go/lockstep/analyzers/copylocks"
	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), copylocks.Analyzer, "noisy", "quiet")
}

func TestSentences(t *testing.T) {
	adoptedtest.Sentences(t, copylocks.Analyzer, copylock.Analyzer, "a", "typeparams", "issue67787")
}

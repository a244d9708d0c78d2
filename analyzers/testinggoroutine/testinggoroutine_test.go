package testinggoroutine_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	original "golang.org/x/tools/go/analysis/passes/testinggoroutine"

	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
	"github.com/lockstep-go/lockstep/analyzers/testinggoroutine"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), testinggoroutine.Analyzer, "noisy", "quiet")
}

func TestSentences(t *testing.T) {
	adoptedtest.Sentences(t, testinggoroutine.Analyzer, original.Analyzer, "a", "typeparams")
}

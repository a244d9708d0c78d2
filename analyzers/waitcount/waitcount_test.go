package waitcount_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/waitcount"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), waitcount.Analyzer, "noisy", "quiet", "limitations")
}

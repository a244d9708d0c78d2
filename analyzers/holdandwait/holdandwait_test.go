package holdandwait_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/holdandwait"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), holdandwait.Analyzer, "noisy", "quiet")
}

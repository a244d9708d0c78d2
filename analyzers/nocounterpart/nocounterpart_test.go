package nocounterpart_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/nocounterpart"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), nocounterpart.Analyzer, "noisy", "quiet", "limitations")
}

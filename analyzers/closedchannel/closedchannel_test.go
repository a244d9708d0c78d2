package closedchannel_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/closedchannel"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), closedchannel.Analyzer, "noisy", "quiet", "ends", "limitations")
}

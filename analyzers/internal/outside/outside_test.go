package outside_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/internal/outside"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), outside.Analyzer, "wrappers", "quiet", "above")
}

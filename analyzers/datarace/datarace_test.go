package datarace_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/datarace"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), datarace.Analyzer, "basic", "order", "locks", "memory", "spawn", "forms", "flags", "quiet", "far", "objects", "farther", "handles")
}

// TestLimitations holds what the check is known to miss.
func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), datarace.Analyzer, "limitations")
}

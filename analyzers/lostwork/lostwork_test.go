package lostwork_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/lostwork"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), lostwork.Analyzer,
		"noisy", "quiet", "inputs", "ranges", "buffers", "tests", "exits", "limitations")
}

func TestStrict(t *testing.T) {
	tier := config.Analyzer.Flags.Lookup("tier")
	if err := tier.Value.Set(string(config.Strict)); err != nil {
		t.Fatal(err)
	}
	defer tier.Value.Set(string(config.Default))
	analysistest.Run(t, analysistest.TestData(), lostwork.Analyzer, "strict", "sleeps", "exitstrict", "latestrict")
}

func TestFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), lostwork.Analyzer, "exittests", "late")
}

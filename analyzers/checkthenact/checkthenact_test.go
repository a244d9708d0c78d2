package checkthenact_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/checkthenact"
	"github.com/lockstep-go/lockstep/analyzers/config"
)

// Each package is named for a language feature, or for a mechanism by which a
// false report could come about, and has wrong code beside right code.
func Test(t *testing.T) {
	strict(t)
	analysistest.Run(t, analysistest.TestData(), checkthenact.Analyzer,
		"sections", "doublechecked", "atomics", "maps")
}

// What certainly is a bug is in the default tier.
func TestRivals(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), checkthenact.Analyzer, "rivals", "published")
}

func TestStrict(t *testing.T) {
	strict(t)
	analysistest.Run(t, analysistest.TestData(), checkthenact.Analyzer, "strict")
}

func strict(t *testing.T) {
	tier := config.Analyzer.Flags.Lookup("tier")
	if err := tier.Value.Set(string(config.Strict)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tier.Value.Set(string(config.Default)) })
}

// The default tier leaves out what the strict tier adds.
func TestTiers(t *testing.T) {
	for _, res := range analysistest.Run(ignoreErrors{}, analysistest.TestData(), checkthenact.Analyzer, "strict") {
		if len(res.Diagnostics) != 0 {
			t.Errorf("the default tier reports %d findings of package strict, want none", len(res.Diagnostics))
		}
	}
}

type ignoreErrors struct{}

func (ignoreErrors) Errorf(string, ...any) {}

// A known gap is a test too: if one is closed, its wrong code begins to be
// reported, and moves to the package that it belongs to.
func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), checkthenact.Analyzer, "limitations/tier")
	strict(t)
	analysistest.Run(t, analysistest.TestData(), checkthenact.Analyzer, "limitations")
}

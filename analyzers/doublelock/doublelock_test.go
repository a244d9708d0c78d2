package doublelock_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/doublelock"
)

// Each package is named for a language feature, or for a mechanism by which a
// false report could come about, and has wrong code beside right code.
func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), doublelock.Analyzer,
		"backpointers", "once", "direct", "calls", "conditions", "callbacks", "explored", "handover", "elements", "panics")
}

// A known gap is a test too: if one is closed, its wrong code begins to be
// reported, and moves to the package that it belongs to.
func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), doublelock.Analyzer, "limitations")
}

func TestStrict(t *testing.T) {
	tier := config.Analyzer.Flags.Lookup("tier")
	if err := tier.Value.Set(string(config.Strict)); err != nil {
		t.Fatal(err)
	}
	defer tier.Value.Set(string(config.Default))
	analysistest.Run(t, analysistest.TestData(), doublelock.Analyzer, "strict")
}

// The default tier leaves out what the strict tier adds.
func TestTiers(t *testing.T) {
	quiet := analysistest.Run(ignoreErrors{}, analysistest.TestData(), doublelock.Analyzer, "strict")
	for _, res := range quiet {
		if len(res.Diagnostics) != 0 {
			t.Errorf("the default tier reports %d findings of package strict, want none", len(res.Diagnostics))
		}
	}
}

type ignoreErrors struct{}

func (ignoreErrors) Errorf(string, ...any) {}

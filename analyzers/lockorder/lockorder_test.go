package lockorder_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/lockorder"
)

// Each package is named for what is locked how, or for a mechanism by which a
// false report could come about, and has wrong code beside right code.
func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), lockorder.Analyzer,
		"pairs", "calls", "circles", "readers", "results", "elements", "gates", "instances", "objects", "explored", "made", "waiting", "embedded", "lastref")
}

// A known gap is a test too: if one is closed, its wrong code begins to be
// reported, and moves to the package that it belongs to.
func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), lockorder.Analyzer, "limitations")
}

func TestStrict(t *testing.T) {
	tier := config.Analyzer.Flags.Lookup("tier")
	if err := tier.Value.Set(string(config.Strict)); err != nil {
		t.Fatal(err)
	}
	defer tier.Value.Set(string(config.Default))
	analysistest.Run(t, analysistest.TestData(), lockorder.Analyzer, "strict")
}

// The default tier leaves out what the strict tier adds.
func TestTiers(t *testing.T) {
	quiet := analysistest.Run(ignoreErrors{}, analysistest.TestData(), lockorder.Analyzer, "strict")
	for _, res := range quiet {
		if len(res.Diagnostics) != 0 {
			t.Errorf("the default tier reports %d findings of package strict, want none", len(res.Diagnostics))
		}
	}
}

type ignoreErrors struct{}

func (ignoreErrors) Errorf(string, ...any) {}

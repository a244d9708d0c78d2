package lockcontract_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/relatedtest"
	"github.com/lockstep-go/lockstep/analyzers/lockcontract"
)

// Each package is named for a form of contract, or for a mechanism by which a
// false report could come about, and has wrong code beside right code.
func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), lockcontract.Analyzer,
		"fields", "groups", "globals", "calls", "names", "readlock", "annotations",
		"constructors", "waits", "remarks", "callers", "immutable", "programs", "twolocks", "ambiguous", "aliases")
}

func TestStrict(t *testing.T) {
	tier := config.Analyzer.Flags.Lookup("tier")
	if err := tier.Value.Set(string(config.Strict)); err != nil {
		t.Fatal(err)
	}
	defer tier.Value.Set(string(config.Default))
	analysistest.Run(t, analysistest.TestData(), lockcontract.Analyzer, "strict", "strict/internal/phases")
}

// The default tier leaves out what the strict tier adds.
func TestTiers(t *testing.T) {
	quiet := analysistest.Run(ignoreErrors{}, analysistest.TestData(), lockcontract.Analyzer, "strict", "strict/internal/phases")
	for _, res := range quiet {
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
	analysistest.Run(t, analysistest.TestData(), lockcontract.Analyzer, "limitations")
}

func TestWhy(t *testing.T) {
	relatedtest.Run(t, lockcontract.Analyzer, "why")
}

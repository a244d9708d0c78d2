package goroutineleak_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/goroutineleak"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), goroutineleak.Analyzer, "noisy", "quiet", "ignored", "mainprog")
}

func TestFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), goroutineleak.Analyzer, "fix")
}

func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), goroutineleak.Analyzer, "limitations")
}

func TestStrict(t *testing.T) {
	tier := config.Analyzer.Flags.Lookup("tier")
	if err := tier.Value.Set(string(config.Strict)); err != nil {
		t.Fatal(err)
	}
	defer tier.Value.Set(string(config.Default))
	analysistest.Run(t, analysistest.TestData(), goroutineleak.Analyzer, "strict")
}

// Of package strict, the default tier reports what is not the tests' doing.
func TestTiers(t *testing.T) {
	var found []string
	for _, res := range analysistest.Run(ignoreErrors{}, analysistest.TestData(), goroutineleak.Analyzer, "strict") {
		for _, d := range res.Diagnostics {
			found = append(found, res.Pass.Fset.Position(d.Pos).String())
		}
	}
	for _, pos := range found {
		if !strings.Contains(pos, "strict.go:11:") {
			t.Errorf("the default tier reports %s", pos)
		}
	}
	if len(found) != 2 {
		t.Errorf("the default tier reports %d findings of package strict, want Fetch without its tests and with them", len(found))
	}
}

type ignoreErrors struct{}

func (ignoreErrors) Errorf(string, ...any) {}

package guardedby_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/guardedby"
	"github.com/lockstep-go/lockstep/analyzers/internal/relatedtest"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), guardedby.Analyzer, "noisy", "quiet", "limitations")
}

func TestFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), guardedby.Analyzer, "fix")
}

func TestStrict(t *testing.T) {
	tier := config.Analyzer.Flags.Lookup("tier")
	if err := tier.Value.Set(string(config.Strict)); err != nil {
		t.Fatal(err)
	}
	defer tier.Value.Set(string(config.Default))
	analysistest.Run(t, analysistest.TestData(), guardedby.Analyzer, "strict")
}

func TestWhy(t *testing.T) {
	relatedtest.Run(t, guardedby.Analyzer, "why")
}

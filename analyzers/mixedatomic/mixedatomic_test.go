package mixedatomic_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/internal/relatedtest"
	"github.com/lockstep-go/lockstep/analyzers/mixedatomic"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), mixedatomic.Analyzer, "noisy", "quiet")
}

func TestWhy(t *testing.T) {
	relatedtest.Run(t, mixedatomic.Analyzer, "why")
}

// A known gap is a test too: if one is closed, its wrong code begins to be
// reported, and moves to the package that it belongs to.
func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), mixedatomic.Analyzer, "limitations")
}

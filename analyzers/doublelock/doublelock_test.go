package doublelock_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/doublelock"
)

// Each package is named for a language feature, or for a mechanism by which a
// false report could come about, and has wrong code beside right code.
func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), doublelock.Analyzer,
		"backpointers", "once", "direct", "calls", "conditions", "callbacks", "explored", "handover", "elements")
}

// A known gap is a test too: if one is closed, its wrong code begins to be
// reported, and moves to the package that it belongs to.
func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), doublelock.Analyzer, "limitations")
}

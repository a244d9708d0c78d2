package analyzers_test

import (
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
)

func TestSuite(t *testing.T) {
	suite := analyzers.Suite()
	if err := analysis.Validate(suite); err != nil {
		t.Error(err)
	}
	var names []string
	for _, a := range suite {
		names = append(names, a.Name)
		if a.ResultType != diagnostic.ResultType {
			t.Errorf("%s: ResultType is %v, want %v: a check reports through a diagnostic.Reporter and returns its Result", a.Name, a.ResultType, diagnostic.ResultType)
		}
		if !slices.Contains(a.Requires, config.Analyzer) {
			t.Errorf("%s does not require config.Analyzer, so tier and suppressions cannot reach it", a.Name)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("suite is not in the order of names: %v", names)
	}
	if got := config.Rules(); !slices.Equal(got, names) {
		t.Errorf("config.Rules() = %v, want the names of the suite: %v", got, names)
	}
}

// Facts cost: drivers that are not ours analyse every dependency from source for
// them. The engine of locks has them, the check that compares its results across
// packages, and the engine that tells what other packages' functions do.
func TestFacts(t *testing.T) {
	seen := make(map[*analysis.Analyzer]bool)
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		if len(a.FactTypes) > 0 && !slices.Contains([]string{"lockset", "lockorder", "outside"}, a.Name) {
			t.Errorf("%s has facts", a.Name)
		}
		for _, req := range a.Requires {
			visit(req)
		}
	}
	for _, a := range analyzers.Suite() {
		visit(a)
	}
}

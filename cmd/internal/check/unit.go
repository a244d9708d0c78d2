package check

import (
	"context"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A Unit is what the suite says about one package that somebody else loaded.
type Unit struct {
	Reports  []UnitReport // one for each analyzer that succeeded, in the order of Options.Analyzers
	Findings []*finding.Finding
	Problems []Problem
}

// A UnitReport holds the diagnostics of one analyzer in the form that every
// driver of package analysis knows.
type UnitReport struct {
	Analyzer    *analysis.Analyzer
	Diagnostics []analysis.Diagnostic
}

// RunUnit runs the suite over a package that has been parsed and type-checked,
// for drivers that are told what to load. Of opts only the choices about rules,
// tier and language count.
func RunUnit(ctx context.Context, opts Options, pkg *packages.Package) (*Unit, error) {
	opts, err := withDefaults(opts)
	if err != nil {
		return nil, err
	}
	out := analyse(ctx, opts, pkg)
	t := newTranslator(opts)
	u := &Unit{Findings: t.finish(t.translate(out)), Problems: once(out.problems)}
	for _, r := range out.reports {
		u.Reports = append(u.Reports, UnitReport{Analyzer: r.analyzer, Diagnostics: r.plain})
	}
	return u, nil
}

package check

import (
	"context"
	"go/ast"
	"go/types"

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

// NewTypesInfo returns an empty record of what the type checker finds out, with
// room for all that analyzers may ask.
func NewTypesInfo() *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
}

// Required returns the analyzers of a suite and all that they require, each
// once, behind what it requires itself.
func Required(suite []*analysis.Analyzer) []*analysis.Analyzer {
	var found []*analysis.Analyzer
	seen := make(map[*analysis.Analyzer]bool)
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, req := range a.Requires {
			visit(req)
		}
		found = append(found, a)
	}
	for _, a := range suite {
		visit(a)
	}
	return found
}

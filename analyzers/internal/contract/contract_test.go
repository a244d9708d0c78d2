package contract_test

import (
	"fmt"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// teller reports the contracts of a package. What it says of a lock: where it
// starts, whether it may have other names, and whether it can be held for
// reading.
var teller = &analysis.Analyzer{
	Name:     "teller",
	Doc:      "state the contracts",
	Requires: []*analysis.Analyzer{contract.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		r := pass.ResultOf[contract.Analyzer].(*contract.Result)
		for id, obj := range pass.TypesInfo.Defs {
			var parts []string
			switch obj := obj.(type) {
			case *types.Var:
				for _, g := range r.FieldGuard(obj) {
					parts = append(parts, describe(g.Lock))
				}
			case *types.Func:
				parts = conditions(r.Func(obj))
			}
			if parts != nil {
				pass.Reportf(id.Pos(), "%s: %s", id.Name, strings.Join(parts, "; "))
			}
		}
		return nil, nil
	},
}

func describe(l contract.Lock) string {
	s := l.Text
	if l.Global != nil {
		s += " (of the package)"
	}
	if !l.Known {
		s += " (of any)"
	}
	if l.Shared && l.Known {
		s += " (shared)"
	}
	if l.RW {
		s += " (rw)"
	}
	return s
}

func conditions(f *contract.Func) []string {
	if f == nil {
		return nil
	}
	var parts []string
	for _, list := range []struct {
		verb  string
		conds []contract.Condition
	}{{"requires", f.Requires}, {"excludes", f.Excludes}, {"acquires", f.Acquires}, {"releases", f.Releases}} {
		for _, c := range list.conds {
			text := describe(c.Lock)
			if c.Param >= 0 {
				text = strings.Replace(text, c.Lock.Text, fmt.Sprintf("%s of %d", c.Lock.Text, c.Param), 1)
			}
			if c.Read {
				text += " (read)"
			}
			parts = append(parts, list.verb+" "+text)
		}
	}
	return parts
}

func TestResolve(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), teller, "resolve")
}

// entrant reports what contracts say is held when a function is entered.
var entrant = &analysis.Analyzer{
	Name:     "entrant",
	Doc:      "report what is held at entry",
	Requires: []*analysis.Analyzer{contract.Analyzer, ssabuild.Analyzer, access.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		r := pass.ResultOf[contract.Analyzer].(*contract.Result)
		paths := pass.ResultOf[access.Analyzer].(*access.Paths)
		for _, fn := range pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs {
			var parts []string
			for _, h := range r.HeldAtEntry(fn) {
				text := paths.Text(h.Path)
				if h.Read {
					text += " for reading"
				}
				parts = append(parts, text)
			}
			if parts != nil {
				pass.Reportf(fn.Pos(), "%s", strings.Join(parts, ", "))
			}
		}
		return nil, nil
	},
}

func TestHeldAtEntry(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), entrant, "entry")
}

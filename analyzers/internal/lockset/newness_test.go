package lockset_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// newness reports, at each call of Lock, whether the lock is in a new object.
var newness = &analysis.Analyzer{
	Name:     "newness",
	Doc:      "report locks of new objects",
	Requires: []*analysis.Analyzer{ssabuild.Analyzer, lockset.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
		for _, fn := range pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					call, ok := instr.(*ssa.Call)
					if !ok || call.Call.StaticCallee() == nil || call.Call.StaticCallee().Name() != "Lock" {
						continue
					}
					p, _ := locks.PathAt(call)
					switch {
					case locks.Unshared(fn, p, call):
						pass.Reportf(call.Pos(), "unshared")
					case locks.Made(fn, p, call):
						pass.Reportf(call.Pos(), "made")
					default:
						pass.Reportf(call.Pos(), "old")
					}
				}
			}
		}
		return nil, nil
	},
}

func TestNewness(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), newness, "newness")
}

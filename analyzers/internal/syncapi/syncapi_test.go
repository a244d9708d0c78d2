package syncapi_test

import (
	"fmt"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

var names = map[syncapi.Kind]string{
	syncapi.Lock: "Lock", syncapi.Unlock: "Unlock", syncapi.RLock: "RLock", syncapi.RUnlock: "RUnlock", syncapi.TryLock: "TryLock",
	syncapi.WaitGroupAdd: "WaitGroupAdd", syncapi.WaitGroupGo: "WaitGroupGo", syncapi.WaitGroupDone: "WaitGroupDone",
	syncapi.OnceDo: "OnceDo", syncapi.CondWait: "CondWait", syncapi.CondNew: "CondNew",
	syncapi.AtomicLoad: "AtomicLoad", syncapi.AtomicStore: "AtomicStore", syncapi.AtomicRMW: "AtomicRMW", syncapi.AtomicCAS: "AtomicCAS",
	syncapi.TimerStart: "TimerStart", syncapi.TestRun: "TestRun", syncapi.TestFailNow: "TestFailNow", syncapi.Handler: "Handler",
	syncapi.CallsBack: "CallsBack", syncapi.ContextNew: "ContextNew", syncapi.ContextDone: "ContextDone", syncapi.RLocker: "RLocker",
}

// ops reports each call that the table knows: its kind, what it is called on,
// and what becomes of a function that is passed.
var ops = &analysis.Analyzer{
	Name:     "ops",
	Doc:      "report operations",
	Requires: []*analysis.Analyzer{ssabuild.Analyzer, access.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		paths := pass.ResultOf[access.Analyzer].(*access.Paths)
		for _, fn := range pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					call, ok := instr.(ssa.CallInstruction)
					if !ok {
						continue
					}
					op, ok := syncapi.Classify(call.Common(), paths)
					if !ok {
						continue
					}
					text := names[op.Kind]
					if p := op.Path(paths); p.IsValid() {
						text += " " + paths.Text(p)
					}
					if op.Callback != nil {
						text += fmt.Sprintf(" callback async=%v", op.Async)
					}
					pass.Reportf(call.Pos(), "%s", text)
				}
			}
		}
		return nil, nil
	},
}

func TestClassify(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), ops, "ops")
}

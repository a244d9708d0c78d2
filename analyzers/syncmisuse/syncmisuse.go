package syncmisuse

import (
	"embed"
	"go/constant"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "syncmisuse",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/syncmisuse",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, lockset.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	if !syncapi.Mentions(pass.Pkg) {
		return reporter.Finish(), nil
	}
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	c := &checker{pass: pass, reporter: reporter, locks: pass.ResultOf[lockset.Analyzer].(*lockset.Result)}
	for _, fn := range src.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(ssa.CallInstruction); ok {
					if op, ok := syncapi.Classify(call.Common(), c.locks.Paths); ok {
						c.checkTry(call, op)
						c.checkNil(call, op)
						c.checkCopy(call, op)
						c.checkAdd(call, op)
					}
				}
			}
		}
		c.checkOwnLocks(fn)
	}
	return reporter.Finish(), nil
}

type checker struct {
	pass     *analysis.Pass
	reporter *diagnostic.Reporter
	locks    *lockset.Result
}

// checkTry reports a TryLock whose result nobody looks at.
func (c *checker) checkTry(call ssa.CallInstruction, op syncapi.Op) {
	if op.Kind != syncapi.TryLock && op.Kind != syncapi.TryRLock {
		return
	}
	if v := call.Value(); v != nil && v.Referrers() != nil {
		for _, ref := range *v.Referrers() {
			if _, ok := ref.(*ssa.DebugRef); !ok {
				return
			}
		}
	}
	c.report(call, "ignored-trylock", "lock", c.receiver(call, op), "method", op.Func.Name())
}

// checkNil reports nil in place of the function that is to be called.
func (c *checker) checkNil(call ssa.CallInstruction, op syncapi.Op) {
	tier := config.Default
	switch op.Kind {
	case syncapi.OnceDo, syncapi.OnceFunc, syncapi.WaitGroupGo, syncapi.GroupGo:
	case syncapi.TimerStart, syncapi.ContextWait:
		tier = config.Strict // it may be stopped before
	default:
		return
	}
	if op.Callback == nil {
		return
	}
	if k, ok := c.locks.Paths.Origin(op.Callback).(*ssa.Const); ok && k.IsNil() {
		c.reportTier(tier, call, "nil-function", "method", op.Func.Name())
	}
}

// checkAdd reports WaitGroup.Add of a constant that is no number of
// goroutines. Add(-1) is Done.
func (c *checker) checkAdd(call ssa.CallInstruction, op syncapi.Op) {
	if op.Kind != syncapi.WaitGroupAdd || len(op.Args) != 1 {
		return
	}
	k, ok := op.Args[0].(*ssa.Const)
	if !ok || k.Value == nil {
		return
	}
	n, _ := constant.Int64Val(k.Value)
	switch {
	case n == 0:
		c.reportTier(config.Strict, call, "add-zero", "group", c.receiver(call, op))
	case n < -1:
		c.reportTier(config.Strict, call, "add-negative", "group", c.receiver(call, op), "n", k.Value.ExactString())
	}
}

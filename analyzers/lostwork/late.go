package lostwork

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file looks for functions that a timer, or the end of a context, calls when the test
// is over that they use. Nobody can wait for a function that does nothing but use the test,
// so that only a call of Stop is asked for, and whether the test sleeps.

// tooLong is how long the tests of a package run by default: what comes later does not come.
const tooLong = 10 * time.Minute

// A callback is a call of AfterFunc whose function uses the test.
type callback struct {
	start *ssa.Call
	op    syncapi.Op
	use   ssa.CallInstruction // of the test; start itself for a method value
	fails bool                // use panics when the test is over
	acts  bool                // the function does more, which the test may wait for
}

// late reports the functions of timers that a test does not stop before it returns.
func (c *checker) late(fn *ssa.Function) {
	t := testOf(fn)
	if t == nil {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			cb, ok := c.callbackOf(call, t)
			if !ok || !c.outlives(cb) {
				continue
			}
			slept, returns := c.returnsWithout(call)
			if !returns {
				continue
			}
			tier := config.Default
			if slept || cb.acts || !cb.fails || cb.op.Kind != syncapi.TimerStart || !c.isWhole(fn) {
				tier = config.Strict
			}
			c.report.Report(c.lateDiagnostic(fn, t, cb, tier))
		}
	}
}

// testOf returns the parameter of fn by which it uses a test or benchmark.
func testOf(fn *ssa.Function) *ssa.Parameter {
	for _, p := range fn.Params {
		if ptr, ok := p.Type().(*types.Pointer); ok {
			if n, ok := types.Unalias(ptr.Elem()).(*types.Named); ok && isTesting(n) && (n.Obj().Name() == "T" || n.Obj().Name() == "B") {
				return p
			}
		}
	}
	return nil
}

func isTesting(n *types.Named) bool {
	return n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "testing"
}

// isWhole reports whether fn is a test, or what t.Run calls: the test is over when it returns.
func (c *checker) isWhole(fn *ssa.Function) bool {
	if isTest(fn) {
		return true
	}
	parent := fn.Parent()
	return parent != nil && slices.ContainsFunc(parent.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			call, ok := instr.(*ssa.Call)
			if !ok {
				return false
			}
			op, ok := syncapi.Classify(&call.Call, c.paths)
			return ok && op.Kind == syncapi.TestRun && op.Callback != nil && functionOf(op.Callback) == fn
		})
	})
}

// functionOf returns the function of a function value, nil if that is not known.
func functionOf(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Function:
		return v
	case *ssa.MakeClosure:
		return v.Fn.(*ssa.Function)
	case *ssa.ChangeType:
		return functionOf(v.X)
	}
	return nil
}

// callbackOf tells of a call of AfterFunc whose function always uses the test t, whatever has
// happened until then.
func (c *checker) callbackOf(call *ssa.Call, t *ssa.Parameter) (callback, bool) {
	op, ok := syncapi.Classify(&call.Call, c.paths)
	if !ok || op.Kind != syncapi.TimerStart && op.Kind != syncapi.ContextWait || op.Callback == nil {
		return callback{}, false
	}
	cb := callback{start: call, op: op}
	v := c.paths.Origin(op.Callback)
	fn := functionOf(v)
	if mc, ok := v.(*ssa.MakeClosure); ok && fn.Synthetic != "" && len(mc.Bindings) == 1 && c.isTestValue(mc.Bindings[0], t) {
		obj, ok := fn.Object().(*types.Func)
		cb.use, cb.fails = call, true
		return cb, ok && failing(obj.Name())
	}
	if fn == nil || fn.Blocks == nil {
		return callback{}, false
	}
	for _, b := range fn.DomPreorder() {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.UnOp, *ssa.Select:
				if waits(i) && cb.use == nil {
					return callback{}, false
				}
			case *ssa.Send, *ssa.Go, *ssa.Defer, *ssa.MapUpdate:
				cb.acts = true
			case *ssa.Store:
				cb.acts = cb.acts || !local(i.Addr)
			case *ssa.Call:
				c.calls(&cb, i, t)
			}
		}
	}
	return cb, cb.use != nil
}

// calls looks at a call in the function of a timer.
func (c *checker) calls(cb *callback, call *ssa.Call, t *ssa.Parameter) {
	if builtin, ok := call.Call.Value.(*ssa.Builtin); ok {
		cb.acts = cb.acts || builtin.Name() == "close"
		return
	}
	fn := call.Call.StaticCallee()
	if fn == nil || fn.Signature.Recv() == nil || len(call.Call.Args) == 0 || fn.Pkg == nil || fn.Pkg.Pkg.Path() != "testing" {
		cb.acts = cb.acts || fn == nil || fn.Pkg == nil || fn.Pkg.Pkg.Path() != "fmt"
		return
	}
	if !c.isTestValue(call.Call.Args[0], t) || !always(call.Block()) || cb.use != nil && cb.fails {
		return
	}
	if failing(fn.Name()) || logging(fn.Name()) {
		cb.use, cb.fails = call, failing(fn.Name())
	}
}

// isTestValue reports whether v is the test t, or what is embedded in it.
func (c *checker) isTestValue(v ssa.Value, t *ssa.Parameter) bool {
	if fa, ok := v.(*ssa.FieldAddr); ok {
		v = fa.X
	}
	return c.paths.Origin(v) == ssa.Value(t)
}

// failing reports whether a method of a test marks it as failed, which panics when it is over.
func failing(name string) bool {
	return slices.Contains([]string{"Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"}, name)
}

// logging reports whether a method of a test writes to its log, which panics when all tests
// are over.
func logging(name string) bool {
	return slices.Contains([]string{"Log", "Logf", "Skip", "Skipf"}, name)
}

// waits reports whether an instruction receives.
func waits(instr ssa.Instruction) bool {
	u, ok := instr.(*ssa.UnOp)
	return !ok || u.Op == token.ARROW
}

// local reports whether an address is that of a variable of the function itself.
func local(addr ssa.Value) bool {
	for {
		switch a := addr.(type) {
		case *ssa.Alloc:
			return true
		case *ssa.FieldAddr:
			addr = a.X
		case *ssa.IndexAddr:
			addr = a.X
		default:
			return false
		}
	}
}

// outlives reports whether the function may be called when the test is over: it is not as
// long in coming that the program has ended by then, and a context ends with the test.
func (c *checker) outlives(cb callback) bool {
	if cb.op.Kind == syncapi.TimerStart {
		d, ok := cb.op.Args[0].(*ssa.Const)
		if !ok || d.Value == nil {
			return true
		}
		n, exact := constant.Int64Val(d.Value)
		return !exact || time.Duration(n) < tooLong
	}
	e, ok := c.paths.Origin(cb.op.Args[0]).(*ssa.Extract)
	if !ok || e.Index != 0 || e.Tuple.Referrers() == nil {
		return false
	}
	return slices.ContainsFunc(*e.Tuple.Referrers(), func(r ssa.Instruction) bool {
		cancel, ok := r.(*ssa.Extract)
		return ok && cancel.Index == 1 && onlyDeferred(cancel)
	})
}

// onlyDeferred reports whether a function is called by a defer statement, and not used else.
func onlyDeferred(v ssa.Value) bool {
	deferred := false
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.Defer:
			deferred = r.Call.Value == v
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return deferred
}

// returnsWithout reports whether a function may return behind the start of a timer without a
// call of Stop, and whether it may sleep before. FailNow and its like do not return.
func (c *checker) returnsWithout(start *ssa.Call) (slept, returns bool) {
	if !c.onlyStopped(start) {
		return false, false
	}
	seen := make(map[*ssa.BasicBlock]bool)
	var walk func(instrs []ssa.Instruction)
	walk = func(instrs []ssa.Instruction) {
		for _, instr := range instrs {
			switch i := instr.(type) {
			case *ssa.Return:
				returns = true
			case ssa.CallInstruction:
				if i.Common().Value == ssa.Value(start) {
					return // stop of context.AfterFunc
				}
				op, ok := syncapi.Classify(i.Common(), c.paths)
				if ok && op.Kind == syncapi.TimerStop && c.paths.Origin(op.On) == ssa.Value(start) {
					return
				}
				slept = slept || ok && (op.Kind == syncapi.Sleep || op.Kind == syncapi.TimerNew) || c.sleeps(i)
			}
		}
		for _, s := range instrs[len(instrs)-1].Block().Succs {
			if !seen[s] {
				seen[s] = true
				walk(s.Instrs)
			}
		}
	}
	b := start.Block()
	walk(b.Instrs[slices.Index(b.Instrs, ssa.Instruction(start))+1:])
	return slept, returns
}

// onlyStopped reports whether a timer, or the function that context.AfterFunc returns, is
// used for nothing but calls in its function.
func (c *checker) onlyStopped(start *ssa.Call) bool {
	for _, r := range *start.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case ssa.CallInstruction:
			if r.Common().Value == ssa.Value(start) {
				continue
			}
			op, ok := syncapi.Classify(r.Common(), c.paths)
			if _, isGo := r.(*ssa.Go); isGo || !ok || op.Kind != syncapi.TimerStop {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// sleeps reports whether a call is of a function that sleeps, or of package synctest, where
// time is another.
func (c *checker) sleeps(call ssa.CallInstruction) bool {
	fn := call.Common().StaticCallee()
	if fn == nil {
		return false
	}
	if fn.Pkg != nil && fn.Pkg.Pkg.Path() == "testing/synctest" {
		return true
	}
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			inner, ok := instr.(*ssa.Call)
			if !ok {
				return false
			}
			op, ok := syncapi.Classify(&inner.Call, c.paths)
			return ok && (op.Kind == syncapi.Sleep || op.Kind == syncapi.TimerNew)
		})
	})
}

func (c *checker) lateDiagnostic(fn *ssa.Function, t *ssa.Parameter, cb callback, tier config.Tier) diagnostic.Diagnostic {
	key := "timer"
	switch {
	case cb.op.Kind == syncapi.ContextWait:
		key = "context"
	case !cb.fails:
		key = "timer-logs"
	}
	d := diagnostic.Diagnostic{
		Category: key,
		Tier:     tier,
		Pos:      cb.start.Pos(),
		Message:  message.New(message.Key(key), "func", wording.Func(fn), "t", t.Name()),
		Subject:  diagnostic.Subject{Kind: diagnostic.Goroutine, Name: "AfterFunc"},
		Function: fn.RelString(c.pkg.SSA.Pkg.Pkg),
	}
	if cb.use != ssa.CallInstruction(cb.start) {
		d.Related = []diagnostic.Related{{Role: diagnostic.RoleCall, Pos: cb.use.Pos(), Message: message.New("uses-here", "t", t.Name())}}
	}
	if fix, ok := c.stops(cb); ok && c.isWhole(fn) {
		d.Fixes = []diagnostic.Fix{fix}
	}
	return d
}

// stops has the test stop a timer that it has no name for when it returns.
func (c *checker) stops(cb callback) (diagnostic.Fix, bool) {
	for _, n := range syntax.Enclosing(c.files, cb.start.Pos()) {
		stmt, ok := n.(*ast.ExprStmt)
		if !ok || cb.op.Kind != syncapi.TimerStart {
			continue
		}
		call, ok := stmt.X.(*ast.CallExpr)
		return diagnostic.Fix{
			Message: message.New("fix-stops"),
			Edits: []analysis.TextEdit{
				{Pos: stmt.Pos(), End: stmt.Pos(), NewText: []byte("defer ")},
				{Pos: stmt.End(), End: stmt.End(), NewText: []byte(".Stop()")},
			},
		}, ok && call.Lparen == cb.start.Pos() && !control.Behind(cb.start.Block(), cb.start.Block(), nil)
	}
	return diagnostic.Fix{}, false
}

package timermisuse

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file looks for uses of timers and tickers that cannot go well, whatever else the
// program does: with an interval that is not positive, of a timer that package time has not
// made, and receives from a timer that calls a function instead.

// surely reports what always panics, or waits for ever, in a function.
func (c *checker) surely(fn *ssa.Function) {
	quiet := c.recovers(fn)
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case ssa.CallInstruction:
				if fun := timeFunc(i.Common()); fun == "Tick" {
					c.tick(i)
				} else if !quiet && fun != "" {
					c.interval(i, fun)
					c.notMade(i)
				}
			case *ssa.UnOp:
				if i.Op == token.ARROW {
					c.never(i, i.X, i.Pos())
				}
			case *ssa.Select:
				for _, st := range i.States {
					if st.Dir == types.RecvOnly {
						c.never(i, st.Chan, st.Pos)
					}
				}
			}
		}
	}
}

// timeFunc is the name of the function or method of package time that is called, "" if it is
// none.
func timeFunc(call *ssa.CallCommon) string {
	if fn := call.StaticCallee(); fn != nil && fn.Pkg != nil && fn.Pkg.Pkg.Path() == "time" {
		return fn.Name()
	}
	return ""
}

// recovers reports whether a function, or one around it, defers a function that recovers.
func (c *checker) recovers(fn *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if d, ok := instr.(*ssa.Defer); ok && mayRecover(c.paths.Origin(d.Call.Value)) {
					return true
				}
			}
		}
	}
	return false
}

// mayRecover reports whether a function value calls recover, or is not known.
func mayRecover(v ssa.Value) bool {
	if mc, ok := v.(*ssa.MakeClosure); ok {
		v = mc.Fn
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		_, builtin := v.(*ssa.Builtin)
		return !builtin
	}
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			call, ok := instr.(*ssa.Call)
			if !ok {
				return false
			}
			builtin, ok := call.Call.Value.(*ssa.Builtin)
			return ok && builtin.Name() == "recover"
		})
	})
}

// interval reports a ticker with a constant interval that is not positive.
func (c *checker) interval(call ssa.CallInstruction, fun string) {
	args := call.Common().Args
	if fun == "NewTicker" || fun == "Reset" && isNamed(args[0].Type(), "Ticker") {
		if notPositive(args[len(args)-1]) {
			c.sure("interval", call, call.Pos(), "call", timeCall(fun))
		}
	}
}

// tick reports a receive from time.Tick with a constant interval that is not positive, which
// returns nil.
func (c *checker) tick(call ssa.CallInstruction) {
	v := call.Value()
	if v == nil || !notPositive(call.Common().Args[0]) {
		return
	}
	for _, r := range *v.Referrers() {
		if recv, ok := r.(*ssa.UnOp); ok && recv.Op == token.ARROW {
			c.sure("no-tick", call, call.Pos())
			return
		}
	}
}

func timeCall(fun string) string {
	if fun == "Reset" {
		return "Reset"
	}
	return "time." + fun
}

func notPositive(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && k.Value != nil && k.Value.Kind() == constant.Int && constant.Sign(k.Value) <= 0
}

func isNamed(t types.Type, name string) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "time"
}

// notMade reports Stop and Reset of a timer that is nil, or a variable that nothing is
// assigned to.
func (c *checker) notMade(call ssa.CallInstruction) {
	op, ok := syncapi.Classify(call.Common(), c.paths)
	if !ok || op.Kind != syncapi.TimerStop && op.Kind != syncapi.TimerReset || op.On == nil {
		return
	}
	name := op.Func.Name()
	switch on := c.paths.Origin(op.On).(type) {
	case *ssa.Const:
		if on.IsNil() && !comparesConstants(call.Parent()) {
			c.sure("nil", call, call.Pos(), "call", name, "on", c.operand(call.Pos()))
		}
	case *ssa.Alloc:
		// Stop of a ticker that does not run does nothing.
		if (name == "Reset" || isNamed(on.Type(), "Timer")) && c.zero(on) {
			c.sure("zero", call, call.Pos(), "call", name, "on", c.operand(call.Pos()))
		}
	}
}

// comparesConstants reports whether a branch of a function is decided by constants, so that
// some of the function is never executed.
func comparesConstants(fn *ssa.Function) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			return false
		}
		cmp, ok := br.Cond.(*ssa.BinOp)
		if !ok {
			_, ok := br.Cond.(*ssa.Const)
			return ok
		}
		_, x := cmp.X.(*ssa.Const)
		_, y := cmp.Y.(*ssa.Const)
		return x && y
	})
}

// zero reports whether a variable is a timer or ticker that is never assigned to, nor given away.
func (c *checker) zero(a *ssa.Alloc) bool {
	if !isNamed(a.Type(), "Timer") && !isNamed(a.Type(), "Ticker") {
		return false
	}
	return !slices.ContainsFunc(*a.Referrers(), func(r ssa.Instruction) bool {
		switch r := r.(type) {
		case *ssa.FieldAddr, *ssa.DebugRef:
			return false
		case ssa.CallInstruction:
			op, ok := syncapi.Classify(r.Common(), c.paths)
			return !ok || op.Kind != syncapi.TimerStop && op.Kind != syncapi.TimerReset
		}
		return true
	})
}

// never reports a receive from a timer that AfterFunc has made: its channel is nil.
func (c *checker) never(instr ssa.Instruction, ch ssa.Value, pos token.Pos) {
	load, ok := ch.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return
	}
	fa, ok := load.X.(*ssa.FieldAddr)
	if !ok || !isNamed(fa.X.Type(), "Timer") {
		return
	}
	made, ok := c.paths.Origin(fa.X).(*ssa.Call)
	if !ok {
		return
	}
	if op, ok := syncapi.Classify(&made.Call, c.paths); !ok || op.Kind != syncapi.TimerStart {
		return
	}
	key := "never"
	if _, ok := instr.(*ssa.Select); ok {
		key = "never-chosen"
	}
	c.sure(key, instr, pos, "on", c.operand(pos), "made", wording.Place(c.pass.Fset, made.Pos()))
}

func (c *checker) operand(pos token.Pos) string {
	if on := wording.Operand(c.pass.Files, pos); on != "" {
		return on
	}
	return "the timer"
}

func (c *checker) sure(key string, instr ssa.Instruction, pos token.Pos, args ...string) {
	fn := access.Outermost(instr.Parent())
	c.report.Report(diagnostic.Diagnostic{
		Category: key,
		Pos:      pos,
		Message:  message.New(message.Key(key), append(args, "func", wording.Func(fn))...),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: c.operand(pos)},
		Function: fn.RelString(c.pass.Pkg),
	})
}

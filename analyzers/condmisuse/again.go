package condmisuse

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file is about what makes a lost signal good: others that come later.

// again reports whether the signal is given again and again, or once more under the
// lock, so that nobody waits for long if one is lost.
func (s *search) again(sig ssa.Instruction, ch *change) bool {
	if head := lockset.InnermostLoop(sig.Block()); head != nil && !(ch.instr.Parent() == sig.Parent() && lockset.InLoop(ch.instr.Block(), head)) {
		return true
	}
	for _, b := range sig.Parent().Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || instr == sig {
				continue
			}
			if op, _ := syncapi.Classify(&call.Call, s.c.locks.Paths); op.Kind != syncapi.CondSignal && op.Kind != syncapi.CondBroadcast {
				continue
			}
			if slices.ContainsFunc(s.c.locks.HeldBefore(call), func(h lockset.Held) bool { return s.isLock(h.Path) }) && control.From(sig.Block(), b, nil) {
				return true
			}
		}
	}
	return false
}

// repeated reports whether the condition variable is signalled again and again by
// the clock, or by a timer that the one who waits has started, so that what is lost
// is made good later.
func (s *search) repeated() bool {
	return slices.ContainsFunc(s.cond.wakes, func(wake ssa.Instruction) bool {
		if head := lockset.InnermostLoop(wake.Block()); head != nil {
			for _, b := range head.Parent().Blocks {
				if lockset.InLoop(b, head) && slices.ContainsFunc(b.Instrs, s.c.takesTime) {
					return true
				}
			}
		}
		return outermost(wake.Parent()) == outermost(s.test.wait.call.Parent()) && s.c.byTimer(wake)
	})
}

// takesTime reports whether instr sleeps, or waits for a timer.
func (c *checker) takesTime(instr ssa.Instruction) bool {
	var chans []ssa.Value
	switch instr := instr.(type) {
	case *ssa.Call:
		op, _ := syncapi.Classify(&instr.Call, c.locks.Paths)
		return op.Kind == syncapi.Sleep
	case *ssa.UnOp:
		chans = append(chans, instr.X)
	case *ssa.Select:
		for _, st := range instr.States {
			chans = append(chans, st.Chan)
		}
	}
	return slices.ContainsFunc(chans, func(ch ssa.Value) bool {
		t, ok := ch.Type().Underlying().(*types.Chan)
		return ok && types.TypeString(t.Elem(), nil) == "time.Time"
	})
}

// byTimer reports whether a timer makes the signal.
func (c *checker) byTimer(wake ssa.Instruction) bool {
	isTimer := func(v ssa.Value) bool {
		return v.Referrers() != nil && slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
			call, ok := ref.(ssa.CallInstruction)
			if !ok {
				return false
			}
			op, _ := syncapi.Classify(call.Common(), c.locks.Paths)
			return op.Kind == syncapi.TimerStart && op.Callback == v
		})
	}
	if v, ok := wake.(*ssa.MakeClosure); ok {
		return isTimer(v)
	}
	fn := wake.Parent()
	if fn.Parent() == nil || fn.Referrers() == nil {
		return false
	}
	return slices.ContainsFunc(*fn.Referrers(), func(ref ssa.Instruction) bool {
		mc, ok := ref.(*ssa.MakeClosure)
		return ok && isTimer(mc)
	})
}

// inBubble reports whether fn is of a test that package synctest runs, which knows
// who sleeps.
func inBubble(fn *ssa.Function) bool {
	var calls func(fn *ssa.Function) bool
	calls = func(fn *ssa.Function) bool {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok {
					if callee := call.Call.StaticCallee(); callee != nil && callee.Pkg != nil && callee.Pkg.Pkg.Name() == "synctest" {
						return true
					}
				}
			}
		}
		return slices.ContainsFunc(fn.AnonFuncs, calls)
	}
	return calls(outermost(fn))
}

func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

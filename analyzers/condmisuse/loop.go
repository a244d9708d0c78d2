package condmisuse

import (
	"go/constant"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A recheck is a branch that looks, once Wait has returned, at the condition
// that is waited for. Wait promises nothing: another goroutine may have taken
// what was signalled, or the signal was for somebody else. So on every path
// from Wait there must be a recheck before anything relies on the condition.
//
// Which condition that is, the branch tells that leads to Wait (its guard): a
// recheck is the guard again, or a branch that looks at something that the
// guard looks at too. Without a guard any branch on a value that others can
// change counts, and if there is none, the callers of the function may look.

// checkLoop reports a wait behind which the condition is not looked at again.
func (c *checker) checkLoop(w wait) {
	if head := lockset.InnermostLoop(w.call.Block()); head != nil && !testsAnything(head) {
		key, tier := message.Key("no-condition"), config.Strict
		if hasExit(head) {
			key, tier = "constant-condition", config.Default
		}
		c.reportLoop(w, key, tier, nil)
		return
	}
	guards := c.guards(w.call)
	unchecked, via := c.unchecked(w.call, guards, 0)
	switch {
	case !unchecked:
	case guards != nil && announced(w, guards[0]):
		c.reportLoop(w, "no-loop", config.Strict, via)
	case guards != nil:
		c.reportLoop(w, "no-loop", config.Default, via)
	case via != nil || c.locksItself(w) && !c.setsOff(w):
		c.reportLoop(w, "no-check", config.Default, via)
	case !c.locksItself(w):
		c.reportLoop(w, "no-check", config.Strict, nil)
	}
}

// locksItself reports whether the function that waits acquires a lock for it,
// so that it is not called with the lock held to look at the condition.
func (c *checker) locksItself(w wait) bool {
	for _, held := range c.locks.HeldBefore(w.call) {
		if held.Must && len(held.Sites) > 0 {
			return true
		}
	}
	return false
}

// announced reports whether, once guard has decided to wait, a flag is set that
// says so. Then it may be that only who sees the flag signals, and does so once.
func announced(w wait, guard *ssa.If) bool {
	for b := w.call.Block(); b != nil && b != guard.Block(); b = b.Idom() {
		for _, instr := range b.Instrs {
			if instr == w.call {
				break
			}
			if st, ok := instr.(*ssa.Store); ok {
				if k, ok := st.Val.(*ssa.Const); ok && k.Value != nil && k.Value.Kind() == constant.Bool {
					return true
				}
			}
		}
	}
	return false
}

// setsOff reports whether the function sets something off, with the lock held
// and before it waits, that can be what signals: a goroutine, or by a channel
// one that is waiting. That one needs the lock to signal, and so cannot be early.
func (c *checker) setsOff(w wait) bool {
	var sites []ssa.Instruction
	for _, held := range c.locks.HeldBefore(w.call) {
		if held.Must {
			sites = append(sites, held.Sites...)
		}
	}
	for _, b := range w.call.Parent().Blocks {
		for _, instr := range b.Instrs {
			if c.isStart(instr) && control.Dominates(instr, w.call) && slices.ContainsFunc(sites, func(site ssa.Instruction) bool { return control.Dominates(site, instr) }) {
				return true
			}
		}
	}
	return false
}

func (c *checker) isStart(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Go, *ssa.Send:
		return true
	case *ssa.Call:
		if b, ok := instr.Call.Value.(*ssa.Builtin); ok {
			return b.Name() == "close"
		}
		op, _ := syncapi.Classify(&instr.Call, c.locks.Paths)
		return op.Async
	}
	return false
}

// guards returns the branches that decide whether at is executed, on values
// that others can change, innermost first. Where locks are held at at, only
// branches under one of them count: what was seen before is out of date anyway.
func (c *checker) guards(at ssa.Instruction) []*ssa.If {
	held := c.locks.HeldBefore(at).Must()
	var list []*ssa.If
	for b := at.Block(); b.Idom() != nil; b = b.Idom() {
		d := b.Idom()
		br, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok || !decides(d, at.Block()) || !changeable(br.Cond) {
			continue
		}
		if held != nil && !slices.ContainsFunc(c.locks.HeldBefore(br).Must(), func(l lockset.Lock) bool { return slices.Contains(held, l) }) {
			break
		}
		list = append(list, br)
	}
	return list
}

// decides reports whether only one of the two ways out of d leads to b
// without coming back to d.
func decides(d, b *ssa.BasicBlock) bool {
	return control.From(d.Succs[0], b, d) != control.From(d.Succs[1], b, d)
}

// unchecked reports whether some path from at, a wait or the call of a function
// that waits, gets to the end of what the lock protects without a recheck. With
// guards it must go where the innermost guard leads if there is nothing to wait
// for. A function that leaves the lock to its callers leaves the recheck to them
// too; via is the call of one that makes none.
func (c *checker) unchecked(at ssa.Instruction, guards []*ssa.If, depth int) (bad bool, via ssa.Instruction) {
	if guards == nil {
		if head := lockset.InnermostLoop(at.Block()); head != nil && testsAnything(head) {
			return false, nil
		}
	}
	var passed *ssa.BasicBlock
	if guards != nil {
		passed = passedBy(guards[0], at)
	}
	type step struct {
		b      *ssa.BasicBlock
		relies bool // passed was on the way
	}
	done := make(map[step]bool)
	ends := false
	var work []step
	leave := func(b *ssa.BasicBlock, instrs []ssa.Instruction, relies bool) {
		if slices.ContainsFunc(instrs, c.endsSection) {
			ends = ends || relies
			return
		}
		if br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && c.isRecheck(br, guards) {
			return
		}
		for _, succ := range b.Succs {
			work = append(work, step{succ, relies})
		}
	}
	start := at.Block()
	leave(start, start.Instrs[slices.Index(start.Instrs, at)+1:], passed == nil)
	for len(work) > 0 && !ends {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		s.relies = s.relies || s.b == passed && works(s.b)
		if !done[s] {
			done[s] = true
			leave(s.b, s.b.Instrs, s.relies)
		}
	}
	if !ends {
		return false, nil
	}
	return c.calledUnchecked(at, depth)
}

// endsSection reports whether instr ends what a lock protects: it unlocks, or
// leaves the function.
func (c *checker) endsSection(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Return:
		return true
	case *ssa.Call:
		op, _ := syncapi.Classify(&instr.Call, c.locks.Paths)
		return op.Kind == syncapi.Unlock || op.Kind == syncapi.RUnlock
	}
	return false
}

// calledUnchecked asks the callers of the function that at is in, if it leaves the
// lock to them: they may call it in a loop.
func (c *checker) calledUnchecked(at ssa.Instruction, depth int) (bad bool, via ssa.Instruction) {
	if slices.ContainsFunc(c.locks.HeldBefore(at), func(h lockset.Held) bool { return h.Must && len(h.Sites) > 0 }) {
		return true, nil
	}
	calls, all := c.locks.Callers(at.Parent())
	if !all || depth >= maxDepth {
		// Who calls a literal that is passed on is not seen.
		return at.Parent().Parent() != nil && depth == 0, nil
	}
	for _, call := range calls {
		if call.Spawns {
			continue
		}
		if bad, _ := c.unchecked(call.Instr, c.guards(call.Instr), depth+1); bad {
			return true, call.Instr
		}
	}
	return false, nil
}

const maxDepth = 4

// passedBy returns where guard leads if at is not executed, nil without guard.
func passedBy(guard *ssa.If, at ssa.Instruction) *ssa.BasicBlock {
	if guard == nil {
		return nil
	}
	d := guard.Block()
	for _, succ := range d.Succs {
		if !control.From(succ, at.Block(), d) {
			return succ
		}
	}
	return nil
}

// works reports whether b does more than branch.
func works(b *ssa.BasicBlock) bool {
	return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
		switch instr.(type) {
		case *ssa.Call, *ssa.Defer, *ssa.Go, *ssa.Store, *ssa.MapUpdate, *ssa.Send, *ssa.Return, *ssa.Select, *ssa.RunDefers:
			return true
		}
		return false
	})
}

// isRecheck reports whether br looks at the condition that the guards look at.
func (c *checker) isRecheck(br *ssa.If, guards []*ssa.If) bool {
	if guards == nil {
		return changeable(br.Cond)
	}
	looks := c.looksAt(br.Cond)
	return slices.ContainsFunc(guards, func(g *ssa.If) bool {
		return br == g || slices.ContainsFunc(c.looksAt(g.Cond), func(s seen) bool { return slices.Contains(looks, s) })
	})
}

// A seen is something that a condition looks at: memory or the result of a
// function.
type seen struct {
	path access.Path
	fn   any // *ssa.Function or *types.Func
}

// looksAt lists what v is computed from.
func (c *checker) looksAt(v ssa.Value) []seen {
	var list []seen
	inspect(v, func(v ssa.Value) {
		switch v := v.(type) {
		case *ssa.UnOp:
			if v.Op == token.MUL {
				list = append(list, seen{path: c.locks.Paths.Of(v)})
			}
		case *ssa.Call:
			if fn := v.Call.StaticCallee(); fn != nil {
				list = append(list, seen{fn: access.Declared(fn)})
			} else if v.Call.IsInvoke() {
				list = append(list, seen{fn: v.Call.Method})
			}
		}
	})
	return list
}

// inspect visits v and the values that it is computed from.
func inspect(v ssa.Value, visit func(ssa.Value)) {
	done := make(map[ssa.Value]bool)
	var ops []*ssa.Value
	work := []ssa.Value{v}
	for len(work) > 0 && len(done) < maxValues {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		if v == nil || done[v] {
			continue
		}
		done[v] = true
		visit(v)
		if instr, ok := v.(ssa.Instruction); ok {
			ops = instr.Operands(ops[:0])
			for _, op := range ops {
				work = append(work, *op)
			}
		}
	}
}

const maxValues = 200

// changeable reports whether another goroutine can make v change: whether it
// is computed from memory, a call or a channel.
func changeable(v ssa.Value) bool {
	found := false
	inspect(v, func(v ssa.Value) {
		switch v := v.(type) {
		case *ssa.UnOp:
			found = found || v.Op == token.MUL || v.Op == token.ARROW
		case *ssa.Call:
			b, ok := v.Call.Value.(*ssa.Builtin)
			found = found || !ok || b.Name() == "recover"
		case *ssa.Lookup, *ssa.Select, *ssa.Next, *ssa.FreeVar:
			found = true
		}
	})
	return found
}

// testsAnything reports whether the loop with the given head has a branch on
// a value that others can change.
func testsAnything(head *ssa.BasicBlock) bool {
	return slices.ContainsFunc(head.Parent().Blocks, func(b *ssa.BasicBlock) bool {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		return ok && lockset.InLoop(b, head) && changeable(br.Cond)
	})
}

// hasExit reports whether the loop with the given head has a way out.
func hasExit(head *ssa.BasicBlock) bool {
	return slices.ContainsFunc(head.Parent().Blocks, func(b *ssa.BasicBlock) bool {
		return lockset.InLoop(b, head) && slices.ContainsFunc(b.Succs, func(s *ssa.BasicBlock) bool { return !lockset.InLoop(s, head) })
	})
}

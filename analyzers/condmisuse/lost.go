package condmisuse

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file finds signals that are lost. Between looking at the condition and being
// asleep in Wait, the one that waits holds the lock. Who changes the condition and
// signals without ever holding it can do both in between: the condition that was
// looked at is out of date, the signal finds nobody asleep, and Wait does not
// return. Either is enough to be safe: to hold the lock while the condition is
// changed, or to acquire it after that and before the signal, even if it is
// released again at once.
//
// So from each change at which the lock is certainly not held the search follows
// the control flow, into functions and out to their callers, until it comes to an
// acquisition of the lock, where the path is safe, or to the signal.

// checkLost reports the changes of conditions of cond that are signalled too early
// for the lock.
func (c *checker) checkLost(cond *cond) {
	for _, w := range cond.waits {
		if (&search{c: c, cond: cond}).free(w.call, nil) {
			continue // nothing is right about its lock
		}
		for _, test := range c.conditionsOf(w) {
			for _, l := range test.leaves {
				for _, ch := range c.changes.of(l) {
					c.checkChange(cond, test, l, ch)
				}
			}
		}
	}
}

func (c *checker) checkChange(cond *cond, test *condition, l leaf, ch *change) {
	s := &search{c: c, cond: cond, test: test, leaf: l}
	if c.lost[ch.instr] || l.keepsWaiting(ch, c.locks.Paths) || !ch.async && (!s.free(ch.instr, nil) || c.private(ch) || s.decidedUnderLock(ch.instr)) {
		return
	}
	sig := s.signalOf(ch)
	if sig == nil || s.again(sig, ch) || inBubble(ch.instr.Parent()) {
		return
	}
	c.lost[ch.instr] = true
	tier := config.Default
	if s.repeated() {
		tier = config.Strict
	}
	c.reportLost(cond, test, l, ch, sig, tier)
}

// A search is for the signal of one change.
type search struct {
	c    *checker
	cond *cond
	test *condition
	leaf leaf
}

// signalOf returns the call of Signal or Broadcast that follows the change without
// the lock.
func (s *search) signalOf(ch *change) ssa.Instruction {
	if ch.signals.IsValid() && s.matches(ch.signals, ch.path) {
		return ch.instr
	}
	for _, p := range ch.behind {
		if sig := s.behind(p, ch.path, 0); sig != nil {
			return sig
		}
	}
	return nil
}

// behind returns the signal that control comes to from p without the lock, in p's
// function or, when that has returned, in one that calls it. path is that of what
// was changed, in the terms of p's function.
func (s *search) behind(p point, path access.Path, up int) ssa.Instruction {
	sig, returns := s.from(p, path, 0)
	if sig != nil || !returns || up >= maxDepth {
		return sig
	}
	fn := p.block.Parent()
	calls, _ := s.c.locks.Callers(fn)
	for _, call := range calls {
		instr, ok := call.Instr.(*ssa.Call)
		if !ok || call.Spawns {
			continue
		}
		if path, ok := s.c.locks.Paths.Rebase(path, fn, s.c.calls(&instr.Call)); ok {
			next := point{instr.Block(), slices.Index(instr.Block().Instrs, ssa.Instruction(instr)) + 1}
			if sig := s.behind(next, path, up+1); sig != nil {
				return sig
			}
		}
	}
	return nil
}

// calls is the call of a function that another function is given and calls back at
// once, or call itself.
func (c *checker) calls(call *ssa.CallCommon) *ssa.CallCommon {
	if op, ok := syncapi.Classify(call, c.locks.Paths); ok && op.Callback != nil && !op.Async {
		return &ssa.CallCommon{Value: op.Callback}
	}
	return call
}

// from returns the signal that control comes to from p without the lock, in the
// function of p and those that it calls, and whether it can come to a return.
func (s *search) from(p point, path access.Path, depth int) (sig ssa.Instruction, returns bool) {
	done := make(map[*ssa.BasicBlock]bool)
	work := []point{p}
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		if p.i == 0 {
			if done[p.block] {
				continue
			}
			done[p.block] = true
		}
		sig, safe := s.through(p, path, depth)
		if sig != nil {
			return sig, false
		}
		if safe {
			continue
		}
		if _, ok := p.block.Instrs[len(p.block.Instrs)-1].(*ssa.Return); ok {
			returns = true
		}
		for _, succ := range p.block.Succs {
			work = append(work, point{succ, 0})
		}
	}
	return nil, returns
}

// through goes through the rest of a block.
func (s *search) through(p point, path access.Path, depth int) (sig ssa.Instruction, safe bool) {
	for _, instr := range p.block.Instrs[p.i:] {
		switch instr := instr.(type) {
		case *ssa.Call:
			sig, safe = s.call(instr, path, depth)
		case *ssa.RunDefers:
			sig, safe = s.defers(instr, path, depth)
		case *ssa.UnOp:
			safe = instr.Op == token.ARROW // somebody says when
		case *ssa.Select:
			safe = instr.Blocking
		}
		if sig != nil || safe {
			return sig, safe
		}
	}
	return nil, false
}

// defers goes through the deferred calls of a function.
func (s *search) defers(at *ssa.RunDefers, path access.Path, depth int) (sig ssa.Instruction, safe bool) {
	blocks := at.Parent().Blocks
	for i := len(blocks) - 1; i >= 0; i-- {
		for _, instr := range slices.Backward(blocks[i].Instrs) {
			d, ok := instr.(*ssa.Defer)
			if !ok || !control.From(d.Block(), at.Block(), nil) {
				continue
			}
			if sig, safe = s.call(d, path, depth); sig != nil || safe {
				return sig, safe
			}
		}
	}
	return nil, false
}

// call tells whether a call signals, or may acquire the lock.
func (s *search) call(instr ssa.CallInstruction, path access.Path, depth int) (sig ssa.Instruction, safe bool) {
	common := instr.Common()
	if _, ok := common.Value.(*ssa.Builtin); ok {
		return nil, false
	}
	if op, ok := syncapi.Classify(common, s.c.locks.Paths); ok {
		switch op.Kind {
		case syncapi.CondSignal, syncapi.CondBroadcast:
			if s.matches(op.Path(s.c.locks.Paths), path) {
				return instr, false
			}
			return nil, false
		case syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock, syncapi.WaitGroupWait, syncapi.GroupWait:
			return nil, op.Kind == syncapi.WaitGroupWait || op.Kind == syncapi.GroupWait || s.isLock(op.Path(s.c.locks.Paths))
		}
		if op.Callback == nil || op.Async {
			return nil, false
		}
		common = &ssa.CallCommon{Value: op.Callback}
	}
	callee := s.c.locks.Callee(common)
	if callee == nil {
		return nil, s.mayLock(instr)
	}
	if depth < maxDepth && len(callee.Blocks) > 0 {
		// What it is to signal is told by what was changed, which must have a
		// name there.
		for _, p := range s.c.inTerms(path, callee, common) {
			if sig, _ := s.from(point{callee.Blocks[0], 0}, p, depth+1); sig != nil {
				return sig, false
			}
		}
	}
	return nil, s.acquires(callee)
}

// inTerms expresses a path of a caller in the terms of the function that it calls,
// in every way that there is.
func (c *checker) inTerms(path access.Path, callee *ssa.Function, call *ssa.CallCommon) []access.Path {
	paths := c.locks.Paths
	var list []access.Path
	root := path.Root()
	if f := root.Func(); root.Kind == access.Global || f != nil && f != callee && encloses(f, callee) {
		list = append(list, path)
	}
	for i, param := range callee.Params {
		if i < len(call.Args) && !call.IsInvoke() {
			if p, ok := paths.Replace(path, paths.Of(call.Args[i]), paths.Of(param)); ok {
				list = append(list, p)
			}
		}
	}
	return list
}

func encloses(outer, inner *ssa.Function) bool {
	for fn := inner.Parent(); fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// matches reports whether the condition variable at sig is to what was changed at
// path as that of the wait is to the leaf: that both belong to one object.
func (s *search) matches(sig, path access.Path) bool {
	if sameObject(s.c.locks.Paths, s.test.cond, s.leaf.path, sig, path) {
		return true
	}
	if s.leaf.kind != done {
		return false
	}
	// A context is handed from function to function; what is one in a caller is one.
	fn := s.test.at.Parent()
	for _, call := range s.c.syncCallers(fn) {
		c, ok := s.c.locks.Paths.Rebase(s.test.cond, fn, call)
		l, ok2 := s.c.locks.Paths.Rebase(s.leaf.path, fn, call)
		if ok && ok2 && c == sig && l == path {
			return true
		}
	}
	return false
}

// syncCallers lists the calls of fn that are made where they stand.
func (c *checker) syncCallers(fn *ssa.Function) []*ssa.CallCommon {
	var list []*ssa.CallCommon
	calls, _ := c.locks.Callers(fn)
	for _, call := range calls {
		if instr, ok := call.Instr.(*ssa.Call); ok && !call.Spawns {
			list = append(list, c.calls(&instr.Call))
		}
	}
	return list
}

// sameObject reports whether c2 and l2 belong to one object as c and l do: whether
// the one pair becomes the other if another object is put in for that which both of
// it start from.
func sameObject(paths *access.Paths, c, l, c2, l2 access.Path) bool {
	if c == c2 && l == l2 {
		return true
	}
	prefix := c
	for ok := true; ok && !l.HasPrefix(prefix); {
		if prefix, ok = prefix.Parent(); !ok {
			return false
		}
	}
	toCond, toLeaf := c.Selectors()[prefix.Len():], l.Selectors()[prefix.Len():]
	object := c2
	for range toCond {
		var ok bool
		if object, ok = object.Parent(); !ok {
			return false
		}
	}
	return paths.Join(object, toCond...) == c2 && paths.Join(object, toLeaf...) == l2
}

package condmisuse

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// hidden reports whether only this package can use the condition variable.
func (c *checker) hidden(cond *cond) bool {
	return !cond.escaped && !slices.ContainsFunc(cond.places, c.exportedPlace)
}

func (c *checker) exportedPlace(p access.Place) bool { return p.Var != nil && c.exported[p.Var] }

// checkLocker reports a condition variable that never gets a lock.
func (c *checker) checkLocker(cond *cond) {
	if !cond.made && cond.lockers == nil {
		c.reportNoLocker(cond)
	}
}

// checkSignals reports a condition variable that is waited for and that
// nothing signals.
func (c *checker) checkSignals(cond *cond) {
	if !cond.signals && !c.conds.anonymous {
		c.reportNoSignal(cond)
	}
}

// checkLock reports a wait without the lock, or with the wrong half of it.
func (c *checker) checkLock(cond *cond, w wait) {
	for _, l := range cond.lockers {
		if !l.place.Known() || c.conds.unseen[l.place] {
			return
		}
	}
	if cond.escaped || cond.lockers == nil || c.exportedCond(cond) {
		return
	}
	if held, ok := c.readHeld(cond, w); ok {
		c.reportReadLock(w, held)
		return
	}
	if c.notHeld(cond, w.call, 0) {
		c.reportNoLock(cond, w)
	}
}

// exportedLock reports whether others than the package can lock what cond is given.
func (c *checker) exportedLock(cond *cond) bool {
	return cond.lockers == nil || slices.ContainsFunc(cond.lockers, func(l locker) bool { return !l.place.Known() || c.exportedPlace(l.place) })
}

func (c *checker) exportedCond(cond *cond) bool {
	return slices.ContainsFunc(cond.places, c.exportedPlace) ||
		slices.ContainsFunc(cond.lockers, func(l locker) bool { return c.exportedPlace(l.place) })
}

// readHeld finds that the lock is held for reading where Wait needs it for
// writing.
func (c *checker) readHeld(cond *cond, w wait) (lockset.Held, bool) {
	set := c.locks.HeldBefore(w.call)
	for _, h := range set {
		if h.Must && !h.Entry && h.Mode == lockset.Read && !set.MayHold(h.Path, lockset.Write) &&
			!slices.ContainsFunc(cond.lockers, func(l locker) bool { return l.read || l.place != h.Path.Place() }) {
			return h, true
		}
	}
	return lockset.Held{}, false
}

// notHeld reports whether the lock of cond is certainly not held at at: not by
// the function itself, nor by any of those who call it. An exported function
// counts as called without, if no function returns with the lock held.
func (c *checker) notHeld(cond *cond, at ssa.Instruction, depth int) bool {
	if _, deferred := at.(*ssa.Defer); deferred || depth > maxDepth {
		return false
	}
	if slices.ContainsFunc(c.locks.HeldBefore(at), func(h lockset.Held) bool { return mayBeOf(cond, h.Lock) }) {
		return false
	}
	fn := at.Parent()
	calls, all := c.locks.Callers(fn)
	for _, call := range calls {
		if !call.Spawns && !c.notHeld(cond, call.Instr, depth+1) || call.Spawns && c.lent(cond, call.Instr) {
			return false
		}
	}
	if all {
		return true
	}
	if fn.Parent() != nil || strings.Contains(fn.Name(), "Locked") || c.leftHeld(cond) {
		return false
	}
	return fn.Name() == "main" || isAPI(fn)
}

// lent reports whether the one that starts a goroutine holds the lock, then and while it
// waits behind that: perhaps for the goroutine, which may have the lock meanwhile.
func (c *checker) lent(cond *cond, start ssa.Instruction) bool {
	mine := func(h lockset.Held) bool { return mayBeOf(cond, h.Lock) }
	if !slices.ContainsFunc(c.locks.HeldBefore(start), mine) {
		return false
	}
	for _, b := range start.Parent().Blocks {
		if b != start.Block() && !control.From(start.Block(), b, nil) {
			continue
		}
		for _, instr := range b.Instrs {
			if c.waits(instr) && slices.ContainsFunc(c.locks.HeldBefore(instr), mine) {
				return true
			}
		}
	}
	return false
}

// waits reports whether instr waits for another goroutine.
func (c *checker) waits(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Select:
		return instr.Blocking
	case *ssa.Call:
		op, _ := syncapi.Classify(&instr.Call, c.locks.Paths)
		return op.Kind == syncapi.WaitGroupWait || op.Kind == syncapi.GroupWait
	}
	return false
}

// isAPI reports whether fn is an exported function, or such a method of an
// exported type. Those of others are called through interfaces.
func isAPI(fn *ssa.Function) bool {
	recv := fn.Signature.Recv()
	if recv == nil {
		return token.IsExported(fn.Name())
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Exported() && token.IsExported(fn.Name())
}

// mayBeOf reports whether l may be the lock of cond.
func mayBeOf(cond *cond, l lockset.Lock) bool {
	p := l.Path.Place()
	if !p.Known() || syncapi.IsCondLocker(l.Path.LastField()) {
		return true
	}
	return slices.ContainsFunc(cond.lockers, func(k locker) bool { return k.place == p })
}

// leftHeld reports whether some function returns with the lock of cond held,
// or lets another one release it.
func (c *checker) leftHeld(cond *cond) bool {
	for _, fn := range c.funcs {
		flow := c.locks.Flow(fn)
		if flow == nil {
			continue
		}
		if slices.ContainsFunc(flow.Escaped(), func(l lockset.Lock) bool { return mayBeOf(cond, l) }) ||
			slices.ContainsFunc(flow.Unmatched, func(r lockset.Release) bool { return mayBeOf(cond, r.Lock) }) {
			return true
		}
		for _, x := range flow.Exits {
			if slices.ContainsFunc(x.Held, func(h lockset.Held) bool { return mayBeOf(cond, h.Lock) }) {
				return true
			}
		}
	}
	return false
}

package syncmisuse

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A lock excludes somebody only if two goroutines use it. One that is a local
// variable, whose address goes nowhere but into calls of its methods and into
// function literals, is used by the goroutine of the function and by those that
// it starts with the literals. If that is one goroutine for each time that the
// variable is made, the lock excludes nobody; and what it is held for while a
// variable from outside is assigned to is shown to be shared.

// checkOwnLocks reports the locks of fn that only one goroutine uses.
func (c *checker) checkOwnLocks(fn *ssa.Function) {
	found := 0
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			alloc, ok := instr.(*ssa.Alloc)
			if !ok || alloc.Comment == "new" || alloc.Comment == "complit" || !isMutex(alloc.Type()) {
				continue
			}
			if found++; found > maxOwnLocks {
				return
			}
			u := &ownUses{locks: c.locks.Paths, at: alloc}
			if u.follow(alloc, 0) && u.acquire != nil && u.goroutines() < 2 {
				c.checkProtected(u)
			}
		}
	}
}

// maxOwnLocks bounds the local locks of one function that are looked at, since
// each takes a walk over the function.
const maxOwnLocks = 64

// ownUses is how a local lock is used.
type ownUses struct {
	locks   *access.Paths
	at      *ssa.Alloc
	acquire ssa.CallInstruction // the first acquisition
	users   []*ssa.Function     // that call its methods
	spawned []*ssa.Function     // literals that run as goroutines
}

// follow finds the uses of the lock at addr; it returns false if some are not
// seen, or if one literal runs as several goroutines.
func (u *ownUses) follow(addr ssa.Value, depth int) bool {
	if depth > 4 {
		return false
	}
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case ssa.CallInstruction:
			op, ok := syncapi.Classify(ref.Common(), u.locks)
			if !ok || op.On != addr {
				return false
			}
			switch op.Kind {
			case syncapi.Lock, syncapi.RLock:
				if u.acquire == nil || ref.Pos() < u.acquire.Pos() {
					u.acquire = ref
				}
			case syncapi.Unlock, syncapi.RUnlock:
			default:
				return false
			}
			if !slices.Contains(u.users, ref.Parent()) {
				u.users = append(u.users, ref.Parent())
			}
		case *ssa.MakeClosure:
			if !u.followLiteral(ref, addr, depth) {
				return false
			}
		case *ssa.Store:
			if ref.Addr != addr {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// followLiteral follows the lock into a literal that is called where it
// stands, deferred, or started once as a goroutine.
func (u *ownUses) followLiteral(mc *ssa.MakeClosure, addr ssa.Value, depth int) bool {
	fn := mc.Fn.(*ssa.Function)
	if fn.Synthetic != "" {
		return false
	}
	for _, ref := range *mc.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if !ok {
			return false
		}
		_, spawns := call.(*ssa.Go)
		if call.Common().Value != mc {
			op, ok := syncapi.Classify(call.Common(), u.locks)
			if !ok || op.Callback != mc || op.Kind != syncapi.WaitGroupGo && op.Kind != syncapi.GroupGo {
				return false
			}
			spawns = true
		}
		if spawns {
			if slices.Contains(u.spawned, fn) || u.repeats(call) {
				return false
			}
			u.spawned = append(u.spawned, fn)
		}
	}
	for i, b := range mc.Bindings {
		if b == addr && !u.follow(fn.FreeVars[i], depth+1) {
			return false
		}
	}
	return true
}

// repeats reports whether the variable can still be the same one when at is
// executed again.
func (u *ownUses) repeats(at ssa.Instruction) bool {
	if at.Parent() != u.at.Parent() {
		return true // a literal may be called again
	}
	return againWithout(at, u.at) // else it is made anew
}

// goroutines counts the goroutines that use the lock.
func (u *ownUses) goroutines() int {
	var who []*ssa.Function
	for _, fn := range u.users {
		for fn != u.at.Parent() && !slices.Contains(u.spawned, fn) {
			fn = fn.Parent()
		}
		if !slices.Contains(who, fn) {
			who = append(who, fn)
		}
	}
	return len(who)
}

// checkProtected reports the lock if a variable from outside is assigned to
// while it is held.
func (c *checker) checkProtected(u *ownUses) {
	lock := c.locks.Paths.Of(u.at)
	for _, fn := range u.users {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				p, ok := c.assigned(instr)
				if !ok || !c.outside(p, u) {
					continue
				}
				held := c.locks.HeldBefore(instr)
				if !held.MustHold(lock, 1) || len(held) != 1 {
					continue // another lock may be the one that protects
				}
				c.reportOwnLock(u, instr, p)
				return
			}
		}
	}
}

// assigned returns the variable that instr assigns to, or the map.
func (c *checker) assigned(instr ssa.Instruction) (access.Path, bool) {
	switch instr := instr.(type) {
	case *ssa.Store:
		return c.locks.Paths.Of(instr.Addr), true
	case *ssa.MapUpdate:
		return c.locks.Paths.Of(instr.Map), true
	}
	return access.Path{}, false
}

// outside reports whether the variable at p is older than the lock: a
// package-level one, or one of a function around the lock's, or in the
// lock's function made outside of the loop that makes the lock.
func (c *checker) outside(p access.Path, u *ownUses) bool {
	root := p.Root()
	switch root.Kind {
	case access.Global:
		return true
	case access.Local:
		alloc, ok := root.Value.(*ssa.Alloc)
		if !ok || !isVariable(alloc) {
			return false
		}
		if fn := alloc.Parent(); fn != u.at.Parent() {
			return encloses(fn, u.at.Parent()) && concurrent(u.at.Parent())
		}
		// In one goroutine per iteration, with a lock per iteration.
		return len(u.spawned) > 0 && againWithout(u.at, alloc)
	}
	return false
}

// isVariable reports whether alloc is a declared variable.
func isVariable(alloc *ssa.Alloc) bool {
	switch alloc.Comment {
	case "", "new", "complit", "slicelit", "makeslice", "varargs":
		return false
	}
	return true
}

func encloses(outer, inner *ssa.Function) bool {
	for fn := inner.Parent(); fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// concurrent reports whether fn is a literal that runs as a goroutine.
func concurrent(fn *ssa.Function) bool {
	refs := fn.Referrers()
	if refs == nil {
		return false
	}
	for _, ref := range *refs {
		switch ref := ref.(type) {
		case *ssa.Go:
			return true
		case *ssa.MakeClosure:
			for _, use := range *ref.Referrers() {
				if _, ok := use.(*ssa.Go); ok {
					return true
				}
			}
		}
	}
	return false
}

// againWithout reports whether control comes back to a without passing b.
func againWithout(a, b ssa.Instruction) bool {
	return a.Block() != b.Block() && control.Behind(a.Block(), a.Block(), b.Block())
}

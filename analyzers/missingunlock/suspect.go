package missingunlock

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A suspect is one acquisition of a lock in a function.
type suspect struct {
	function
	lock     lockset.Lock
	site     ssa.Instruction
	returns  []lockset.Exit    // with the lock held
	panics   []lockset.Exit    // with the lock held
	releases []lockset.Release // of this acquisition
}

// suspects lists the acquisitions of f that are not released on all paths.
func (c *checker) suspects(f function) []*suspect {
	if f.flow.Incomplete {
		return nil
	}
	var all []*suspect
	find := func(l lockset.Lock, site ssa.Instruction) *suspect {
		for _, h := range all {
			if h.lock == l && h.site == site {
				return h
			}
		}
		h := &suspect{function: f, lock: l, site: site}
		all = append(all, h)
		return h
	}
	for _, x := range f.flow.Exits {
		for _, held := range x.Held {
			for _, site := range held.Sites {
				h := find(held.Lock, site)
				if _, ok := x.Instr.(*ssa.Return); ok {
					h.returns = append(h.returns, x)
				} else {
					h.panics = append(h.panics, x)
				}
			}
		}
	}
	for _, it := range f.flow.Iterations {
		for _, site := range it.Sites {
			find(it.Lock, site)
		}
	}
	for _, r := range f.flow.Relocks {
		for _, site := range r.Sites {
			find(r.Lock, site)
		}
	}
	for _, h := range all {
		for _, r := range f.flow.Releases {
			if r.Lock == h.lock && slices.Contains(r.Sites, h.site) {
				h.releases = append(h.releases, r)
			}
		}
	}
	return slices.DeleteFunc(all, func(h *suspect) bool {
		return slices.ContainsFunc(f.flow.Escaped(), func(l lockset.Lock) bool {
			// What a function returned that acquired the lock may be another
			// name of it.
			call := resultOf(l.Path)
			return l == h.lock || call != nil && h.site == ssa.Instruction(call) && slotOf(l) == slotOf(h.lock)
		})
	})
}

// releasedFor reports whether the acquisition is followed by its release on
// some path, so that the function was to do both. A release that the
// acquisition does not dominate depends on a condition, and so may the
// acquisition, on the same.
func (h *suspect) releasedFor() bool {
	return slices.ContainsFunc(h.releases, func(r lockset.Release) bool { return dominates(h.site, r.Instr) })
}

func dominates(a, b ssa.Instruction) bool {
	return a.Block() == b.Block() || a.Block().Dominates(b.Block())
}

// checkExits reports returns and panics with the lock held.
func (c *checker) checkExits(h *suspect) {
	if !h.releasedFor() {
		if len(h.releases) == 0 && len(h.returns) > 0 && c.neverReleased(h) {
			c.reportNever(h)
		}
		return
	}
	if !h.lock.Path.Exact() && !h.oneLoop() {
		return
	}
	c.dropGuarded(h)
	s := slotOf(h.lock)
	if len(h.returns) > 0 && !c.escaped[s] {
		// A function that others release the lock for does not keep it when
		// it fails.
		failed := slices.ContainsFunc(h.returns, func(x lockset.Exit) bool { return x.Failed })
		if failed || !c.callersRelease[through{h.fn, s}] && !saysLocked(h.fn) && !c.handedOver(h) && !c.takenOver(h) {
			c.reportReturns(h)
		}
	}
	if len(h.panics) > 0 && !c.handedOver(h) {
		tier := config.Strict
		if recovers(h.fn) {
			tier = config.Default
		}
		c.reportPanics(h, tier)
	}
}

// neverReleased reports whether the function keeps a lock that nothing in the
// package releases for it, and that only the package can release.
func (c *checker) neverReleased(h *suspect) bool {
	s := slotOf(h.lock)
	if !c.hidden(s) || !h.lock.Path.Exact() || c.anonymous || len(c.unmatched[slot{mode: s.mode}]) > 0 {
		return false
	}
	for _, s.mode = range []lockset.Mode{lockset.Write, lockset.Read} {
		if c.escaped[s] || c.signals[s] || c.anyUnmatched[s] {
			return false
		}
	}
	s.mode = h.lock.Mode
	if c.callersRelease[through{h.fn, s}] || saysLocked(h.fn) {
		return false
	}
	// A lock that was taken by a helper is the helper's affair, unless
	// somebody else shows how to release it. One of another package may have
	// given what releases it with its results.
	return c.locks.Through(h.site) == nil && !c.elsewhere(h)
}

// elsewhere reports whether a function of another package that is not sync took
// the lock.
func (c *checker) elsewhere(h *suspect) bool {
	call, ok := h.site.(ssa.CallInstruction)
	if !ok {
		return false
	}
	if _, ok := syncapi.Classify(call.Common(), c.locks.Paths); ok {
		return false
	}
	fn := call.Common().StaticCallee()
	return fn != nil && fn.Pkg != nil && fn.Pkg.Pkg != c.pass.Pkg
}

// recovers reports whether fn defers a function literal that recovers.
func recovers(fn *ssa.Function) bool { return fn.Recover != nil && defersRecover(fn) }

func defersRecover(fn *ssa.Function) bool {
	for _, lit := range fn.AnonFuncs {
		for _, b := range lit.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok {
					if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
						return true
					}
				}
			}
		}
	}
	return false
}

// oneLoop reports whether the lock, which is some element of a collection, is
// acquired and released in the same loop or in none. Locking all elements in
// one loop and unlocking them in another is not followed.
func (h *suspect) oneLoop() bool {
	loop := lockset.InnermostLoop(h.site.Block())
	return !slices.ContainsFunc(h.releases, func(r lockset.Release) bool { return lockset.InnermostLoop(r.Instr.Block()) != loop })
}

// leaveWithin drops the exits with the lock held that come behind the loop with
// the given head, unless an iteration leaves it with the lock held: what one that
// goes on leaves locked is still locked behind it.
func (h *suspect) leaveWithin(head *ssa.BasicBlock) {
	behind := func(x lockset.Exit) bool {
		site, exit := h.site.Block(), x.Instr.Block()
		return !h.lock.Path.Exact() || site != exit && !control.Behind(site, exit, head)
	}
	h.returns = slices.DeleteFunc(h.returns, behind)
	h.panics = slices.DeleteFunc(h.panics, behind)
}

// checkLoops reports iterations that leave the lock locked. It returns the head of
// the loop if it has reported one, else nil.
func (c *checker) checkLoops(h *suspect) *ssa.BasicBlock {
	if c.handedOver(h) {
		return nil
	}
	for _, r := range h.flow.Relocks {
		if r.Lock == h.lock && slices.Contains(r.Sites, h.site) && lockset.CameRound(r.Instr, h.site) &&
			h.lock.Path.Exact() && !c.locks.Reassigned(h.fn, h.lock.Path) {
			if h.releasedFor() || !h.releasedIn(lockset.InnermostLoop(r.Instr.Block())) && (len(h.releases) > 0 || c.neverReleased(h)) {
				c.reportRelock(h, r)
				return lockset.InnermostLoop(r.Instr.Block())
			}
		}
	}
	for _, it := range h.flow.Iterations {
		if it.Lock != h.lock || !slices.Contains(it.Sites, h.site) || !it.Lost && h.lock.Path.Exact() {
			continue
		}
		if lockset.InnermostLoop(h.site.Block()) == it.Head && h.releasedFor() && h.oneLoop() && !c.kept(h) && h.deferredIn(it.Head) == nil {
			c.reportIteration(h, it)
			return it.Head
		}
	}
	return nil
}

// releasedIn reports whether the loop with the given head has a release of the
// acquisition.
func (h *suspect) releasedIn(head *ssa.BasicBlock) bool {
	return slices.ContainsFunc(h.releases, func(r lockset.Release) bool { return lockset.InLoop(r.Instr.Block(), head) })
}

// deferredIn returns the defer statement in the loop with the given head that
// releases the acquisition when the function returns, or nil.
func (h *suspect) deferredIn(head *ssa.BasicBlock) *ssa.Defer {
	for _, r := range h.releases {
		if d, ok := r.Instr.(*ssa.Defer); ok && lockset.InLoop(d.Block(), head) {
			return d
		}
	}
	return nil
}

// kept reports whether the object that the lock belongs to is kept beyond the
// iteration that comes upon it, so that its lock can still be reached.
func (c *checker) kept(h *suspect) bool {
	call, ok := h.site.(ssa.CallInstruction)
	if !ok || len(call.Common().Args) == 0 {
		return true
	}
	v := call.Common().Args[0]
	for {
		f, ok := v.(*ssa.FieldAddr)
		if !ok {
			break
		}
		v = f.X
	}
	refs := v.Referrers()
	if refs == nil {
		return true
	}
	return slices.ContainsFunc(*refs, func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.Store:
			return ref.Val == v
		case *ssa.MapUpdate, *ssa.Phi, *ssa.Send, *ssa.MakeClosure, *ssa.Return, *ssa.MakeInterface, *ssa.ChangeType:
			return true
		}
		return false
	})
}

// inherited reports whether the lock is held only because a function that the
// suspect calls forgot to release it, which is reported there.
func (c *checker) inherited(h *suspect) bool {
	return c.forgets(c.locks.Through(h.site), slotOf(h.lock), 0)
}

// forgets reports whether fn returns with a lock of the slot held because of a
// mistake: its own, or that of a function that it calls.
func (c *checker) forgets(fn *ssa.Function, s slot, depth int) bool {
	if fn == nil || depth > maxDepth {
		return false
	}
	for _, v := range c.found {
		if v.h.fn == fn && slotOf(v.h.lock) == s && len(v.h.returns) > 0 {
			return true
		}
	}
	flow := c.locks.Flow(fn)
	if flow == nil {
		return false
	}
	for _, x := range flow.Exits {
		for _, held := range x.Held {
			for _, site := range held.Sites {
				if slotOf(held.Lock) == s && c.forgets(c.locks.Through(site), s, depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// maxDepth bounds how many calls a forgotten lock is followed through.
const maxDepth = 8

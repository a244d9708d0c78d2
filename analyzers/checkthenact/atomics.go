package checkthenact

import (
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// checkAtomic finds atomic loads on which w, an atomic store of the same variable,
// depends.
func (c *checker) checkAtomic(f *function, w event) {
	if w.value == nil || !w.path.Exact() || exclusive(w.held) {
		return
	}
	for _, r := range f.readsFor(w) {
		if r.kind != atomicLoad || r.path != w.path || c.locks.Reassigned(f.fn, w.path) || c.changedBetween(f, r, w) {
			continue
		}
		if depends(w.value, r.instr) == computed {
			c.addAtomic(f, r, w, "atomic-lost-update")
			continue
		}
		if key := c.decided(r, w); key != "" {
			c.addAtomic(f, r, w, key)
		}
	}
}

// decided returns the key of what w is if a test of r decides on it, the worst that
// one of the tests tells; it is empty if none does.
func (c *checker) decided(r, w event) (key message.Key) {
	for _, d := range decides(r.instr, w.instr) {
		op, with, compared := d.comparison(r.instr)
		switch {
		case compared && ordering(op) && c.sameValue(with, w.value):
			return "atomic-lost-maximum"
		case c.closes(d, w.path):
			return "atomic-close"
		}
		key = "atomic-check-then-act"
	}
	return key
}

func (c *checker) addAtomic(f *function, r, w event, key message.Key) {
	c.pairs = append(c.pairs, pair{f: f, read: r, write: w, key: key, gap: r.instr})
}

// exclusive reports whether some lock is held for writing, so that who wrote
// the program has thought of other writers.
func exclusive(held lockset.Set) bool {
	for _, h := range held {
		if h.Must && h.Mode == lockset.Write {
			return true
		}
	}
	return false
}

// changedBetween reports whether another operation on the variable, such as
// CompareAndSwap, stands between r and w: then it is that one which decides.
func (c *checker) changedBetween(f *function, r, w event) bool {
	for _, e := range f.events {
		if e.kind == atomicOther && e.path == w.path {
			return true
		}
	}
	return false
}

// closes reports whether a channel of the object that the flag is part of is closed
// on the side of the decision that is taken, which can be done once only.
func (c *checker) closes(d decision, flag access.Path) bool {
	side := d.branch.Block().Succs[d.taken]
	for _, b := range side.Parent().Blocks {
		if !side.Dominates(b) {
			continue
		}
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if b, ok := call.Common().Value.(*ssa.Builtin); ok && b.Name() == "close" && belongs(flag, c.paths.Of(call.Common().Args[0])) {
				return true
			}
		}
	}
	return false
}

// checkMap finds operations of a sync.Map on the key of w on which w depends.
func (c *checker) checkMap(f *function, w event) {
	if exclusive(w.held) {
		return
	}
	for _, r := range f.readsFor(w) {
		if r.kind != mapLoad || r.path != w.path || !c.sameKey(r.key, w.key) {
			continue
		}
		if w.value != nil && depends(w.value, r.instr) == computed {
			c.addAtomic(f, r, w, "map-lost-update")
			continue
		}
		if decides(r.instr, w.instr) == nil {
			continue
		}
		switch {
		case w.kind == mapDelete:
			c.addAtomic(f, r, w, "map-load-delete")
		case c.identity(w.value):
			c.addAtomic(f, r, w, "map-two-objects")
		default:
			c.addAtomic(f, r, w, "map-load-store")
		}
	}
}

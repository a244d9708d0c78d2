package checkthenact

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// checkAtomic finds atomic loads on which w, an atomic store of the same variable,
// depends.
func (c *checker) checkAtomic(f *function, w event, n need) {
	if w.value == nil || !w.path.Exact() || exclusive(w.held) {
		return
	}
	for _, r := range n.reads {
		// Where another operation on the variable, such as CompareAndSwap, is
		// made, it is that one which decides.
		if r.kind != atomicLoad || f.other[w.path] || c.reassigned(f, w.path) {
			continue
		}
		if f.depends(w.value, r.instr) == computed {
			c.addAtomic(f, r.event, w, "atomic-lost-update")
			continue
		}
		if key := c.decided(f, r, w); key != "" {
			c.addAtomic(f, r.event, w, key)
		}
	}
}

// decided returns the key of what w is if a test of r decides on it, the worst that
// one of the nearest tests tells; it is empty if none does.
func (c *checker) decided(f *function, r basis, w event) (key message.Key) {
	count := 0
	for d := r.decisions; d != nil && count < maxDecisions; d = d.outer {
		count++
		op, with, compared := d.comparison(f, r.instr)
		switch {
		case compared && ordering(op) && c.sameValue(with, w.value):
			return "atomic-lost-maximum"
		case c.closes(f, d.decision, w.path):
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

// closes reports whether a channel of the object that the flag is part of is closed
// on the side of the decision that is taken, which can be done once only.
func (c *checker) closes(f *function, d decision, flag access.Path) bool {
	side := d.branch.Block().Succs[d.taken]
	return slices.ContainsFunc(f.closes, func(call ssa.CallInstruction) bool {
		return side.Dominates(call.Block()) && belongs(flag, c.paths.Of(call.Common().Args[0]))
	})
}

// checkMap finds operations of a sync.Map on the key of w on which w depends.
func (c *checker) checkMap(f *function, w event, n need) {
	if exclusive(w.held) {
		return
	}
	for _, r := range n.reads {
		if r.kind != mapLoad || !c.sameKey(r.key, w.key) {
			continue
		}
		if w.value != nil && f.depends(w.value, r.instr) == computed {
			c.addAtomic(f, r.event, w, "map-lost-update")
			continue
		}
		if r.decisions == nil {
			continue
		}
		switch {
		case w.kind == mapDelete:
			c.addAtomic(f, r.event, w, "map-load-delete")
		case c.identity(w.value):
			c.addAtomic(f, r.event, w, "map-two-objects")
		default:
			c.addAtomic(f, r.event, w, "map-load-store")
		}
	}
}

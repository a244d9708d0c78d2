package checkthenact

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// checkAtomics finds an atomic load on which an atomic store of the same variable
// depends.
func (c *checker) checkAtomics(f *function) {
	for _, w := range f.events {
		if w.kind != atomicStore || w.value == nil || !w.path.Exact() || exclusive(w.held) {
			continue
		}
		for _, r := range f.readsFor(w) {
			if r.kind != atomicLoad || r.path != w.path || c.locks.Reassigned(f.fn, w.path) || c.changedBetween(f, r, w) {
				continue
			}
			if depends(w.value, r.instr) == computed {
				c.reportAtomic(f, r, w, "atomic-lost-update")
				continue
			}
			for _, d := range decides(r.instr, w.instr) {
				op, with, compared := d.comparison(r.instr)
				switch {
				case compared && ordering(op) && c.sameValue(with, w.value):
					c.reportAtomic(f, r, w, "atomic-lost-maximum")
				case c.closes(d):
					c.reportAtomic(f, r, w, "atomic-close")
				default:
					c.reportAtomic(f, r, w, "atomic-check-then-act")
				}
			}
		}
	}
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

// closes reports whether a channel is closed on the side of the decision that is
// taken, which can be done once only.
func (c *checker) closes(d decision) bool {
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
			// A channel that the function has made itself is its own.
			if b, ok := call.Common().Value.(*ssa.Builtin); ok && b.Name() == "close" && c.paths.Of(call.Common().Args[0]).Root().Func() != nil {
				return c.paths.Of(call.Common().Args[0]).Root().Kind != access.OtherValue
			}
		}
	}
	return false
}

// checkMaps finds operations of a sync.Map on one key that belong together.
func (c *checker) checkMaps(f *function) {
	for _, w := range f.events {
		if w.kind != mapStore && w.kind != mapDelete || exclusive(w.held) {
			continue
		}
		for _, r := range f.readsFor(w) {
			if r.kind != mapLoad || r.path != w.path || !c.sameKey(r.key, w.key) {
				continue
			}
			if w.value != nil && depends(w.value, r.instr) == computed {
				c.reportAtomic(f, r, w, "map-lost-update")
				continue
			}
			if decides(r.instr, w.instr) == nil {
				continue
			}
			switch {
			case w.kind == mapDelete:
				c.reportAtomic(f, r, w, "map-load-delete")
			case c.identity(w.value):
				c.reportAtomic(f, r, w, "map-two-objects")
			default:
				c.reportAtomic(f, r, w, "map-load-store")
			}
		}
	}
}

// checkPublished finds writes to an object that the function made and has handed to
// other goroutines by an atomic store.
func (c *checker) checkPublished(f *function) {
	for _, p := range f.events {
		if p.kind != atomicStore && p.kind != atomicOther || p.value == nil {
			continue
		}
		v := p.value
		if mi, ok := v.(*ssa.MakeInterface); ok {
			v = mi.X
		}
		switch v.(type) {
		case *ssa.Alloc, *ssa.MakeMap, *ssa.MakeSlice:
		default:
			continue
		}
		if a, ok := v.(*ssa.Alloc); ok && !a.Heap {
			continue
		}
		for _, w := range writesThrough(v, 0) {
			if control.Dominates(p.instr, w) && len(c.locks.HeldBefore(w)) == 0 {
				c.reportPublished(f, p, w, v)
				break
			}
		}
	}
}

// writesThrough returns the writes to what v points to.
func writesThrough(v ssa.Value, depth int) []ssa.Instruction {
	if depth > 4 || v.Referrers() == nil {
		return nil
	}
	var ws []ssa.Instruction
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == v {
				ws = append(ws, ref)
			}
		case *ssa.MapUpdate:
			if ref.Map == v {
				ws = append(ws, ref)
			}
		case *ssa.FieldAddr:
			ws = append(ws, writesThrough(ref, depth+1)...)
		case *ssa.IndexAddr:
			if ref.X == v {
				ws = append(ws, writesThrough(ref, depth+1)...)
			}
		}
	}
	return ws
}

func typeName(t types.Type) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.TypeString(t, func(*types.Package) string { return "" })
}

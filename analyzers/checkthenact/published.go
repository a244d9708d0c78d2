package checkthenact

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

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

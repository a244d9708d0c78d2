package guard

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// shared decides whether the object at obj is shared by the time of instr, as
// far as the function of instr tells. If its callers decide, it returns the
// path to follow, else the zero Path.
func (j *Judge) shared(instr ssa.Instruction, obj access.Path) (_ access.Path, ok bool) {
	obj = j.through(obj)
	switch root := obj.Root(); root.Kind {
	case 0, access.Global:
		return access.Path{}, true
	case access.Param:
		return obj, true
	case access.FreeVar:
		return access.Path{}, false
	default:
		if fn := root.Func(); fn != instr.Parent() {
			return obj, encloses(fn, instr.Parent()) // and then is on the way
		}
		if j.fresh(root.Value, 0) && !j.published(root, instr) {
			return access.Path{}, false
		}
		return access.Path{}, true
	}
}

// encloses reports whether inner is a function literal in outer.
func encloses(outer, inner *ssa.Function) bool {
	for fn := inner.Parent(); fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// through looks through a local struct that only carries a pointer to the
// object, as in r := reader{conn: c}; r.run().
func (j *Judge) through(obj access.Path) access.Path {
	for range 3 {
		alloc, ok := obj.Root().Value.(*ssa.Alloc)
		if !ok {
			break
		}
		addr, ok := firstPointer(obj)
		if !ok {
			break
		}
		var val ssa.Value
		for _, ref := range *alloc.Referrers() {
			fa, ok := ref.(*ssa.FieldAddr)
			if !ok || j.paths.Of(fa) != addr {
				continue
			}
			for _, r := range *fa.Referrers() {
				if st, ok := r.(*ssa.Store); ok && st.Addr == fa {
					if val != nil {
						return obj
					}
					val = st.Val
				}
			}
		}
		if val == nil {
			break
		}
		target := j.paths.Select(addr, access.Selector{Kind: access.Deref})
		next, ok := j.paths.Replace(obj, target, j.paths.Of(val))
		if !ok || next.Root() == obj.Root() {
			break
		}
		obj = next
	}
	return obj
}

// firstPointer returns the address of the field of a local struct that holds
// the pointer by which p leaves the struct.
func firstPointer(p access.Path) (addr access.Path, ok bool) {
	for q, more := p, true; more; q, more = q.Parent() {
		if q.Last().Kind == access.Deref {
			addr, _ = q.Parent()
		}
	}
	return addr, addr.Len() == 1 && addr.Last().Kind == access.Field
}

// Rebase expresses a path of fn in terms of the caller at s; ok is false if it
// means nothing there.
func (j *Judge) Rebase(obj access.Path, fn *ssa.Function, s Site) (_ access.Path, ok bool) {
	if root := obj.Root(); root.Kind != access.Param || root.Func() != fn {
		return obj, true
	}
	return j.paths.Rebase(obj, fn, s.Call)
}

// fresh reports whether v may be an object that the function has just made, or
// that nobody else has, or where it comes from is not known.
func (j *Judge) fresh(v ssa.Value, depth int) bool {
	if depth > 8 {
		return true
	}
	switch v := v.(type) {
	case *ssa.Alloc:
		stores := 0
		for _, ref := range *v.Referrers() {
			if st, ok := ref.(*ssa.Store); ok && st.Addr == v && isPointer(st.Val.Type()) {
				stores++
				if j.freshPath(st.Val, depth+1) {
					return true
				}
			}
		}
		return stores == 0
	case *ssa.Phi:
		for _, e := range v.Edges {
			if j.freshPath(e, depth+1) {
				return true
			}
		}
		return false
	case *ssa.Call:
		return j.freshResult(&v.Call, 0, depth)
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return j.freshResult(&call.Call, v.Index, depth)
		}
	case *ssa.Const:
		return false
	}
	return true
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok || types.IsInterface(t)
}

func (j *Judge) freshPath(v ssa.Value, depth int) bool {
	if _, ok := v.(*ssa.Const); ok {
		return false
	}
	switch r := j.paths.Of(v).Root(); r.Kind {
	case access.Param, access.Global, access.FreeVar:
		return false
	default:
		return r.Value == nil || j.fresh(r.Value, depth)
	}
}

// freshResult reports whether the i-th result of a call may be a fresh object.
func (j *Judge) freshResult(call *ssa.CallCommon, i, depth int) bool {
	if op, ok := syncapi.Classify(call, j.paths); ok {
		switch op.Kind {
		case syncapi.AtomicLoad, syncapi.MapRead:
			return false
		}
		return true
	}
	callee := j.locks.Callee(call)
	if callee == nil {
		return true
	}
	for _, b := range callee.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if ok && i < len(ret.Results) && j.freshPath(ret.Results[i], depth+1) {
			return true
		}
	}
	return false
}

// published reports whether a goroutine that has the object was started before
// instr, in the same function, and nothing was waited for since: the goroutine
// may be over then.
func (j *Judge) published(root access.Root, instr ssa.Instruction) bool {
	var starts, waits []ssa.Instruction
	for _, b := range instr.Parent().Blocks {
		for _, i := range b.Instrs {
			if g, ok := i.(*ssa.Go); ok {
				if control.Dominates(g, instr) && j.given(&g.Call, root) {
					starts = append(starts, g)
				}
			} else if j.waits(i) != noWait && control.Dominates(i, instr) {
				waits = append(waits, i)
			}
		}
	}
	return slices.ContainsFunc(starts, func(g ssa.Instruction) bool {
		return !slices.ContainsFunc(waits, func(w ssa.Instruction) bool { return control.Dominates(g, w) })
	})
}

// given reports whether a call passes on, or a closure that it calls captures,
// what a path from root leads to.
func (j *Judge) given(call *ssa.CallCommon, root access.Root) bool {
	args := call.Args
	if mc, ok := j.paths.Origin(call.Value).(*ssa.MakeClosure); ok {
		args = append(args[:len(args):len(args)], mc.Bindings...)
	}
	for _, a := range args {
		if j.paths.Of(a).Root() == root {
			return true
		}
		if cell, ok := a.(*ssa.Alloc); ok { // a captured variable
			for _, ref := range *cell.Referrers() {
				if st, ok := ref.(*ssa.Store); ok && st.Addr == cell && j.paths.Of(st.Val).Root() == root {
					return true
				}
			}
		}
	}
	return false
}

// sharedByGo reports whether the object that a goroutine is started with is
// shared: the goroutine is started more than once with it, or the object is
// kept elsewhere too.
func (j *Judge) sharedByGo(s Site, obj access.Path) bool {
	root := j.through(obj).Root()
	switch root.Kind {
	case 0, access.Global, access.Param:
		return true
	case access.FreeVar:
		return false
	}
	v := root.Value
	if v.Parent() != s.Caller {
		return false
	}
	if !j.fresh(v, 0) {
		return true
	}
	if alloc, ok := v.(ssa.Instruction); ok && inLoop(s.Instr.Block()) && alloc.Block() != s.Instr.Block() && !inLoop(alloc.Block()) {
		return true
	}
	return j.kept(v)
}

// kept reports whether a fresh object is returned, or stored in memory that is
// not local.
func (j *Judge) kept(v ssa.Value) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Return:
			return true
		case *ssa.Store:
			if ref.Val == v {
				switch j.paths.Of(ref.Addr).Root().Kind {
				case access.Param, access.Global:
					return true
				}
			}
		case *ssa.MapUpdate:
			if ref.Value == v {
				return true
			}
		case *ssa.MakeInterface:
			if j.kept(ref) {
				return true
			}
		}
	}
	return false
}

// inLoop reports whether b can reach itself.
func inLoop(b *ssa.BasicBlock) bool { return control.Behind(b, b, nil) }

// joined reports whether the function waits for something before instr: for
// goroutines, which may then be over, or for a message that hands over an
// object. A wait in the same loop is that of the iteration, and counts only if
// it is for goroutines.
func (j *Judge) joined(instr ssa.Instruction) bool {
	for _, i := range j.waitsOf(instr.Parent()) {
		if !control.Dominates(i, instr) {
			continue
		}
		switch kind := j.waits(i); {
		case kind == waitsForGoroutines:
			return true
		case kind == waitsForMessage && !control.Behind(instr.Block(), i.Block(), nil):
			return true
		}
	}
	return false
}

// WaitsBetween reports whether the function waits for something on every way from a
// to b, of which a comes first.
func (j *Judge) WaitsBetween(a, b ssa.Instruction) bool {
	return slices.ContainsFunc(j.waitsOf(b.Parent()), func(i ssa.Instruction) bool {
		return control.Dominates(a, i) && control.Dominates(i, b)
	})
}

// waitsOf lists the instructions of a function that wait for something.
func (j *Judge) waitsOf(fn *ssa.Function) []ssa.Instruction {
	if list, ok := j.waitsAt[fn]; ok {
		return list
	}
	var list []ssa.Instruction
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			if j.waits(i) != noWait {
				list = append(list, i)
			}
		}
	}
	j.waitsAt[fn] = list
	return list
}

type wait uint8

const (
	noWait wait = iota
	waitsForMessage
	waitsForGoroutines
)

func (j *Judge) waits(instr ssa.Instruction) wait {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			return waitsForMessage
		}
	case *ssa.Select:
		if instr.Blocking {
			return waitsForMessage
		}
	case *ssa.Call:
		if op, ok := syncapi.Classify(&instr.Call, j.paths); ok {
			switch op.Kind {
			case syncapi.WaitGroupWait, syncapi.GroupWait, syncapi.OnceDo, syncapi.BenchParallel:
				return waitsForGoroutines
			case syncapi.AtomicLoad, syncapi.AtomicCAS, syncapi.AtomicRMW:
				if decides(instr, 0) { // a flag may tell that it is this goroutine's turn
					return waitsForMessage
				}
			}
			return noWait
		}
		if callee := j.locks.Callee(&instr.Call); callee != nil {
			return j.waitsIn(callee)
		}
	}
	return noWait
}

// waitsIn is the most that a call of fn waits for. A recursive call adds
// nothing.
func (j *Judge) waitsIn(fn *ssa.Function) wait {
	if w, ok := j.waiting[fn]; ok {
		return w
	}
	j.waiting[fn] = noWait
	most := noWait
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			most = max(most, j.waits(i))
		}
	}
	j.waiting[fn] = most
	return most
}

// decides reports whether a branch depends on v.
func decides(v ssa.Value, depth int) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.If, *ssa.Return:
			return true
		case *ssa.BinOp, *ssa.UnOp, *ssa.Convert, *ssa.ChangeType, *ssa.Phi:
			if depth < 4 && decides(ref.(ssa.Value), depth+1) {
				return true
			}
		}
	}
	return false
}

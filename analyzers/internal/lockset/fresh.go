package lockset

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file tells which objects nobody else can have yet. Their locks make no
// order with others: who takes one does not wait, and nobody waits for one who
// has it.

// Made reports whether the lock at p, a path of fn, is in an object that is new when
// fn executes at: that fn has made, or a function that it calls, or all that call
// fn, and that they have given to nobody else. What fn does with an object that it
// has made itself is not looked at: see [Result.Unshared].
func (r *Result) Made(fn *ssa.Function, p access.Path, at ssa.Instruction) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	root := p.Root()
	return root.Kind == access.Local && root.Func() == fn || r.madeByCall(fn, p) || r.madeByCallers(fn, p, at, 0)
}

// maxCallers bounds the calls on the way to the function that makes an object.
const maxCallers = 5

// madeByCallers reports whether the lock at p is in an object that all callers of
// fn have made and that nobody else has when fn executes at.
func (r *Result) madeByCallers(fn *ssa.Function, p access.Path, at ssa.Instruction, depth int) bool {
	i := paramIndex(p.Root().Value, fn)
	if i < 0 || depth > maxCallers || !within(p) {
		return false
	}
	sites, all := r.callersOf(fn)
	return all && len(sites) <= maxSites && !r.leaksBefore(fn.Params[i], nil, at, depth > 0) && !slices.ContainsFunc(sites, func(site callSite) bool {
		q, ok := r.paths.Rebase(p, fn, site.call)
		return site.spawns || !ok || !r.unshared(site.caller, q, site.instr, true) && !r.madeByCallers(site.caller, q, site.instr, depth+1)
	})
}

// madeByCall reports whether the lock at p is in an object that a call in fn
// returns and that nobody else has.
func (e *engine) madeByCall(fn *ssa.Function, p access.Path) bool {
	call, i := resultOf(p.Root().Value)
	return call != nil && call.Parent() == fn && within(p) && e.newResult(call, i)
}

// within reports whether p leads to a part of what its root is or points to.
func within(p access.Path) bool {
	return !slices.ContainsFunc(p.Selectors(), func(s access.Selector) bool { return s.Kind != access.Field })
}

// Unshared reports whether the lock at p, a path of fn, is in an object that nobody
// else can have when fn executes at: fn, or a function that it calls, has made it
// and given it to nobody, or all others have given it up.
func (r *Result) Unshared(fn *ssa.Function, p access.Path, at ssa.Instruction) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unshared(fn, p, at, false) || r.lastReference(p, at)
}

// unshared is Unshared; with before, what at itself does with the object does not
// count.
func (e *engine) unshared(fn *ssa.Function, p access.Path, at ssa.Instruction, before bool) bool {
	root := p.Root()
	if !within(p) || root.Value == nil || !(root.Kind == access.Local && root.Func() == fn || e.madeByCall(fn, p)) {
		return false
	}
	made, ok := root.Value.(ssa.Instruction)
	return ok && !e.leaksBefore(root.Value, made, at, before)
}

// leaksBefore reports whether somebody else may get hold of the object at v, which
// comes into being at made, or nil at the start of the function, before at is
// executed, or, unless before is set, by at itself.
func (e *engine) leaksBefore(v ssa.Value, made, at ssa.Instruction, before bool) bool {
	return slices.ContainsFunc(e.escape(followed{v: v}).leaks, func(leak ssa.Instruction) bool {
		if leak == at && !before || leak.Block() == at.Block() && control.Dominates(leak, at) {
			return true
		}
		if made == nil {
			return control.Reaches(leak, at)
		}
		if made.Block() == at.Block() && control.Dominates(made, at) {
			return false // of an object made in an earlier iteration
		}
		return slices.ContainsFunc(leak.Block().Succs, func(b *ssa.BasicBlock) bool {
			return b != made.Block() && control.From(b, at.Block(), made.Block())
		})
	})
}

// newResult reports whether the i-th result of a call is an object that was made in
// the call and that nobody else has.
func (e *engine) newResult(call *ssa.Call, i int) bool {
	if callee, _ := e.callee(&call.Call); callee != nil {
		return e.makes(callee, i)
	}
	f := e.imported.fact(&call.Call)
	return f != nil && slices.Contains(f.Makes, i)
}

// A result is a result of a function.
type result struct {
	fn    *ssa.Function
	index int
}

// makes reports whether, whenever fn returns, its i-th result is nil or an object
// that it has made and that nobody else has.
func (e *engine) makes(fn *ssa.Function, i int) bool {
	key := result{fn, i}
	if m, ok := e.made[key]; ok {
		return m
	}
	e.made[key] = false // for functions that call each other in a circle
	some, all := false, true
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) {
			continue
		}
		m := &madeBy{engine: e, fn: fn, seen: make(map[ssa.Value]bool)}
		all = all && m.value(ret.Results[i])
		some = some || m.some
	}
	e.made[key] = some && all
	return some && all
}

// A madeBy looks where a result of a function comes from.
type madeBy struct {
	*engine
	fn   *ssa.Function
	seen map[ssa.Value]bool
	some bool // it is not always nil
}

// value reports whether v is nil or an object made in the function that nobody
// else gets.
func (m *madeBy) value(v ssa.Value) bool {
	v = m.paths.Origin(v)
	if p := m.paths.Of(v); p.Len() == 0 && p.Root().Value != nil {
		v = p.Root().Value // of a call that only gives back its argument
	}
	if m.seen[v] {
		return true
	}
	m.seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil()
	case *ssa.Phi:
		return !slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return !m.value(e) })
	case *ssa.Alloc:
		m.some = true
		return v.Parent() == m.fn && len(m.escape(followed{v: v}).leaks) == 0
	case *ssa.UnOp:
		return m.variable(v.X)
	case *ssa.Call, *ssa.Extract:
		call, i := resultOf(v)
		m.some = true
		return call != nil && call.Parent() == m.fn && m.newResult(call, i) && len(m.escape(followed{v: v}).leaks) == 0
	}
	return false
}

// variable is value for all that the function assigns to a variable of its own.
func (m *madeBy) variable(addr ssa.Value) bool {
	alloc, ok := addr.(*ssa.Alloc)
	if !ok || alloc.Parent() != m.fn {
		return false
	}
	for _, ref := range *alloc.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Val == alloc || !m.value(ref.Val) {
				return false
			}
		case *ssa.MakeClosure:
			if !onlyRead(ref, alloc) {
				return false
			}
		case *ssa.UnOp, *ssa.DebugRef:
		default:
			return false // perhaps assigned to elsewhere
		}
	}
	return true
}

// onlyRead reports whether a function literal does no more than to read a variable.
func onlyRead(mc *ssa.MakeClosure, addr ssa.Value) bool {
	for i, b := range mc.Bindings {
		if b == addr && slices.ContainsFunc(*mc.Fn.(*ssa.Function).FreeVars[i].Referrers(), func(ref ssa.Instruction) bool {
			_, load := ref.(*ssa.UnOp)
			_, debug := ref.(*ssa.DebugRef)
			return !load && !debug
		}) {
			return false
		}
	}
	return true
}

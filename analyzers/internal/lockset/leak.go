package lockset

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file finds the instructions of a function by which somebody else may get
// hold of an object that the function has: those that store it in memory which is
// not the function's own, send it, start a goroutine with it, or pass it to code
// that is not seen or that does so. What is in doubt counts.
//
// Returning the object is not among them: the caller gets it, and nobody else.
// Neither is what is done with a part of the object that has no lock in it: from
// there no way leads back to the lock.

// An escape says where a value goes.
type escape struct {
	leaks    []ssa.Instruction // of a function literal, where it is made
	returned bool
}

// A followed is a value that is followed.
type followed struct {
	v ssa.Value
	// holds is set if v only leads to the object: the address of a variable that
	// has it, a struct, slice or function that has it.
	holds bool
}

// escape follows a value through the function that it is in. While it is being
// followed, as when functions call each other in a circle, it is taken to leak.
func (e *engine) escape(f followed) *escape {
	if x, ok := e.escapes[f]; ok {
		return x
	}
	fn := f.v.Parent()
	if fn == nil || len(fn.Blocks) == 0 {
		return new(escape)
	}
	e.escapes[f] = &escape{leaks: []ssa.Instruction{fn.Blocks[0].Instrs[0]}, returned: true}
	w := &escapeWalk{engine: e, start: f.v, fn: fn, typ: f.v.Type(), out: new(escape), seen: make(map[followed]bool)}
	w.follow(f)
	e.escapes[f] = w.out
	return w.out
}

// An escapeWalk follows one object.
type escapeWalk struct {
	*engine
	start   ssa.Value
	fn      *ssa.Function
	typ     types.Type // of pointers to the object
	out     *escape
	seen    map[followed]bool
	literal *ssa.MakeClosure // the function literal of the function under analysis in which the walk is
}

// maxFollowed bounds the values that are followed for one object.
const maxFollowed = 500

func (w *escapeWalk) leak(at ssa.Instruction) {
	if w.literal != nil {
		at = w.literal
	}
	w.out.leaks = append(w.out.leaks, at)
}

func (w *escapeWalk) follow(f followed) {
	if w.seen[f] || f.v == nil || f.v.Referrers() == nil {
		return
	}
	w.seen[f] = true
	for _, ref := range *f.v.Referrers() {
		if len(w.seen) > maxFollowed {
			w.leak(ref)
			return
		}
		w.use(f, ref)
	}
}

func (w *escapeWalk) use(f followed, ref ssa.Instruction) {
	switch ref := ref.(type) {
	case *ssa.FieldAddr:
		if f.holds || hasLock(ref.Type().Underlying().(*types.Pointer).Elem(), 0) {
			w.follow(followed{ref, f.holds})
		}
	case *ssa.Phi, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.TypeAssert, *ssa.Extract:
		w.follow(followed{ref.(ssa.Value), f.holds})
	case *ssa.UnOp, *ssa.IndexAddr, *ssa.Index, *ssa.Lookup, *ssa.Field, *ssa.Range, *ssa.Next, *ssa.Slice:
		w.part(f, ref.(ssa.Value))
	case *ssa.Store:
		if ref.Val == f.v {
			w.stored(ref.Addr, ref)
		}
	case *ssa.MapUpdate:
		if ref.Key == f.v || ref.Value == f.v {
			w.stored(ref.Map, ref)
		}
	case *ssa.MakeClosure:
		w.captured(f, ref)
	case *ssa.Return:
		if w.out.returned = true; w.literal != nil {
			w.leak(ref)
		}
	case *ssa.Call:
		w.call(f, ref, &ref.Call)
	case *ssa.Defer:
		w.call(f, ref, &ref.Call)
	case *ssa.BinOp, *ssa.If, *ssa.DebugRef:
	default:
		w.leak(ref)
	}
}

// part follows what is loaded from or selected in something that holds the
// object. What is loaded from the object itself is a copy.
func (w *escapeWalk) part(f followed, v ssa.Value) {
	if _, basic := v.Type().Underlying().(*types.Basic); f.holds && !basic {
		w.follow(followed{v, !types.Identical(v.Type(), w.typ)})
	}
}

// stored follows a value that is stored in what addr is or is a part of.
func (w *escapeWalk) stored(addr ssa.Value, at ssa.Instruction) {
	if base := baseOf(addr); w.isObject(base) {
		w.follow(followed{base, true})
		return
	}
	p := w.paths.Of(addr)
	root := p.Root()
	_, isMap := root.Value.(*ssa.MakeMap)
	_, isSlice := root.Value.(*ssa.MakeSlice)
	call, i := resultOf(root.Value)
	isNew := call != nil && call.Parent() == w.fn && w.newResult(call, i)
	own := root.Kind == access.Local || isMap || isSlice || isNew || w.seen[followed{root.Value, false}] || w.seen[followed{root.Value, true}]
	if own && root.Func() != w.fn {
		own = enclosedBy(root.Func(), w.fn)
	}
	if !own || slices.ContainsFunc(p.Selectors(), func(s access.Selector) bool { return s.Kind == access.Deref }) {
		w.leak(at)
		return
	}
	w.follow(followed{root.Value, true})
}

// baseOf is what addr is a part of.
func baseOf(addr ssa.Value) ssa.Value {
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
		case *ssa.IndexAddr:
			addr = a.X
		default:
			return addr
		}
	}
}

// isObject reports whether v is the object: what is followed, or the value of a
// variable that has never anything else.
func (w *escapeWalk) isObject(v ssa.Value) bool {
	if v == w.start {
		return true
	}
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	cell, ok := load.X.(*ssa.Alloc)
	if !ok || !w.seen[followed{cell, true}] {
		return false
	}
	return !slices.ContainsFunc(*cell.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.Store:
			same, isLoad := ref.Val.(*ssa.UnOp) // as a return of a named result does
			c, isConst := ref.Val.(*ssa.Const)
			return ref.Val != w.start && !(isLoad && same.X == cell) && !(isConst && c.IsNil())
		case *ssa.MakeClosure:
			return !onlyRead(ref, cell)
		}
		return false
	})
}

// captured follows what a function literal, or a method value, has of its
// bindings, and where it goes itself.
func (w *escapeWalk) captured(f followed, mc *ssa.MakeClosure) {
	fn := mc.Fn.(*ssa.Function)
	if w.funcs[fn] == nil { // a method value
		if callee, call := w.callee(&ssa.CallCommon{Value: mc}); callee == nil || w.passed(callee, call, f) {
			w.leak(mc)
		}
	} else {
		outer := w.literal
		if outer == nil {
			w.literal = mc
		}
		for i, b := range mc.Bindings {
			if b == f.v {
				w.follow(followed{fn.FreeVars[i], f.holds})
			}
		}
		w.literal = outer
	}
	w.follow(followed{mc, true})
}

// call follows a value that a call has for an argument, or that it calls.
func (w *escapeWalk) call(f followed, at ssa.CallInstruction, call *ssa.CallCommon) {
	result, _ := at.(*ssa.Call)
	if b, ok := call.Value.(*ssa.Builtin); ok {
		switch {
		case b.Name() == "copy" || result == nil:
			w.leak(at)
		case b.Name() == "append" || b.Name() == "ssa:wrapnilchk":
			w.follow(followed{result, f.holds})
		}
		return
	}
	if op, ok := syncapi.Classify(call, w.paths); ok {
		w.operation(f.v, at, op)
		return
	}
	if callee, inner := w.callee(call); callee != nil {
		if w.passed(callee, inner, f) {
			w.leak(at)
		} else if result != nil && w.givesBack(callee, inner, f) {
			w.follow(followed{result, f.holds || !types.Identical(result.Type(), w.typ)})
		}
		return
	}
	if (call.IsInvoke() && call.Value == f.v || slices.Contains(call.Args, f.v)) && !keepsNothing(call) {
		w.leak(at)
	}
}

// keepsNothing reports whether a call is of a function that lets nobody have its
// arguments.
func keepsNothing(call *ssa.CallCommon) bool {
	fn := call.StaticCallee()
	if fn == nil {
		return false
	}
	obj := access.Declared(fn).Object()
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	switch obj.Pkg().Path() {
	case "fmt", "log", "strings", "bytes", "strconv", "sort", "slices", "maps", "encoding/json", "encoding/binary", "runtime":
		return true
	}
	return false
}

// operation follows a value into an operation of sync or the like, which keeps
// what it stores and what it calls later.
func (w *escapeWalk) operation(v ssa.Value, at ssa.CallInstruction, op syncapi.Op) {
	result, _ := at.(*ssa.Call)
	switch {
	case op.Kind == syncapi.CondNew || op.Kind == syncapi.OnceFunc:
		if result != nil {
			w.follow(followed{result, true})
		}
	case op.Kind == syncapi.Finalizer || op.Callback == v && !op.Async:
	case slices.Contains(op.Args, v):
		w.leak(at)
	}
}

// passed reports whether a call of a known function leaks one of its arguments.
func (w *escapeWalk) passed(callee *ssa.Function, call *ssa.CallCommon, f followed) bool {
	return w.anyParam(callee, call, f, func(x *escape) bool { return len(x.leaks) > 0 })
}

// givesBack reports whether a known function may return one of its arguments.
func (w *escapeWalk) givesBack(callee *ssa.Function, call *ssa.CallCommon, f followed) bool {
	return w.anyParam(callee, call, f, func(x *escape) bool { return x.returned })
}

func (w *escapeWalk) anyParam(callee *ssa.Function, call *ssa.CallCommon, f followed, has func(*escape) bool) bool {
	for i, arg := range call.Args {
		if arg == f.v && (i >= len(callee.Params) || has(w.escape(followed{callee.Params[i], f.holds}))) {
			return true
		}
	}
	return false
}

// maxNesting bounds the structs in structs that are looked at.
const maxNesting = 8

// hasLock reports whether a variable of type t has a lock in it.
func hasLock(t types.Type, depth int) bool {
	if depth > maxNesting || syncapi.IsLock(types.NewPointer(t)) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for f := range u.Fields() {
			if hasLock(f.Type(), depth+1) {
				return true
			}
		}
	case *types.Array:
		return hasLock(u.Elem(), depth+1)
	}
	return false
}

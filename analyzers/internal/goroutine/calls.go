package goroutine

import (
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// classify is syncapi's answer for a call, kept per instruction.
func (p *Package) classify(call ssa.CallInstruction) (syncapi.Op, bool) {
	if c, ok := p.ops[call]; ok {
		return c.op, c.ok
	}
	op, ok := syncapi.Classify(call.Common(), p.Paths)
	p.ops[call] = classified{op, ok}
	return op, ok
}

type classified struct {
	op syncapi.Op
	ok bool
}

// constrainCall adds the constraints of a call, go or defer statement and
// enters what it calls.
func (x *Exploration) constrainCall(f *Frame, call ssa.CallInstruction) {
	common := call.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		x.constrainBuiltin(f, call, b.Name())
		return
	}
	spawn := Root
	if _, ok := call.(*ssa.Go); ok {
		spawn = GoStmt
	}
	if op, ok := x.pkg.classify(call); ok {
		if v, isCall := call.(*ssa.Call); isCall && op.Kind == syncapi.RLocker && op.On != nil {
			// The Locker stands for its mutex.
			x.heap.flow(x.value(f.home(op.On), op.On, ""), x.value(f, v, ""))
			x.outside[callKey{f, call}] = true
			return
		}
		if v, isCall := call.(*ssa.Call); isCall && op.Kind == syncapi.CondNew && len(op.Args) == 1 {
			x.makeCond(f, v, op.Args[0])
			return
		}
		x.external(f, call)
		if op.Callback != nil {
			x.constrainCallback(f, call, op)
		}
		return
	}
	if (isSynctest(common, "Run") || isSynctest(common, "Test")) && len(common.Args) > 0 {
		x.constrainCallback(f, call, syncapi.Op{Kind: syncapi.CallsBack, Callback: common.Args[len(common.Args)-1]})
		return
	}
	switch fn := common.StaticCallee(); {
	case common.IsInvoke():
		x.heap.forEach(x.value(f, common.Value, ""), func(t Target) { x.invoke(f, call, t, spawn) })
		if x.invokesOutside(common) {
			x.external(f, call)
		}
	case fn != nil && fn.Blocks == nil:
		if spawn == GoStmt && x.startOutside(f, call, fn) {
			return
		}
		x.external(f, call)
		x.enterRuns(f, call)
	default:
		x.heap.forEach(x.value(f, common.Value, ""), func(t Target) {
			if t.Obj.Kind == Function {
				x.call(f, call, t.Obj, spawn, func(g *Frame) { x.passArgs(f, common.Args, g, 0) })
			} else {
				x.external(f, call)
			}
		})
	}
}

// makeCond adds the condition variable that sync.NewCond makes on locker.
func (x *Exploration) makeCond(f *Frame, v *ssa.Call, locker ssa.Value) {
	x.outside[callKey{f, v}] = true
	o := x.make(f, v, pointee(v.Type()), Allocated)
	if step, ok := condLocker(o.Type); ok {
		x.heap.flow(x.value(f, locker, ""), x.heap.cell(Target{Obj: o}, step))
	}
}

// condLocker is the step from a sync.Cond to its field L.
func condLocker(cond types.Type) (step string, ok bool) {
	if st, isStruct := cond.Underlying().(*types.Struct); isStruct {
		for i := range st.NumFields() {
			if st.Field(i).Name() == "L" {
				return "." + strconv.Itoa(i), true
			}
		}
	}
	return "", false
}

// call enters the function that the object o stands for, and returns its activation,
// nil if it is not followed.
func (x *Exploration) call(f *Frame, call ssa.CallInstruction, o *Object, spawn SpawnKind, pass func(*Frame)) *Frame {
	var fn *ssa.Function
	var closure *Object
	switch v := o.Value.(type) {
	case *ssa.Function:
		fn = v
	case *ssa.MakeClosure:
		fn, closure = v.Fn.(*ssa.Function), o
	default:
		return nil
	}
	if fn.Blocks == nil {
		x.external(f, call)
		return nil
	}
	g := x.enter(f, call, fn, closure, spawn)
	if g == nil {
		return nil
	}
	pass(g)
	if v, ok := call.(*ssa.Call); ok && spawn == Root {
		x.takeResults(f, v, g)
	}
	return g
}

func (x *Exploration) passArgs(f *Frame, args []ssa.Value, g *Frame, skip int) {
	for i, a := range args {
		if i+skip < len(g.Fn.Params) {
			x.copyValue(f, a, g, g.Fn.Params[i+skip])
		}
	}
}

func (x *Exploration) takeResults(f *Frame, v *ssa.Call, g *Frame) {
	n := g.Fn.Signature.Results().Len()
	for i := range n {
		prefix := ""
		if n > 1 {
			prefix = "#" + strconv.Itoa(i)
		}
		for _, leaf := range x.heap.leaves(g.Fn.Signature.Results().At(i).Type()) {
			x.heap.flow(x.result(g, i, leaf), x.value(f, v, prefix+leaf))
		}
	}
}

// invoke enters the method that a call of an interface method reaches for one
// value that the interface may hold.
func (x *Exploration) invoke(f *Frame, call ssa.CallInstruction, t Target, spawn SpawnKind) {
	common := call.Common()
	if t.Obj.Kind != Boxed || types.IsInterface(t.Obj.Type) || isTypeParam(t.Obj.Type) {
		x.external(f, call)
		return
	}
	fn := x.pkg.method(t.Obj.Type, common.Method)
	if fn == nil || fn.Blocks == nil {
		x.external(f, call)
		return
	}
	g := x.enter(f, call, fn, nil, spawn)
	if g == nil {
		return
	}
	if len(fn.Params) > 0 {
		recv := fn.Params[0]
		for _, leaf := range x.heap.leaves(recv.Type()) {
			x.heap.flow(x.heap.cell(t, leaf), x.value(g, recv, leaf))
		}
	}
	x.passArgs(f, common.Args, g, 1)
	if v, ok := call.(*ssa.Call); ok && spawn == Root {
		x.takeResults(f, v, g)
	}
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// method finds the method of a concrete type that implements m.
func (p *Package) method(t types.Type, m *types.Func) *ssa.Function {
	sel := p.SSA.Pkg.Prog.MethodSets.MethodSet(t).Lookup(m.Pkg(), m.Name())
	if sel == nil {
		return nil
	}
	fn := p.SSA.Pkg.Prog.MethodValue(sel)
	if fn == nil {
		return nil
	}
	if obj, ok := sel.Obj().(*types.Func); !ok || obj.Pkg() != p.SSA.Pkg.Pkg {
		return nil
	}
	return fn
}

// invokesOutside reports whether a call through an interface may reach code
// that the exploration does not see even if it knows some receivers.
func (x *Exploration) invokesOutside(common *ssa.CallCommon) bool {
	return common.Method.Pkg() != x.pkg.SSA.Pkg.Pkg && len(x.heap.leaves(common.Signature().Results())) > 0 &&
		common.Method.Pkg() != nil
}

// external gives the results of a call that the exploration does not see into
// objects of their own.
func (x *Exploration) external(f *Frame, call ssa.CallInstruction) {
	key := callKey{f, call}
	if x.outside[key] {
		return
	}
	x.outside[key] = true
	if v, ok := call.(*ssa.Call); ok {
		x.unknown(f, v)
	}
}

func (x *Exploration) constrainBuiltin(f *Frame, call ssa.CallInstruction, name string) {
	h, args := x.heap, call.Common().Args
	v, _ := call.(*ssa.Call)
	switch name {
	case "append":
		if v == nil || len(args) < 2 {
			return
		}
		dst := x.value(f, v, "")
		h.derive(x.value(f, args[0], ""), dst, func(t Target) { h.add(dst, t) })
		grown := x.make(f, v, v.Type(), Allocated)
		x.copyElements(f, args[1], func(add func(Target)) { h.forEach(dst, add) })
		x.copyElements(f, args[0], func(add func(Target)) { add(Target{Obj: grown}) })
	case "copy":
		if len(args) == 2 {
			dst := x.value(f, args[0], "")
			x.copyElements(f, args[1], func(add func(Target)) { h.forEach(dst, add) })
		}
	case "ssa:wrapnilchk":
		if v != nil {
			x.copyValue(f, args[0], f, v)
		}
	case "recover":
		if v != nil {
			x.unknown(f, v)
		}
	}
}

// copyElements lets the elements of src flow into those of the slices that
// each yields.
func (x *Exploration) copyElements(f *Frame, src ssa.Value, each func(func(Target))) {
	s, ok := src.Type().Underlying().(*types.Slice)
	if !ok {
		return
	}
	h := x.heap
	for _, leaf := range h.leaves(s.Elem()) {
		mid, typ := new(node), leafType(s.Elem(), leaf)
		h.derive(x.value(f, src, ""), mid, func(t Target) { h.flow(h.read(t, "[]"+leaf, typ), mid) })
		each(func(t Target) { h.flow(mid, h.cell(t, "[]"+leaf)) })
	}
}

// constrainCallback enters the function value that a known operation calls.
func (x *Exploration) constrainCallback(f *Frame, call ssa.CallInstruction, op syncapi.Op) {
	if _, ok := call.(*ssa.Call); !ok {
		return // go or defer of an operation that calls back
	}
	var enter func(t Target)
	enter = func(t Target) {
		if t.Obj.Kind == Boxed { // an any, as of SetFinalizer
			x.heap.forEach(x.heap.cell(t, ""), enter)
			return
		}
		var fn *ssa.Function
		switch v := t.Obj.Value.(type) {
		case *ssa.Function:
			fn = v
		case *ssa.MakeClosure:
			fn = v.Fn.(*ssa.Function)
		}
		if t.Obj.Kind != Function || fn == nil {
			return
		}
		spawn, follow := x.callbackSpawn(op, fn)
		if !follow {
			return
		}
		x.call(f, call, t.Obj, spawn, x.unknownParams)
	}
	x.heap.forEach(x.value(f, op.Callback, ""), enter)
}

// callbackSpawn says how an operation runs its callback; follow is false if
// the exploration does not say when it runs.
func (x *Exploration) callbackSpawn(op syncapi.Op, fn *ssa.Function) (kind SpawnKind, follow bool) {
	switch op.Kind {
	case syncapi.WaitGroupGo, syncapi.GroupGo:
		return GroupGo, true
	case syncapi.TimerStart, syncapi.ContextWait:
		return Timer, true
	case syncapi.Finalizer:
		return Finalizer, true
	case syncapi.Handler:
		return Handler, true
	case syncapi.BenchParallel:
		return ParallelTest, true
	case syncapi.TestRun:
		if x.pkg.callsParallel(fn) {
			return ParallelTest, true
		}
		return Root, true
	case syncapi.OnceDo, syncapi.CallsBack, syncapi.MapRead:
		return Root, true
	}
	return Root, false
}

// callsParallel reports whether fn itself calls t.Parallel.
func (p *Package) callsParallel(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if op, ok := p.classify(call); ok && op.Kind == syncapi.TestParallel {
					return true
				}
			}
		}
	}
	return false
}

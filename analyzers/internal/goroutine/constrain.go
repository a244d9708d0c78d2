package goroutine

import (
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// This file gives every instruction but calls its meaning for pointers.

// value is the node of the part of v that leaf leads to.
func (x *Exploration) value(f *Frame, v ssa.Value, leaf string) *node {
	var key valueKey
	switch v.(type) {
	case *ssa.Const, *ssa.Builtin:
		return new(node)
	case *ssa.Global, *ssa.Function:
		key = valueKey{nil, v, leaf}
	default:
		key = valueKey{f, v, leaf}
	}
	n := x.heap.values[key]
	if n == nil {
		n = new(node)
		x.heap.values[key] = n
		switch v := v.(type) {
		case *ssa.Global:
			x.heap.add(n, Target{Obj: x.global(v)})
		case *ssa.Function:
			x.heap.add(n, Target{Obj: x.function(v)})
		}
	}
	return n
}

func (x *Exploration) function(fn *ssa.Function) *Object {
	o := x.heap.funcs[fn]
	if o == nil {
		o = x.heap.object(&Object{Kind: Function, Value: fn, Type: fn.Type()})
		x.heap.funcs[fn] = o
	}
	return o
}

// global is the object of a package-level variable. What the package's
// initialiser stores there directly is its first content.
func (x *Exploration) global(g *ssa.Global) *Object {
	o := x.heap.globals[g]
	if o == nil {
		o = x.heap.object(&Object{Kind: Global, Value: g, Type: pointee(g.Type()), leaked: token.IsExported(g.Name())})
		x.heap.globals[g] = o
		if x.init.Thread != nil {
			return o // its stores are part of the exploration
		}
		for _, store := range x.pkg.initStores[g] {
			x.initValue(store.Val)
			for _, leaf := range x.heap.leaves(store.Val.Type()) {
				x.heap.flow(x.value(x.init, store.Val, leaf), x.heap.cell(Target{Obj: o}, leaf))
			}
		}
	}
	return o
}

// initValue adds the constraints of a value of the package's initialiser, for
// the few instructions that make one.
func (x *Exploration) initValue(v ssa.Value) {
	switch v := v.(type) {
	case *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice, *ssa.Alloc:
		x.constrain(x.init, v.(ssa.Instruction))
	case *ssa.MakeInterface:
		x.initValue(v.X)
		x.constrain(x.init, v)
	case *ssa.ChangeType:
		x.initValue(v.X)
		x.constrain(x.init, v)
	case *ssa.Slice:
		x.initValue(v.X)
		x.constrain(x.init, v)
	}
}

func (x *Exploration) copyValue(fromFrame *Frame, from ssa.Value, toFrame *Frame, to ssa.Value) {
	for _, leaf := range x.heap.leaves(to.Type()) {
		x.heap.flow(x.value(fromFrame, from, leaf), x.value(toFrame, to, leaf))
	}
}

// make adds the object that an instruction allocates.
func (x *Exploration) make(f *Frame, v ssa.Value, typ types.Type, kind ObjectKind) *Object {
	o := x.heap.object(&Object{Kind: kind, Frame: f, Value: v, Type: typ})
	o.Site, _ = v.(ssa.Instruction)
	x.heap.add(x.value(f, v, ""), Target{Obj: o})
	return o
}

// unknown makes every pointer in v point to an object of its own that the
// exploration knows nothing about.
func (x *Exploration) unknown(f *Frame, v ssa.Value) {
	for _, leaf := range x.heap.leaves(v.Type()) {
		n := x.value(f, v, leaf)
		o := x.heap.object(&Object{Kind: Unknown, Frame: f, Value: v, Type: pointee(leafType(v.Type(), leaf)), leaked: true})
		o.Site, _ = v.(ssa.Instruction)
		x.heap.add(n, Target{Obj: o})
	}
}

func constIndex(v ssa.Value) (int, bool) {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Int {
		i, exact := constant.Int64Val(c.Value)
		if exact && 0 <= i && i < 1<<30 {
			return int(i), true
		}
	}
	return 0, false
}

// constrain adds the constraints of one instruction of an activation.
func (x *Exploration) constrain(f *Frame, instr ssa.Instruction) {
	h := x.heap
	switch v := instr.(type) {
	case *ssa.Alloc:
		x.make(f, v, pointee(v.Type()), Allocated)
	case *ssa.MakeSlice, *ssa.MakeMap, *ssa.MakeChan:
		val := v.(ssa.Value)
		x.make(f, val, val.Type(), Allocated)
	case *ssa.MakeClosure:
		x.make(f, v, v.Type(), Function)
	case *ssa.MakeInterface:
		o := x.make(f, v, v.X.Type(), Boxed)
		for _, leaf := range h.leaves(v.X.Type()) {
			h.flow(x.value(f, v.X, leaf), h.cell(Target{Obj: o}, leaf))
		}
	case *ssa.ChangeInterface:
		x.copyValue(f, v.X, f, v)
	case *ssa.ChangeType:
		x.copyValue(f, v.X, f, v)
	case *ssa.SliceToArrayPointer:
		x.copyValue(f, v.X, f, v)
	case *ssa.Convert:
		x.convert(f, v)
	case *ssa.MultiConvert:
		if len(h.leaves(v.Type())) > 0 {
			x.unknown(f, v)
		}
	case *ssa.FieldAddr:
		step := "." + strconv.Itoa(v.Field)
		dst := x.value(f, v, "")
		h.derive(x.value(f, v.X, ""), dst, func(t Target) {
			if t.Lo = 0; !t.tooLong() {
				t.Hi = 0
				h.add(dst, t.plus(step))
			}
		})
	case *ssa.IndexAddr:
		dst := x.value(f, v, "")
		all := wholeRange(v.Index, v.X)
		h.derive(x.value(f, v.X, ""), dst, func(t Target) {
			if !t.tooLong() {
				h.add(dst, t.element(v.Index, all))
			}
		})
	case *ssa.Field:
		prefix := "." + strconv.Itoa(v.Field)
		for _, leaf := range h.leaves(v.Type()) {
			h.flow(x.value(f, v.X, prefix+leaf), x.value(f, v, leaf))
		}
	case *ssa.Index:
		for _, leaf := range h.leaves(v.Type()) {
			h.flow(x.value(f, v.X, "[]"+leaf), x.value(f, v, leaf))
		}
	case *ssa.UnOp:
		x.constrainUnOp(f, v)
	case *ssa.Store:
		for _, leaf := range h.leaves(v.Val.Type()) {
			src := x.value(f, v.Val, leaf)
			h.forEach(x.value(f, v.Addr, ""), func(t Target) { h.flow(src, h.cell(t, leaf)) })
		}
	case *ssa.Send:
		x.send(f, v.Chan, v.X)
	case *ssa.Select:
		x.constrainSelect(f, v)
	case *ssa.Lookup:
		x.constrainLookup(f, v)
	case *ssa.MapUpdate:
		h.forEach(x.value(f, v.Map, ""), func(t Target) {
			for _, leaf := range h.leaves(v.Value.Type()) {
				h.flow(x.value(f, v.Value, leaf), h.cell(t, "{v}"+leaf))
			}
			for _, leaf := range h.leaves(v.Key.Type()) {
				h.flow(x.value(f, v.Key, leaf), h.cell(t, "{k}"+leaf))
			}
		})
	case *ssa.Next:
		x.constrainNext(f, v)
	case *ssa.Slice:
		x.constrainSlice(f, v)
	case *ssa.Phi:
		for _, e := range v.Edges {
			x.copyValue(f, e, f, v)
		}
	case *ssa.Extract:
		prefix := "#" + strconv.Itoa(v.Index)
		for _, leaf := range h.leaves(v.Type()) {
			h.flow(x.value(f, v.Tuple, prefix+leaf), x.value(f, v, leaf))
		}
	case *ssa.TypeAssert:
		x.constrainAssert(f, v)
	case *ssa.Return:
		for i, r := range v.Results {
			for _, leaf := range h.leaves(r.Type()) {
				h.flow(x.value(f, r, leaf), x.result(f, i, leaf))
			}
		}
	case ssa.CallInstruction:
		x.constrainCall(f, v)
	}
}

// result is the node of a result of an activation.
func (x *Exploration) result(f *Frame, i int, leaf string) *node {
	key := valueKey{f, nil, "#" + strconv.Itoa(i) + leaf}
	n := x.heap.values[key]
	if n == nil {
		n = new(node)
		x.heap.values[key] = n
	}
	return n
}

func (x *Exploration) convert(f *Frame, v *ssa.Convert) {
	switch v.Type().Underlying().(type) {
	case *types.Slice: // []byte(string) makes a new array
		x.make(f, v, v.Type(), Allocated)
	case *types.Pointer, *types.Basic:
		if len(x.heap.leaves(v.Type())) > 0 {
			if len(x.heap.leaves(v.X.Type())) == 1 {
				h, dst := x.heap, x.value(f, v, "")
				h.derive(x.value(f, v.X, ""), dst, func(t Target) { h.add(dst, t) })
			} else {
				x.unknown(f, v)
			}
		}
	}
}

func (x *Exploration) constrainUnOp(f *Frame, v *ssa.UnOp) {
	h := x.heap
	switch v.Op {
	case token.MUL:
		for _, leaf := range h.leaves(v.Type()) {
			dst, typ := x.value(f, v, leaf), leafType(v.Type(), leaf)
			h.derive(x.value(f, v.X, ""), dst, func(t Target) { h.flow(h.read(t, leaf, typ), dst) })
		}
	case token.ARROW:
		prefix := ""
		if v.CommaOk {
			prefix = "#0"
		}
		x.receive(f, v.X, v, prefix)
	}
}

func (x *Exploration) receive(f *Frame, ch, to ssa.Value, prefix string) {
	h := x.heap
	ct, ok := ch.Type().Underlying().(*types.Chan)
	if !ok {
		return
	}
	for _, leaf := range h.leaves(ct.Elem()) {
		dst, typ := x.value(f, to, prefix+leaf), leafType(ct.Elem(), leaf)
		h.derive(x.value(f, ch, ""), dst, func(t Target) { h.flow(h.read(t, "<-"+leaf, typ), dst) })
	}
}

func (x *Exploration) send(f *Frame, ch, val ssa.Value) {
	h := x.heap
	for _, leaf := range h.leaves(val.Type()) {
		src := x.value(f, val, leaf)
		h.forEach(x.value(f, ch, ""), func(t Target) { h.flow(src, h.cell(t, "<-"+leaf)) })
	}
}

func (x *Exploration) constrainSelect(f *Frame, v *ssa.Select) {
	recv := 2
	for _, st := range v.States {
		if st.Dir == types.SendOnly {
			x.send(f, st.Chan, st.Send)
			continue
		}
		x.receive(f, st.Chan, v, "#"+strconv.Itoa(recv))
		recv++
	}
}

func (x *Exploration) constrainLookup(f *Frame, v *ssa.Lookup) {
	h := x.heap
	m, ok := v.X.Type().Underlying().(*types.Map)
	if !ok {
		return
	}
	prefix := ""
	if v.CommaOk {
		prefix = "#0"
	}
	for _, leaf := range h.leaves(m.Elem()) {
		dst, typ := x.value(f, v, prefix+leaf), leafType(m.Elem(), leaf)
		h.derive(x.value(f, v.X, ""), dst, func(t Target) { h.flow(h.read(t, "{v}"+leaf, typ), dst) })
	}
}

func (x *Exploration) constrainNext(f *Frame, v *ssa.Next) {
	h := x.heap
	r, ok := v.Iter.(*ssa.Range)
	if !ok || v.IsString {
		return
	}
	m, ok := r.X.Type().Underlying().(*types.Map)
	if !ok {
		return
	}
	for i, part := range []struct {
		cell string
		typ  types.Type
	}{{"{k}", m.Key()}, {"{v}", m.Elem()}} {
		for _, leaf := range h.leaves(part.typ) {
			dst, typ := x.value(f, v, "#"+strconv.Itoa(i+1)+leaf), leafType(part.typ, leaf)
			h.derive(x.value(f, r.X, ""), dst, func(t Target) { h.flow(h.read(t, part.cell+leaf, typ), dst) })
		}
	}
}

func (x *Exploration) constrainSlice(f *Frame, v *ssa.Slice) {
	h := x.heap
	if len(h.leaves(v.Type())) == 0 { // a string
		return
	}
	dst := x.value(f, v, "")
	whole := v.Low == nil && (v.High == nil || isLenOf(v.High, v.X))
	h.derive(x.value(f, v.X, ""), dst, func(t Target) {
		if !whole {
			t = t.window(v.Low, v.High)
		}
		h.add(dst, t)
	})
}

// isLenOf reports whether v is the length of the array that x points to, as
// in what go/ssa makes of make with a constant length.
func isLenOf(v, x ssa.Value) bool {
	p, ok := x.Type().Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	a, ok := p.Elem().Underlying().(*types.Array)
	k, isConst := constIndex(v)
	return ok && isConst && int64(k) == a.Len()
}

func (x *Exploration) constrainAssert(f *Frame, v *ssa.TypeAssert) {
	h := x.heap
	prefix := ""
	if v.CommaOk {
		prefix = "#0"
	}
	for _, leaf := range h.leaves(v.AssertedType) {
		dst, typ := x.value(f, v, prefix+leaf), leafType(v.AssertedType, leaf)
		h.derive(x.value(f, v.X, ""), dst, func(t Target) {
			switch {
			case types.IsInterface(v.AssertedType):
				if iface, ok := v.AssertedType.Underlying().(*types.Interface); !ok || t.Obj.Kind != Boxed ||
					isTypeParam(t.Obj.Type) || isTypeParam(v.AssertedType) || types.Implements(t.Obj.Type, iface) {
					h.add(dst, t)
				}
			case t.Obj.Kind == Boxed:
				if types.Identical(t.Obj.Type, v.AssertedType) {
					h.flow(h.cell(t, leaf), dst)
				}
			default:
				h.flow(h.read(t, leaf, typ), dst)
			}
		})
	}
}

// element is the target of the element at an index.
func (t Target) element(index ssa.Value, all bool) Target {
	step := "[]"
	if k, ok := constIndex(index); ok && t.Lo >= 0 {
		step = "[" + strconv.Itoa(k+int(t.Lo)) + "]"
	} else if all && t.Lo == 0 && t.Hi == 0 {
		step = "[*]"
	} else if all && t.Lo >= 0 {
		step = "[" + strconv.Itoa(int(t.Lo)) + ":" + strconv.Itoa(int(t.Hi)) + "]"
	}
	return Target{Obj: t.Obj, Path: t.Path + Path(step)}
}

// window is the target of a slice expression.
func (t Target) window(low, high ssa.Value) Target {
	if t.Lo < 0 {
		return t
	}
	lo, hi := t.Lo, t.Hi
	if low != nil {
		k, ok := constIndex(low)
		if !ok || k > 0 && lo > 0 { // a loop that eats a slice has no end
			t.Lo, t.Hi = -1, 0
			return t
		}
		lo += int32(k)
	}
	if high != nil {
		k, ok := constIndex(high)
		if !ok || k == 0 {
			t.Lo, t.Hi = -1, 0
			return t
		}
		hi = t.Lo + int32(k)
	}
	t.Lo, t.Hi = lo, hi
	return t
}

// wholeRange reports whether index runs over all elements of the slice or
// array x, as the index of a range statement does.
func wholeRange(index, x ssa.Value) bool {
	// for i := range x is a phi of -1 and itself plus one, compared with len(x)
	inc, ok := index.(*ssa.BinOp)
	if !ok || inc.Op != token.ADD {
		return false
	}
	phi, ok := inc.X.(*ssa.Phi)
	if !ok || phi.Comment != "rangeindex" {
		return false
	}
	for _, ref := range *inc.Referrers() {
		cmp, ok := ref.(*ssa.BinOp)
		if !ok || cmp.Op != token.LSS {
			continue
		}
		switch limit := cmp.Y.(type) {
		case *ssa.Call:
			if b, ok := limit.Call.Value.(*ssa.Builtin); ok && b.Name() == "len" {
				return sameSlice(limit.Call.Args[0], x)
			}
		case *ssa.Const:
			return true // the length of an array
		}
	}
	return false
}

func sameSlice(a, b ssa.Value) bool {
	if a == b {
		return true
	}
	la, ok := a.(*ssa.UnOp)
	lb, ok2 := b.(*ssa.UnOp)
	return ok && ok2 && la.Op == token.MUL && lb.Op == token.MUL && la.X == lb.X
}

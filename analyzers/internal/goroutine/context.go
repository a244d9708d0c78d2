package goroutine

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file finds out who cancels a context, so that a receive from Done is a wait like
// others. It is known only of contexts that context.WithCancel makes in the exploration, of
// one that is never cancelled or of another one that is known: a deadline or a parent from
// outside can end the wait at any time.

// doneCase completes the case of a receive from what Done of a context returns; ok is false
// if ch is no such thing.
func (x *Exploration) doneCase(w *Wait, ch ssa.Value) (c WaitCase, ok bool) {
	call, isCall := ch.(*ssa.Call)
	if !isCall {
		return WaitCase{}, false
	}
	o, known := x.pkg.classify(call)
	if !known || o.Kind != syncapi.ContextDone || o.On == nil {
		return WaitCase{}, false
	}
	c = WaitCase{On: ch}
	made, certain := x.contexts(w.Frame, o.On, 0)
	if !certain || len(made) == 0 {
		w.Known = false
		return c, true
	}
	for _, ctx := range made {
		calls, certain := x.cancelCalls(ctx)
		if !certain {
			w.Known = false
		}
		c.Counterparts = append(c.Counterparts, calls...)
		c.targets = append(c.targets, Target{Obj: ctx})
	}
	return c, true
}

// contexts lists the contexts that v may be, and those that they derive from, as what
// WithCancel returned; certain is false if something else may cancel one.
func (x *Exploration) contexts(f *Frame, v ssa.Value, depth int) (made []*Object, certain bool) {
	n := x.value(f.home(v), v, "")
	if depth > 4 || n.many || len(n.list) == 0 {
		return nil, false
	}
	for _, t := range n.list {
		call, ok := t.Obj.Value.(*ssa.Call)
		if !ok || t.Obj.Kind != Unknown || t.Path != "" {
			return nil, false
		}
		fn := call.Call.StaticCallee()
		if fn == nil || fn.Pkg == nil || fn.Pkg.Pkg.Path() != "context" {
			return nil, false
		}
		switch fn.Name() {
		case "Background", "TODO", "WithoutCancel":
			continue
		case "WithCancel", "WithCancelCause":
			made = append(made, t.Obj)
		case "WithValue":
		default:
			return nil, false
		}
		parents, ok := x.contexts(t.Obj.Frame, call.Call.Args[0], depth+1)
		if !ok {
			return nil, false
		}
		made = append(made, parents...)
	}
	return made, true
}

// A cancellation is what is known of who cancels a context.
type cancellation struct {
	calls   []PointID
	certain bool // nobody else can
}

// cancelCalls lists the calls of the function that cancels a context; certain is false if code
// outside the exploration may call it.
func (x *Exploration) cancelCalls(ctx *Object) (calls []PointID, certain bool) {
	c, ok := x.waits.cancels[ctx]
	if !ok {
		c.calls, c.certain = x.findCancels(ctx)
		x.waits.cancels[ctx] = c
	}
	return c.calls, c.certain
}

func (x *Exploration) findCancels(ctx *Object) (calls []PointID, certain bool) {
	isCancel := func(n *node) bool {
		return slices.ContainsFunc(n.list, func(t Target) bool {
			if t.Obj.Type == nil {
				return false
			}
			_, fn := t.Obj.Type.Underlying().(*types.Signature)
			return fn && t.Obj.Value == ctx.Value && t.Obj.Frame == ctx.Frame
		})
	}
	certain = true
	for id, p := range x.points {
		call, ok := p.Instr.(ssa.CallInstruction)
		if !ok || x.ops == nil {
			continue
		}
		common := call.Common()
		if !common.IsInvoke() && isCancel(x.value(p.Frame, common.Value, "")) {
			calls = append(calls, PointID(id))
			continue
		}
		if !x.isOutside(p.Frame, call) {
			continue
		}
		for _, a := range common.Args {
			for _, leaf := range x.heap.leaves(a.Type()) {
				certain = certain && !isCancel(x.value(p.Frame, a, leaf))
			}
		}
	}
	for _, o := range x.heap.objects {
		if !o.leaked && !o.open() {
			continue
		}
		for _, key := range x.heap.cellsOf[o] {
			certain = certain && !isCancel(x.heap.cells[key])
		}
		x.captured(o, func(n *node) { certain = certain && !isCancel(n) })
	}
	for _, f := range x.Frames {
		if f.Caller != nil {
			continue
		}
		results := f.Fn.Signature.Results()
		for i := range results.Len() {
			for _, leaf := range x.heap.leaves(results.At(i).Type()) {
				certain = certain && !isCancel(x.result(f, i, leaf))
			}
		}
	}
	return calls, certain
}

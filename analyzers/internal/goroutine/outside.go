package goroutine

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/outside"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file is about calls of functions of other packages of which package outside
// knows what they do with functions that they are given.
//
// Such a function is entered, as a goroutine or as a call. The goroutines tell
// whoever waits for anything outside the package when they end; and where the wrapper
// may wait for its goroutine, what follows its call waits like that.

// Outside is what is known of the function of another package that a call calls; nil
// if nothing is.
func (x *Exploration) Outside(call *ssa.CallCommon) *outside.Effect {
	return x.pkg.outside.Effect(call)
}

// startsOutside reports whether a call makes another package start a goroutine for
// code of this one.
func (p *Package) startsOutside(common *ssa.CallCommon) bool {
	e := p.outside.Effect(common)
	return e != nil && slices.ContainsFunc(e.Runs, func(r outside.Run) bool { return r.Async })
}

// quiet reports whether a call outside the package orders nothing.
func (p *Package) quiet(common *ssa.CallCommon) bool { return p.outside.Quiet(common) }

// enterRuns enters what the function called runs of what it is given.
func (x *Exploration) enterRuns(f *Frame, call ssa.CallInstruction) {
	e := x.pkg.outside.Effect(call.Common())
	if e == nil || len(e.Runs) == 0 {
		return
	}
	key := callKey{f, call}
	for _, r := range e.Runs {
		if _, ok := call.(*ssa.Call); !ok || r.Param >= len(call.Common().Args) {
			x.missed[key] = true // go or defer of a wrapper
			return
		}
		kind := Root
		if r.Async {
			kind = Wrapped
		}
		arg := call.Common().Args[r.Param]
		m := methodOf(arg.Type(), r.Method)
		x.heap.forEach(x.value(f, arg, ""), func(t Target) {
			var g *Frame
			if m != nil {
				g = x.enterMethod(f, call, t, m, kind)
			} else if t.Obj.Kind == Function && r.Method == "" {
				g = x.call(f, call, t.Obj, kind, x.unknownParams)
			}
			if g == nil {
				x.missed[key] = true
			} else if r.Async && r.Many {
				g.Thread.many = true
			}
		})
	}
}

// startOutside makes the goroutine of a go statement that calls a function of another
// package, if that does not synchronise. The goroutine has no instructions: what it
// does is for the go statement, in its activation.
func (x *Exploration) startOutside(f *Frame, call ssa.CallInstruction, fn *ssa.Function) bool {
	if e := x.pkg.outside.Effect(call.Common()); e == nil || !e.Plain() {
		return false
	}
	if f.Thread.depth >= maxThreadDepth || len(x.Frames) >= maxFrames {
		return false
	}
	g := &Frame{Fn: fn, Caller: f, Site: call, depth: f.depth + 1}
	g.Thread = &Thread{Kind: GoStmt, Entry: g, Parent: f.Thread, Spawn: call, SpawnFrame: f, depth: f.Thread.depth + 1, index: len(x.Threads)}
	x.Threads = append(x.Threads, g.Thread)
	key := callKey{f, call}
	x.calls[key] = append(x.calls[key], entered{g, true})
	x.addFrame(g)
	return true
}

// methodOf is the method of an interface type of the given name.
func methodOf(t types.Type, name string) *types.Func {
	if iface, ok := t.Underlying().(*types.Interface); ok {
		for m := range iface.Methods() {
			if m.Name() == name {
				return m
			}
		}
	}
	return nil
}

// enterMethod enters the method m of one value of an interface for a call elsewhere.
func (x *Exploration) enterMethod(f *Frame, call ssa.CallInstruction, t Target, m *types.Func, kind SpawnKind) *Frame {
	if t.Obj.Kind != Boxed || types.IsInterface(t.Obj.Type) || isTypeParam(t.Obj.Type) {
		return nil
	}
	fn := x.pkg.method(t.Obj.Type, m)
	if fn == nil || fn.Blocks == nil {
		return nil
	}
	g := x.enter(f, call, fn, nil, kind)
	if g == nil || len(fn.Params) == 0 {
		return g
	}
	for _, leaf := range x.heap.leaves(fn.Params[0].Type()) {
		x.heap.flow(x.heap.cell(t, leaf), x.value(g, fn.Params[0], leaf))
	}
	for _, p := range fn.Params[1:] {
		x.unknown(g, p)
	}
	return g
}

func (x *Exploration) unknownParams(g *Frame) {
	for _, p := range g.Fn.Params {
		x.unknown(g, p)
	}
}

// runs is what a call outside the package runs of what it is given; nil if that is
// not known, or was not entered in full.
func (x *Exploration) runs(f *Frame, call ssa.CallInstruction) []outside.Run {
	e := x.pkg.outside.Effect(call.Common())
	if e == nil || len(e.Runs) == 0 || x.missed[callKey{f, call}] {
		return nil
	}
	for _, r := range e.Runs {
		arg := call.Common().Args[r.Param]
		if c, ok := arg.(*ssa.Const); ok && c.IsNil() {
			continue
		}
		if n := x.value(f, arg, ""); len(n.list) == 0 || n.many {
			return nil
		}
	}
	return e.Runs
}

// outsideOps is the synchronisation of a call that leaves the package. Of a function
// that only runs what it is given it is what that does, if all of it is known.
func (x *Exploration) outsideOps(f *Frame, call ssa.CallInstruction, id PointID) []op {
	if x.pkg.quiet(call.Common()) {
		return nil
	}
	if e := x.pkg.outside.Effect(call.Common()); e != nil && e.Plain() {
		return nil
	}
	runs := x.runs(f, call)
	if runs == nil {
		return []op{{release: true, acquire: true}}
	}
	o := op{}
	for _, r := range runs {
		o.release, o.acquire = o.release || r.Async, o.acquire || r.Before
		if after, ok := x.after[id]; ok && r.Waits {
			x.ops[after] = append(x.ops[after], op{acquire: true})
		}
	}
	if !o.release {
		return nil
	}
	return []op{o}
}

// kept lists the values that a call outside the package may keep, for code that the
// exploration does not follow.
func (x *Exploration) kept(f *Frame, call ssa.CallInstruction) []ssa.Value {
	op, known := x.pkg.classify(call)
	switch {
	case !known && x.pkg.quiet(call.Common()):
		return nil
	case !known:
		return x.keptArgs(f, call)
	}
	switch op.Kind {
	case syncapi.MapWrite, syncapi.MapRMW, syncapi.PoolPut, syncapi.AtomicStore, syncapi.AtomicRMW, syncapi.AtomicCAS, syncapi.SignalNotify:
		return op.Args
	}
	if op.Callback != nil && len(x.calls[callKey{f, call}]) == 0 {
		return []ssa.Value{op.Callback} // it is called later on
	}
	return nil
}

// keptArgs lists the arguments of a call outside the package that code there may
// keep, and the value called.
func (x *Exploration) keptArgs(f *Frame, call ssa.CallInstruction) []ssa.Value {
	runs := x.runs(f, call)
	list := []ssa.Value{call.Common().Value}
	for i, a := range call.Common().Args {
		if !slices.ContainsFunc(runs, func(r outside.Run) bool { return r.Param == i && r.Method == "" }) {
			list = append(list, a)
		}
	}
	return list
}

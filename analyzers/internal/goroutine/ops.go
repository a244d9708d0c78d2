package goroutine

import (
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file says which synchronisation an instruction is.

// opsOf lists the synchronisation of one instruction.
func (x *Exploration) opsOf(id PointID) []op {
	f := x.points[id].Frame
	switch v := x.points[id].Instr.(type) {
	case *ssa.Send:
		return x.chanOp(f, v.Chan, true)
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			return x.chanOp(f, v.X, false)
		}
	case *ssa.Select:
		var ops []op
		for _, st := range v.States {
			ops = append(ops, x.chanOp(f, st.Chan, st.Dir == types.SendOnly)...)
		}
		return ops
	case *ssa.Call:
		return x.callOps(f, v, id)
	case *ssa.Defer:
		return x.callOps(f, v, id)
	case *ssa.Go:
		if x.isOutside(f, v) && !x.pkg.quiet(v.Common()) {
			return []op{{release: true}}
		}
	}
	return nil
}

func elemType(t types.Type) types.Type {
	if c, ok := t.Underlying().(*types.Chan); ok {
		return c.Elem()
	}
	return t
}

func (x *Exploration) chanOp(f *Frame, ch ssa.Value, send bool) []op {
	on, typ := x.value(f, ch, ""), elemType(ch.Type())
	return []op{
		{family: chanSent, release: send, acquire: !send, on: on, typ: typ},
		{family: chanTaken, release: !send, acquire: send, on: on, typ: typ},
	}
}

func used(call ssa.CallInstruction) bool {
	v := call.Value()
	return v != nil && v.Referrers() != nil && len(*v.Referrers()) > 0
}

// home is the activation that the value v of a call in f belongs to: f, or
// one of a function around it.
func (f *Frame) home(v ssa.Value) *Frame {
	parent := v.Parent()
	for g := f; g != nil && parent != nil; {
		if g.Fn == parent {
			return g
		}
		if g.closure != nil && g.closure.Frame != nil {
			g = g.closure.Frame
		} else {
			break
		}
	}
	return f
}

// callOps lists the synchronisation of a call.
func (x *Exploration) callOps(f *Frame, call ssa.CallInstruction, id PointID) []op {
	common := call.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		if b.Name() == "close" {
			ops := x.chanOp(f, common.Args[0], true)[:1]
			ops[0].kind = closing
			return ops
		}
		return nil
	}
	o, ok := x.pkg.classify(call)
	if !ok {
		if isSynctest(common, "Wait") {
			return []op{{acquire: true, anything: true}}
		}
		if isSynctest(common, "Run") || isSynctest(common, "Test") {
			// The bubble's goroutines and timers end before it returns.
			if after, ok := x.after[id]; ok {
				x.ops[after] = append(x.ops[after], op{acquire: true, anything: true})
			}
			return nil
		}
		if isKeepAlive(common) {
			return []op{{family: finalFamily, release: true}}
		}
		if x.isOutside(f, call) {
			return x.outsideOps(f, call, id)
		}
		return nil
	}
	return x.knownOps(f, call, o, id)
}

// closing marks the release of close, whose receivers are those of a send.
const closing syncapi.Kind = 255

func isKeepAlive(common *ssa.CallCommon) bool {
	fn := common.StaticCallee()
	return fn != nil && fn.Pkg != nil && fn.Name() == "KeepAlive" && fn.Pkg.Pkg.Path() == "runtime"
}

func isSynctest(common *ssa.CallCommon, name string) bool {
	fn := common.StaticCallee()
	if fn == nil || fn.Pkg == nil || fn.Name() != name {
		return false
	}
	path := fn.Pkg.Pkg.Path()
	return path == "testing/synctest" || path == "internal/synctest"
}

func (x *Exploration) knownOps(f *Frame, call ssa.CallInstruction, o syncapi.Op, id PointID) []op {
	var on ssa.Value = o.On
	if on == nil && len(o.Args) > 0 {
		on = o.Args[0]
	}
	made := func(fam family, release, acquire bool) []op {
		if on == nil {
			return []op{{release: release, acquire: acquire}}
		}
		return []op{{family: fam, release: release, acquire: acquire, on: x.receiver(f, on, o), typ: pointee(on.Type()), kind: o.Kind}}
	}
	switch o.Kind {
	case syncapi.Lock, syncapi.TryLock:
		ops := made(lockFamily, false, true)
		ops[0].read = x.isRLocker(f, on)
		return ops
	case syncapi.Unlock:
		ops := made(lockFamily, true, false)
		ops[0].read = x.isRLocker(f, on)
		return ops
	case syncapi.RLock, syncapi.TryRLock:
		ops := made(lockFamily, false, true)
		ops[0].read = true
		return ops
	case syncapi.RUnlock:
		ops := made(lockFamily, true, false)
		ops[0].read = true
		return ops
	case syncapi.WaitGroupAdd:
		if len(o.Args) == 1 {
			if k, ok := constIndex(o.Args[0]); ok && k > 0 {
				return made(waitGroup, false, false)
			}
		}
		return made(waitGroup, true, false)
	case syncapi.WaitGroupDone:
		return made(waitGroup, true, false)
	case syncapi.WaitGroupWait:
		return made(waitGroup, false, true)
	case syncapi.OnceDo:
		if after, ok := x.after[id]; ok {
			x.ops[after] = append(x.ops[after], made(onceFamily, true, true)...)
		}
		// What Do calls runs in one goroutine only, as if under a lock.
		for _, e := range x.calls[callKey{f, call}] {
			start, end := x.entry[e.frame], x.exit[e.frame]
			x.ops[start] = append(x.ops[start], made(onceLock, false, true)...)
			x.ops[end] = append(x.ops[end], made(onceLock, true, false)...)
		}
		return nil
	case syncapi.CondWait:
		return made(condFamily, true, true)
	case syncapi.CondSignal, syncapi.CondBroadcast:
		return made(condFamily, true, false)
	case syncapi.AtomicLoad:
		return made(atomicValue, false, used(call))
	case syncapi.AtomicStore:
		return made(atomicValue, true, false)
	case syncapi.AtomicRMW, syncapi.AtomicCAS:
		return made(atomicValue, true, used(call))
	case syncapi.MapRead, syncapi.PoolGet:
		return made(mapFamily, false, true)
	case syncapi.MapWrite, syncapi.PoolPut:
		return made(mapFamily, true, false)
	case syncapi.MapRMW:
		return made(mapFamily, true, true)
	case syncapi.GroupWait:
		return made(groupFamily, false, true)
	case syncapi.TimerStop:
		return []op{{family: stopFamily, acquire: used(call), kind: o.Kind}}
	case syncapi.TimerReset:
		return []op{{family: timerFamily, release: true, kind: o.Kind}}
	case syncapi.ContextErr:
		return []op{{acquire: true}}
	case syncapi.BenchParallel:
		if after, ok := x.after[id]; ok {
			x.ops[after] = append(x.ops[after], op{acquire: true, anything: true})
		}
		return nil
	case syncapi.TestRun:
		if after, ok := x.after[id]; ok {
			x.ops[after] = append(x.ops[after], op{acquire: true, anything: true})
		}
		return nil
	case syncapi.ServeHTTP, syncapi.OnceFunc, syncapi.SignalNotify:
		return []op{{release: true, acquire: true}}
	}
	return nil
}

// receiver is the node of what a method is called on, through the fields that
// its promotion selects.
func (x *Exploration) receiver(f *Frame, on ssa.Value, o syncapi.Op) *node {
	n, typ := x.value(f.home(on), on, ""), pointee(on.Type())
	if types.IsInterface(on.Type()) { // a Locker: what is in it counts
		inside := new(node)
		x.heap.derive(n, inside, func(t Target) {
			if t.Obj.Kind == Boxed {
				x.heap.flow(x.heap.cell(t, ""), inside)
			} else {
				x.heap.add(inside, t)
			}
		})
		return inside
	}
	for _, sel := range o.Promotion {
		next := new(node)
		switch sel.Kind {
		case access.Field:
			i := fieldIndex(typ, sel.Field)
			if i < 0 {
				return n
			}
			x.heap.derive(n, next, func(t Target) { x.heap.add(next, t.plus("."+strconv.Itoa(i))) })
			typ = sel.Field.Type()
		case access.Deref:
			x.heap.derive(n, next, func(t Target) { x.heap.flow(x.heap.cell(t, ""), next) })
			typ = pointee(typ)
		}
		n = next
	}
	return n
}

// isRLocker reports whether a Locker is the one of an RWMutex for readers,
// which points to the mutex itself instead of a box with a pointer to it.
func (x *Exploration) isRLocker(f *Frame, on ssa.Value) bool {
	if on == nil || !types.IsInterface(on.Type()) {
		return false
	}
	n := x.value(f.home(on), on, "")
	for _, t := range n.list {
		if t.Obj.Kind == Boxed || t.Obj.Type == nil || types.IsInterface(t.Obj.Type) {
			return false
		}
	}
	return len(n.list) > 0
}

func fieldIndex(t types.Type, field *types.Var) int {
	if t == nil {
		return -1
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		for i := range st.NumFields() {
			if st.Field(i).Origin() == field {
				return i
			}
		}
	}
	return -1
}

func (x *Exploration) isOutside(f *Frame, call ssa.CallInstruction) bool {
	key := callKey{f, call}
	if x.outside[key] || x.opaque[key] {
		return true
	}
	_, builtin := call.Common().Value.(*ssa.Builtin)
	return !builtin && len(x.calls[key]) == 0 && !x.recursive[key]
}

// threadEnds adds what the end and the start of a goroutine synchronise.
func (x *Exploration) threadEnds() {
	for _, t := range x.Threads {
		call, ok := t.Spawn.(ssa.CallInstruction)
		if !ok {
			continue
		}
		end := x.exit[t.Entry]
		switch t.Kind {
		case GroupGo:
			if o, ok := x.pkg.classify(call); ok && o.On != nil {
				fam := groupFamily
				if o.Kind == syncapi.WaitGroupGo {
					fam = waitGroup
				}
				x.ops[end] = append(x.ops[end], op{family: fam, release: true, on: x.value(t.SpawnFrame.home(o.On), o.On, ""), typ: pointee(o.On.Type()), kind: o.Kind})
			}
		case Timer:
			x.ops[end] = append(x.ops[end], op{family: stopFamily, release: true})
			start := x.entry[t.Entry]
			x.ops[start] = append(x.ops[start], op{family: timerFamily, acquire: true})
		case Finalizer:
			start := x.entry[t.Entry]
			x.ops[start] = append(x.ops[start], op{family: finalFamily, acquire: true})
		case Handler, Wrapped: // its answer or end may be waited for
			x.ops[end] = append(x.ops[end], op{release: true})
		}
	}
}

package goroutine

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file finds the synchronisation of an exploration and links each
// release (a send, an unlock, Done) to the acquires that it may pair with (a
// receive, a lock, Wait).
//
// The links are a "may" relation: a link is left out only if the pair cannot
// order anything. What the exploration does not understand, such as a call
// into another package, releases to and acquires from everything that it
// might reach. A missing link leads to a report, a superfluous one to silence.
//
// Links go through hubs, one point per object and family of operations, so
// that their number stays linear.

type family uint8

const (
	_           family = iota
	chanSent           // from send and close to receive
	chanTaken          // from receive to send
	lockFamily         // from unlock to lock
	waitGroup          // from Done to Wait
	onceFamily         // from the first Do to the others
	onceLock           // holds while Do calls its function
	condFamily         // from Signal to Wait
	atomicValue        // from store to load
	groupFamily        // from the functions of an errgroup to Wait
	mapFamily          // sync.Map, sync.Pool
	timerFamily        // from Reset to the timer's function or channel
	stopFamily         // from the timer's function to Stop
	finalFamily        // from runtime.KeepAlive to the finalizer
)

// An op is one synchronisation of a point.
type op struct {
	family   family
	release  bool
	acquire  bool
	on       *node      // what it works on; nil for one of the world's
	typ      types.Type // its type
	read     bool       // of a lock: in read mode
	kind     syncapi.Kind
	anything bool // waits for everything (synctest.Wait)
	keys     []hubKey
}

type hubKey struct {
	family family
	obj    *Object
	path   Path
	typ    string // for what is not known: the type
	lock   bool
}

// link finds all synchronisation and adds the edges between releases and
// acquires. It is done when the first question about order is asked.
func (x *Exploration) link() {
	if x.linked || x.giveUp {
		return
	}
	x.linked = true
	defer x.findRendezvous()
	x.leak()
	x.hubs = make(map[hubKey]PointID)
	x.sync = make(map[PointID][]PointID)
	x.worldOut, x.worldIn = x.point(nil, nil), x.point(nil, nil)
	x.syncEdge(x.worldOut, x.worldIn)
	n := len(x.points)
	for id := range n {
		p := x.points[id]
		if p.Instr == nil {
			continue
		}
		x.ops[id] = append(x.ops[id], x.opsOf(PointID(id))...)
	}
	x.threadEnds()
	for id := range x.ops {
		for i := range x.ops[id] {
			if o := &x.ops[id][i]; o.on != nil {
				o.keys = x.keys(*o)
			}
		}
	}
	x.holdLocks()
	for id := range n {
		for _, o := range x.ops[id] {
			x.linkOp(PointID(id), o)
		}
	}
	x.linkLocks()
}

func (x *Exploration) syncEdge(from, to PointID) {
	if !slices.Contains(x.sync[from], to) {
		x.sync[from] = append(x.sync[from], to)
	}
}

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
		if x.isOutside(f, call) && !x.pkg.quiet(common) {
			return []op{{release: true, acquire: true}}
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
		return made(lockFamily, false, true)
	case syncapi.Unlock:
		return made(lockFamily, true, false)
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

// receiver is the node of what a method is called on, through the fields
// that promotion selects.
func (x *Exploration) receiver(f *Frame, on ssa.Value, o syncapi.Op) *node {
	n := x.value(f.home(on), on, "")
	if o.On == nil || o.Promotion == nil {
		return n
	}
	// The wrapper's receiver is close enough: one type promotes one Lock.
	return n
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
		case Handler: // its answer may be waited for
			x.ops[end] = append(x.ops[end], op{release: true})
		}
	}
}

// leak marks the objects that code outside the exploration may reach.
func (x *Exploration) leak() {
	var work []*Object
	mark := func(n *node) {
		for _, t := range n.list {
			if !t.Obj.leaked {
				t.Obj.leaked = true
				work = append(work, t.Obj)
			}
		}
	}
	markValue := func(f *Frame, v ssa.Value) {
		for _, leaf := range x.heap.leaves(v.Type()) {
			mark(x.value(f, v, leaf))
		}
	}
	for _, f := range x.Frames {
		for _, b := range f.Fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok || !x.isOutside(f, call) {
					continue
				}
				if _, known := x.pkg.classify(call); known || x.pkg.quiet(call.Common()) {
					continue
				}
				for _, a := range call.Common().Args {
					markValue(f, a)
				}
				markValue(f, call.Common().Value)
			}
		}
	}
	root := x.Frames[0]
	for i := range root.Fn.Signature.Results().Len() {
		for _, leaf := range x.heap.leaves(root.Fn.Signature.Results().At(i).Type()) {
			mark(x.result(root, i, leaf))
		}
	}
	for _, o := range x.heap.objects {
		if o.open() && (o.Kind != Global || o.leaked) {
			work = append(work, o)
		}
	}
	for len(work) > 0 {
		o := work[len(work)-1]
		work = work[:len(work)-1]
		for _, key := range x.heap.cellsOf[o] {
			mark(x.heap.cells[key])
		}
		if mc, ok := o.Value.(*ssa.MakeClosure); ok && o.Kind == Function && o.Frame != nil {
			for _, b := range mc.Bindings {
				markValue(o.Frame, b)
			}
		}
	}
}

// linkOp connects one operation, other than on a lock, with its hubs.
func (x *Exploration) linkOp(id PointID, o op) {
	if o.family == lockFamily || o.family == onceLock || !o.release && !o.acquire {
		return
	}
	connect := func(hub PointID) {
		if o.release {
			x.syncEdge(id, hub)
		}
		if o.acquire {
			x.syncEdge(hub, id)
			x.acquires[id] = true
		}
	}
	if o.anything {
		for _, t := range x.Threads {
			x.syncEdge(x.exit[t.Entry], id)
		}
		for p := range x.ops {
			for _, r := range x.ops[p] {
				if r.release || r.acquire {
					x.syncEdge(PointID(p), id)
				}
			}
		}
		x.acquires[id] = true
		return
	}
	if o.family == waitGroup && o.release && x.addsLate(id, o) {
		return
	}
	if o.on == nil {
		if o.family == 0 {
			if o.release {
				x.syncEdge(id, x.worldOut)
			}
			if o.acquire {
				x.syncEdge(x.worldIn, id)
				x.acquires[id] = true
			}
			return
		}
		connect(x.hub(hubKey{family: o.family}))
		return
	}
	for _, key := range o.keys {
		if o.family == chanTaken && !x.canFill(key.obj) {
			continue
		}
		hub := x.hub(key)
		connect(hub)
		if key.obj == nil {
			x.syncEdge(x.worldOut, hub)
			x.syncEdge(hub, x.worldIn)
			if o.family == chanSent && o.acquire { // a timer's channel
				x.syncEdge(x.hub(hubKey{family: timerFamily}), id)
			}
		}
	}
}

// keys are the hubs of the objects that an operation may work on.
func (x *Exploration) keys(o op) []hubKey {
	var keys []hubKey
	unknown := len(o.on.list) == 0 || o.on.many
	for _, t := range o.on.list {
		keys = append(keys, hubKey{family: o.family, obj: t.Obj, path: contentPath(t.Path)})
		if t.Obj.leaked || t.Obj.open() {
			unknown = true
		}
	}
	if unknown {
		keys = append(keys, hubKey{family: o.family, typ: x.pkg.typeName(o.typ)})
	}
	return keys
}

func (p *Package) typeName(t types.Type) string {
	if t == nil {
		return "?"
	}
	name, ok := p.typeNames[t]
	if !ok {
		name = types.TypeString(t, nil)
		p.typeNames[t] = name
	}
	return name
}

func (x *Exploration) hub(key hubKey) PointID {
	id, ok := x.hubs[key]
	if !ok {
		id = x.point(nil, nil)
		x.hubs[key] = id
	}
	return id
}

// canFill reports whether a send on the channel may have to wait for a
// receive: whether it is unbuffered, of unknown capacity, or sent on more
// often than its capacity.
func (x *Exploration) canFill(ch *Object) bool {
	if ch == nil {
		return true
	}
	mc, ok := ch.Value.(*ssa.MakeChan)
	if !ok || ch.leaked {
		return true
	}
	size, ok := constIndex(mc.Size)
	if !ok || size == 0 {
		return true
	}
	if v, ok := x.fills[ch]; ok {
		return v
	}
	sends := 0
	for id := range x.ops {
		for _, o := range x.ops[id] {
			if o.family != chanTaken || !o.acquire {
				continue
			}
			for _, t := range o.on.list {
				if t.Obj == ch {
					if x.loops[id] >= 0 || !x.single(x.points[id].Frame.Thread) {
						sends = size + 1
					}
					sends++
				}
			}
		}
	}
	x.fills[ch] = sends > size
	return sends > size
}

// addsLate reports whether the count that a Done gives back was only added
// inside the goroutine that calls it, so that Wait may not see it.
func (x *Exploration) addsLate(id PointID, o op) bool {
	own := x.points[id].Frame
	if own == nil || own.Thread.Parent == nil {
		return false
	}
	late := false
	for p := range x.ops {
		for _, a := range x.ops[p] {
			if a.kind != syncapi.WaitGroupAdd || a.release || !sameTarget(a.on, o.on) {
				continue
			}
			t := x.points[p].Frame.Thread
			for anc := own.Thread.Parent; anc != nil; anc = anc.Parent {
				if anc == t {
					return false
				}
			}
			late = true
		}
	}
	if late {
		for _, t := range o.on.list {
			if t.Obj.leaked || t.Obj.open() && t.Obj.Kind != Global {
				return false
			}
		}
	}
	return late
}

func sameTarget(a, b *node) bool {
	for _, t := range a.list {
		if b.set[t] {
			return true
		}
	}
	return false
}

func constInt(v ssa.Value) (int64, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(c.Value)
}

package goroutine

import (
	"go/constant"
	"go/types"
	"maps"
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
}

// findOps finds all synchronisation. It is done when the first question about
// locks or order is asked.
func (x *Exploration) findOps() {
	if x.found || x.giveUp {
		return
	}
	x.found = true
	x.leak()
	for id, p := range x.points {
		if p.Instr != nil {
			x.ops[id] = append(x.ops[id], x.opsOf(PointID(id))...)
		}
	}
	x.threadEnds()
	for id := range x.ops {
		for i := range x.ops[id] {
			if o := &x.ops[id][i]; o.on != nil {
				o.keys = x.keys(*o)
			}
		}
	}
}

// link adds the edges between releases and acquires. It is done when the first
// question about order is asked.
func (x *Exploration) link() {
	if x.linked || x.giveUp {
		return
	}
	x.findOps()
	x.linked = true
	defer x.findRendezvous()
	x.links = newLinks()
	x.hubs = make(map[hubKey]PointID)
	x.worldOut, x.worldIn = x.point(nil, nil), x.point(nil, nil)
	x.syncEdge(x.worldOut, x.worldIn)
	n := len(x.points)
	x.holdLocks()
	for id := range n {
		for _, o := range x.ops[id] {
			x.linkOp(PointID(id), o)
		}
	}
	x.linkLocks()
}

// links are the edges from releases to acquires, with what was computed on
// them.
type links struct {
	sync     map[PointID][]PointID
	acquires map[PointID]bool
	ways     map[wayKey]way
	learned  map[PointID]map[PointID]bool
	// fromUnlocks are the edges from unlocks to locks.
	fromUnlocks []lockLink
}

type lockLink struct {
	unlock, lock PointID
	first        bool // without it, lock would be no acquire
}

func newLinks() *links {
	return &links{
		sync:     make(map[PointID][]PointID),
		acquires: make(map[PointID]bool),
		ways:     make(map[wayKey]way),
		learned:  make(map[PointID]map[PointID]bool),
	}
}

// forget drops the answers to questions about order, so that what the next
// visitor may spend does not depend on who came before.
func (x *Exploration) forget() {
	x.cost = 0
	x.ways, x.learned = make(map[wayKey]way), make(map[PointID]map[PointID]bool)
	x.unlocked = nil
}

// withoutLocks are the links but those from unlocks to locks.
func (l *links) withoutLocks() *links {
	c := newLinks()
	c.sync, c.acquires = maps.Clone(l.sync), maps.Clone(l.acquires)
	for _, e := range l.fromUnlocks {
		c.sync[e.unlock] = slices.DeleteFunc(slices.Clone(c.sync[e.unlock]), func(p PointID) bool { return p == e.lock })
		if e.first {
			delete(c.acquires, e.lock)
		}
	}
	return c
}

func (x *Exploration) syncEdge(from, to PointID) {
	if !slices.Contains(x.sync[from], to) {
		x.sync[from] = append(x.sync[from], to)
	}
}

// leak marks the objects that code outside the exploration may reach.
func (x *Exploration) leak() {
	x.findPrivate()
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
				for _, a := range x.kept(f, call) {
					markValue(f, a)
				}
			}
		}
	}
	for _, f := range x.Frames {
		if f.Caller != nil {
			continue
		}
		results := f.Fn.Signature.Results()
		for i := range results.Len() {
			for _, leaf := range x.heap.leaves(results.At(i).Type()) {
				mark(x.result(f, i, leaf))
			}
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
			if !x.isPrivate(o, key.path) {
				mark(x.heap.cells[key])
			}
		}
		x.captured(o, mark)
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

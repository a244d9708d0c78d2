package goroutine

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file lists the points where a goroutine waits for others, and what ends
// each wait.

// A WaitKind says what a goroutine waits with.
type WaitKind uint8

const (
	SendWait    WaitKind = iota // ch <- v
	ReceiveWait                 // <-ch, range ch
	SelectWait                  // select without default
	GroupWait                   // Wait of a sync.WaitGroup or an errgroup.Group
	CondWait                    // Wait of a sync.Cond
	LockWait                    // Lock of another lock
)

// A Wait is a point where a goroutine may wait for others, locks aside.
type Wait struct {
	Point PointID
	Frame *Frame
	Instr ssa.Instruction
	Kind  WaitKind
	// Cases are the operations of a select, else one. A wait of kind
	// GroupWait ends when all its counterparts have been passed, any other
	// with one counterpart of any case.
	Cases []WaitCase
	// Known says that the counterparts are all there are.
	Known bool
	// Lock is what a wait of kind LockWait, which has no cases, acquires.
	Lock *Acquisition
	// Own is the lock that Wait of a sync.Cond releases.
	Own []hubKey
}

// Releases reports whether the wait releases a lock while it lasts.
func (w *Wait) Releases(a *Acquisition) bool { return intersect(a.keys, w.Own) }

// Thread is the goroutine that waits.
func (w *Wait) Thread() *Thread { return w.Frame.Thread }

// A WaitCase is one operation that a goroutine waits with.
type WaitCase struct {
	On       ssa.Value // the channel, or what Wait is called on
	Send     bool      // of a channel
	Buffered bool      // the channel may have room
	// Counterparts are what ends the wait: receives for a send, sends and
	// closes for a receive, Done, Signal.
	Counterparts []PointID
	targets      []Target
}

// waits is what is known of the operations that goroutines wait with.
type waits struct {
	list                  []*Wait
	at                    map[PointID]*Wait
	sends, recvs, closes  map[*Object][]PointID
	groups, conds         map[hubKey][]PointID
	vague                 map[string]bool // types of channels with an operation on more objects than are kept
	vagueGroup, vagueCond bool
	free                  map[PointID]reached // by the point that is stuck
	cancels               map[*Object]cancellation
}

// Waits lists the points where a goroutine may wait, in a fixed order.
func (x *Exploration) Waits() []*Wait {
	if x.findWaits(); x.waits == nil {
		return nil
	}
	return x.waits.list
}

func (x *Exploration) findWaits() {
	if x.waits != nil || x.giveUp {
		return
	}
	if x.findHolds(); x.giveUp {
		return
	}
	x.waits = &waits{
		at:     make(map[PointID]*Wait),
		sends:  make(map[*Object][]PointID),
		recvs:  make(map[*Object][]PointID),
		closes: make(map[*Object][]PointID),
		groups: make(map[hubKey][]PointID),
		conds:  make(map[hubKey][]PointID),
		vague:  make(map[string]bool),
		free:   make(map[PointID]reached),

		cancels: make(map[*Object]cancellation),
	}
	for id := range x.ops {
		for _, o := range x.ops[id] {
			x.waits.index(x, PointID(id), o)
		}
	}
	for id, p := range x.points {
		if p.Instr == nil {
			continue
		}
		if w := x.waitAt(PointID(id), p); w != nil {
			x.waits.list = append(x.waits.list, w)
			x.waits.at[w.Point] = w
		}
	}
}

// index files an operation that ends a wait.
func (ws *waits) index(x *Exploration, id PointID, o op) {
	if o.on == nil {
		return
	}
	switch {
	case o.family == chanSent:
		if o.on.many {
			ws.vague[x.pkg.typeName(o.typ)] = true
		}
		m := ws.recvs
		if o.kind == closing {
			m = ws.closes
		} else if o.release {
			m = ws.sends
		}
		for _, t := range o.on.list {
			m[t.Obj] = append(m[t.Obj], id)
		}
	case (o.family == waitGroup || o.family == groupFamily) && o.release && o.kind != syncapi.WaitGroupAdd:
		ws.vagueGroup = ws.vagueGroup || o.on.many
		for _, k := range o.keys {
			ws.groups[k] = append(ws.groups[k], id)
		}
	case o.family == condFamily && o.release && o.kind != syncapi.CondWait:
		ws.vagueCond = ws.vagueCond || o.on.many
		for _, k := range o.keys {
			ws.conds[k] = append(ws.conds[k], id)
		}
	}
}

func (x *Exploration) waitAt(id PointID, p Point) *Wait {
	w := &Wait{Point: id, Frame: p.Frame, Instr: p.Instr, Known: true}
	switch v := p.Instr.(type) {
	case *ssa.Send:
		w.Kind = SendWait
		x.chanCase(w, v.Chan, true)
	case *ssa.UnOp:
		if v.Op != token.ARROW {
			return nil
		}
		w.Kind = ReceiveWait
		x.chanCase(w, v.X, false)
	case *ssa.Select:
		if !v.Blocking {
			return nil
		}
		w.Kind = SelectWait
		for _, st := range v.States {
			x.chanCase(w, st.Chan, st.Dir == types.SendOnly)
		}
	case ssa.CallInstruction:
		return x.callWait(w, v)
	default:
		return nil
	}
	return w
}

// chanCase adds the case of a channel operation.
func (x *Exploration) chanCase(w *Wait, ch ssa.Value, send bool) {
	if c, ok := ch.(*ssa.Const); ok && c.IsNil() {
		return // never ready
	}
	if c, ok := x.doneCase(w, ch); ok && !send {
		w.Cases = append(w.Cases, c)
		return
	}
	n := x.value(w.Frame, ch, "")
	c := WaitCase{On: ch, Send: send, targets: n.list}
	if len(n.list) == 0 || n.many || x.waits.vague[x.pkg.typeName(elemType(ch.Type()))] {
		w.Known = false
	}
	for _, t := range n.list {
		if _, ok := t.Obj.Value.(*ssa.MakeChan); !ok || t.Obj.Kind != Allocated || t.Obj.leaked || x.shared(t.Obj) {
			w.Known = false
			continue
		}
		if size, ok := x.capacity(t.Obj); !ok || size > 0 {
			c.Buffered = true
		}
		if send {
			c.Counterparts = append(c.Counterparts, x.waits.recvs[t.Obj]...)
		} else {
			c.Counterparts = append(c.Counterparts, x.waits.sends[t.Obj]...)
			c.Counterparts = append(c.Counterparts, x.waits.closes[t.Obj]...)
		}
	}
	w.Cases = append(w.Cases, c)
}

// callWait completes the wait of a call, nil if the call is no wait.
func (x *Exploration) callWait(w *Wait, call ssa.CallInstruction) *Wait {
	if _, ok := call.(*ssa.Go); ok {
		return nil
	}
	o, ok := x.pkg.classify(call)
	if !ok || o.On == nil {
		return nil
	}
	var fam family
	var of map[hubKey][]PointID
	vague := false
	switch o.Kind {
	case syncapi.WaitGroupWait:
		w.Kind, fam, of, vague = GroupWait, waitGroup, x.waits.groups, x.waits.vagueGroup
	case syncapi.GroupWait:
		w.Kind, fam, of, vague = GroupWait, groupFamily, x.waits.groups, x.waits.vagueGroup
	case syncapi.CondWait:
		w.Kind, fam, of, vague = CondWait, condFamily, x.waits.conds, x.waits.vagueCond
	default:
		return nil
	}
	n := x.receiver(w.Frame, o.On, o)
	c := WaitCase{On: o.On, targets: n.list}
	w.Known = len(n.list) > 0 && !n.many && !vague
	for _, t := range n.list {
		if x.foreign(t) {
			w.Known = false
		}
		c.Counterparts = append(c.Counterparts, of[hubKey{family: fam, obj: t.Obj, path: contentPath(t.Path)}]...)
		if w.Kind == CondWait {
			w.Own = append(w.Own, x.ownLock(t)...)
		}
	}
	w.Cases = append(w.Cases, c)
	return w
}

// ownLock is the lock of the condition variable at t.
func (x *Exploration) ownLock(t Target) []hubKey {
	typ := t.Obj.Type
	if t.Path != "" {
		if v := fieldAt(t.Obj.Type, t.Path); v != nil {
			typ = v.Type()
		}
	}
	if typ == nil {
		return nil
	}
	step, ok := condLocker(typ)
	if !ok {
		return nil
	}
	var keys []hubKey
	for _, l := range x.heap.cell(t, step).list {
		if l.Obj.Kind != Boxed {
			keys = append(keys, hubKey{lockFamily, l.Obj, contentPath(l.Path), ""})
			continue
		}
		for _, in := range x.heap.cell(l, "").list {
			keys = append(keys, hubKey{lockFamily, in.Obj, contentPath(in.Path), ""})
		}
	}
	return keys
}

// Closes reports whether a point closes a channel.
func (x *Exploration) Closes(p PointID) bool {
	for _, o := range x.ops[p] {
		if o.kind == closing {
			return true
		}
	}
	return false
}

// reached is the set of points that some goroutine may reach.
type reached []bool

// reachWithout computes the points that may be reached while the goroutine
// that comes to stuck, if any, does not pass it. A goroutine passes a wait only
// if what would end the wait is reached too.
func (x *Exploration) reachWithout(stuck PointID) reached {
	r, ok := x.waits.free[stuck]
	if !ok {
		r = x.simulate(
			func(p PointID) bool { return p != stuck },
			func(w *Wait, r reached) bool {
				return x.passes(w, func(p PointID) bool { return r[p] && p != stuck })
			})
		x.waits.free[stuck] = r
	}
	return r
}

// simulate computes the points that may be reached if points are only left that are
// not stuck, and waits only if they end, given what has been reached.
func (x *Exploration) simulate(leaves func(PointID) bool, ends func(*Wait, reached) bool) reached {
	r := make(reached, len(x.points))
	var waiting []*Wait
	work := []PointID{x.entry[x.Frames[0]]}
	add := func(p PointID) {
		if !r[p] {
			r[p] = true
			work = append(work, p)
		}
	}
	pass := func(p PointID) {
		for _, s := range x.succs[p] {
			add(s)
		}
		for _, s := range x.spawns[p] {
			add(s)
		}
	}
	r[work[0]] = true
	for {
		for len(work) > 0 {
			p := work[len(work)-1]
			work = work[:len(work)-1]
			x.cost++
			if !leaves(p) {
				continue
			}
			if w := x.waits.at[p]; w != nil && !ends(w, r) {
				waiting = append(waiting, w)
				continue
			}
			pass(p)
		}
		still := waiting[:0]
		for _, w := range waiting {
			if ends(w, r) {
				pass(w.Point)
			} else {
				still = append(still, w)
			}
		}
		if waiting = still; len(work) == 0 {
			return r
		}
	}
}

// passes reports whether a wait may end, given which of its counterparts may have been
// passed.
func (x *Exploration) passes(w *Wait, offered func(PointID) bool) bool {
	if !w.Known {
		return true
	}
	if w.Kind == GroupWait {
		for t, dones := range x.byThread(w.Cases[0].Counterparts) {
			if _, before := x.wayOf(t, w.Point); !before {
				continue
			}
			open := true
			for _, d := range dones {
				open = open && !offered(d)
			}
			if open {
				return false
			}
		}
		return true
	}
	for _, c := range w.Cases {
		if c.Send && c.Buffered {
			return true
		}
		for _, p := range c.Counterparts {
			if offered(p) {
				return true
			}
		}
	}
	return false
}

// wayOf reports whether the goroutine t may be started before p is reached, by
// the goroutine that comes to p or one that started it.
func (x *Exploration) wayOf(t *Thread, p PointID) (PointID, bool) {
	at, ok := x.spawnOf[t]
	if !ok {
		return noPoint, false
	}
	if c := callerOf(t); c != nil && c != callerOf(x.thread(p)) {
		return at, true // whoever uses the type has called that before
	}
	_, ok = x.way(at, p, nil)
	return at, ok
}

func (x *Exploration) byThread(points []PointID) map[*Thread][]PointID {
	by := make(map[*Thread][]PointID)
	for _, p := range points {
		t := x.thread(p)
		by[t] = append(by[t], p)
	}
	return by
}

package goroutine

import (
	"cmp"
	"go/token"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file looks for goroutines that hold a lock and wait for others that
// need it: Coffman's hold and wait.
//
// The question is whether there is a schedule in which a goroutine stands at
// its wait, with the lock, and everyone who could end the wait stands at a
// point where it needs the lock, or waits itself for someone who does. So the
// answer is one of "may", but of a special kind: what keeps the points of the
// schedule from being reached together is looked for by simulation, not by the
// links of sync.go, which are made to find any reason for order. A point s of
// another goroutine and the wait w can be reached together unless w is only
// reached by what s lets through, or s by what w lets through; see
// [Exploration.reachWithout]. In that simulation, a wait is passed only if a
// counterpart is reached.
//
// How often something happens is only known as once or many times, and of what
// variables hold only what flags.go knows.

// A HoldAndWait is a wait with a lock held that those need who could end it.
type HoldAndWait struct {
	Wait *Wait
	Held *Acquisition
	// Blocked are the goroutines that could end the wait, each at the point
	// where it is stuck; of a GroupWait one of them. There is none if nothing
	// in the program ends the wait; then Victim is an acquisition of the lock
	// by another goroutine.
	Blocked []Blocked
	Victim  *Acquisition
}

// Blocked is a goroutine that cannot go on.
type Blocked struct {
	Thread *Thread
	// At is where it needs the lock. If it is nil, the goroutine waits, at
	// Wait, for those of By, or has not been started, by the one of By.
	At   *Acquisition
	Wait *Wait
	By   []Blocked
	// Counterpart is what it would do behind that.
	Counterpart PointID
}

// Need is where b, or the first of those that it waits for, needs the lock; nil
// if none does.
func (b Blocked) Need() *Acquisition {
	if b.At != nil {
		return b.At
	}
	for _, by := range b.By {
		if a := by.Need(); a != nil {
			return a
		}
	}
	return nil
}

// HoldAndWaits lists the waits that may last for ever because of a lock.
func (x *Exploration) HoldAndWaits() []HoldAndWait {
	if !x.locksAndWaits() {
		return nil
	}
	var found []HoldAndWait
	waits := x.Waits()
	if x.waits == nil || x.must.known == nil {
		return nil // no answers, or no lock
	}
	for _, w := range waits {
		if !w.Known || !x.must.known[w.Point] || len(x.must.holds[w.Point]) == 0 || len(w.Cases) == 0 || !x.Certain(w.Frame) || !x.blocks(w) {
			continue
		}
		for _, h := range x.must.holds[w.Point] {
			if !x.usable(h, w) || w.Releases(h) || x.cost > maxDeadlockCost {
				continue
			}
			d := &deadlock{x: x, w: w, held: h, fresh: x.fresh(h.Lock.Object)}
			d.many = d.isMany(w.Point)
			d.own = x.ownWait(w)
			if hw, ok := d.find(); ok {
				found = append(found, hw)
			}
		}
	}
	return append(found, x.lockWaits()...)
}

// locksAndWaits reports whether the exploration has a lock that is acquired and
// something, which may be a second lock, to wait for.
func (x *Exploration) locksAndWaits() bool {
	locks, waits := 0, 0
	if x.graph == nil {
		return false
	}
	for _, p := range x.points {
		switch v := p.Instr.(type) {
		case *ssa.Send, *ssa.Select:
			waits++
		case *ssa.UnOp:
			if v.Op == token.ARROW {
				waits++
			}
		case ssa.CallInstruction:
			switch o, _ := x.pkg.classify(v); o.Kind {
			case syncapi.Lock, syncapi.RLock, syncapi.OnceDo:
				locks++
			case syncapi.WaitGroupWait, syncapi.GroupWait, syncapi.CondWait:
				waits++
			}
		}
		if locks > 0 && locks+waits > 1 {
			return true
		}
	}
	return false
}

// lockWaits finds locks that are acquired with another lock held that whoever
// holds the first needs to release it. It looks only at locks that are one of
// many, such as those in a map: others make a cycle in the order of locks,
// which is another check's business.
func (x *Exploration) lockWaits() []HoldAndWait {
	var found []HoldAndWait
	for _, a := range x.must.order {
		if a.Try || a.Once || a.Lock.Certain || !x.must.known[a.Point] || !x.Certain(a.Frame) {
			continue
		}
		for _, h := range x.must.holds[a.Point] {
			if !h.Lock.Certain || h.Once || x.cost > maxDeadlockCost {
				continue
			}
			w := &Wait{Point: a.Point, Frame: a.Frame, Instr: a.Instr, Kind: LockWait, Lock: a}
			d := &deadlock{x: x, w: w, held: h, fresh: x.fresh(h.Lock.Object)}
			if d.many = d.isMany(w.Point); !d.many {
				continue
			}
			if blocked, ok := d.releasers(a); ok {
				found = append(found, HoldAndWait{Wait: w, Held: h, Blocked: blocked})
			}
		}
	}
	return found
}

// releasers lists where the goroutines that hold a's lock need the lock held,
// before they release a's; ok is false if one does not.
func (d *deadlock) releasers(a *Acquisition) (blocked []Blocked, ok bool) {
	x := d.x
	for id := range x.ops {
		u := PointID(id)
		if !x.must.known[u] || !slices.ContainsFunc(x.ops[id], func(o op) bool {
			return o.family == lockFamily && o.release && intersect(o.keys, a.keys)
		}) {
			continue
		}
		first := d.before(a, u)
		if first == nil {
			return nil, false
		}
		blocked = append(blocked, Blocked{Thread: x.thread(u), At: first, Counterpart: u})
	}
	return blocked, len(blocked) > 0
}

// before is where a goroutine that holds a's lock needs the lock held on every
// way to its release at u.
func (d *deadlock) before(a *Acquisition, u PointID) *Acquisition {
	x := d.x
	needs := make(map[PointID]bool)
	var first *Acquisition
	for _, b := range x.must.order {
		if b.Thread() == x.thread(u) && d.conflicts(b) && slices.ContainsFunc(x.must.holds[b.Point], func(h *Acquisition) bool { return slices.Equal(h.keys, a.keys) }) {
			if needs[b.Point] = true; first == nil {
				first = b
			}
		}
	}
	if first == nil {
		return nil
	}
	for _, b := range x.must.order {
		if b.Thread() != x.thread(u) || !slices.Equal(b.keys, a.keys) {
			continue
		}
		for _, s := range x.succs[b.Point] {
			if _, ok := x.way(s, u, needs); ok {
				return nil
			}
		}
	}
	return first
}

// maxDeadlockCost bounds the search in one exploration.
const maxDeadlockCost = 8_000_000

// blocks reports whether a wait may last: a send on a channel with room must
// come too often, and to a receiver that expects many.
func (x *Exploration) blocks(w *Wait) bool {
	for _, c := range w.Cases {
		if !c.Send || !c.Buffered {
			continue
		}
		receivers := make(map[*Thread]bool)
		for _, e := range c.Counterparts {
			receivers[x.thread(e)] = true
		}
		for _, t := range c.targets {
			mc := t.Obj.Value.(*ssa.MakeChan)
			if size, ok := constIndex(mc.Size); !ok || x.listed(t.Obj) || !x.fillsUp(t.Obj, size, receivers) {
				return false
			}
		}
		if !slices.ContainsFunc(c.Counterparts, x.Repeats) {
			return false
		}
	}
	return true
}

// listed reports whether o is kept in a slice, map or channel: how often each
// of those in it is used is not known.
func (x *Exploration) listed(o *Object) bool {
	in := false
	x.HeldBy(o, func(_ *Object, path Path) { in = in || isElement(path) })
	return in
}

// usable reports whether a lock is known well enough for a wait with it. If
// there are many, each with the channel, wait group or condition variable that
// belongs to it, one lock and what belongs to it can be told from the others.
func (x *Exploration) usable(h *Acquisition, w *Wait) bool {
	if h.Lock.Certain {
		return true
	}
	if !h.alone {
		return false
	}
	for _, c := range w.Cases {
		for _, t := range c.targets {
			if t.Obj == h.Lock.Object {
				continue
			}
			owned := false
			foreign := false
			x.HeldBy(t.Obj, func(holder *Object, path Path) {
				owned = owned || holder == h.Lock.Object && !isElement(path)
				foreign = foreign || holder != h.Lock.Object && isElement(path)
			})
			if !owned || foreign {
				return false
			}
		}
	}
	return true
}

// A deadlock is the search for one wait and one lock.
type deadlock struct {
	x     *Exploration
	w     *Wait
	held  *Acquisition
	fresh []PointID // where the lock is made
	many  bool      // the wait is reached more than once with the same lock
	own   bool      // it waits with what it has made itself
	// placed are the goroutines that are stuck already, each with its place: a
	// goroutine can only be at one.
	placed map[*Thread]Blocked
}

func (d *deadlock) find() (HoldAndWait, bool) {
	hw := HoldAndWait{Wait: d.w, Held: d.held}
	d.placed = make(map[*Thread]Blocked)
	blocked, ok := d.set(d.w, 0)
	if !ok {
		return hw, false
	}
	for _, t := range d.loose() {
		b, ok := d.thread(t.thread, t.points, d.w, 0)
		if !ok {
			return hw, false
		}
		blocked = append(blocked, b)
	}
	if d.known(blocked) {
		return hw, false
	}
	if hw.Blocked = blocked; len(blocked) > 0 {
		return hw, slices.ContainsFunc(blocked, func(b Blocked) bool { return b.Need() != nil })
	}
	for _, a := range d.x.must.order {
		if d.conflicts(a) && (a.Thread() != d.w.Thread() || d.manyThread(a.Thread())) && d.together(a.Point) {
			hw.Victim = a
			return hw, true
		}
	}
	return hw, false
}

// known reports whether the only reason is that no goroutine has come so far that it
// ends the wait, though who waits knows that one has.
func (d *deadlock) known(blocked []Blocked) bool {
	var unstarted, locking []*Thread
	for _, b := range blocked {
		switch {
		case b.point() == noPoint:
			unstarted = append(unstarted, b.Thread)
		case b.At != nil:
			locking = append(locking, b.Thread)
		default:
			return false
		}
	}
	return len(blocked) > 0 && d.started(unstarted, locking)
}

type threadPoints struct {
	thread *Thread
	points []PointID
}

// grouped sorts points by goroutine.
func (d *deadlock) grouped(points []PointID) []threadPoints {
	by := d.x.byThread(points)
	var out []threadPoints
	for _, t := range slices.SortedFunc(maps.Keys(by), func(a, b *Thread) int { return cmp.Compare(a.index, b.index) }) {
		out = append(out, threadPoints{t, by[t]})
	}
	return out
}

// loose lists the releases of the lock by goroutines that do not hold it.
func (d *deadlock) loose() []threadPoints {
	var points []PointID
	for _, k := range d.held.keys {
		points = append(points, d.x.must.loose[k]...)
	}
	return d.grouped(points)
}

// set finds out whether all that could end a wait are blocked.
func (d *deadlock) set(w *Wait, depth int) ([]Blocked, bool) {
	if w.Kind == GroupWait {
		for _, t := range d.grouped(w.Cases[0].Counterparts) {
			if _, before := d.x.wayOf(t.thread, w.Point); before {
				if b, ok := d.thread(t.thread, t.points, w, depth); ok {
					return []Blocked{b}, true
				}
			}
		}
		return nil, false
	}
	var points []PointID
	for _, c := range w.Cases {
		points = append(points, c.Counterparts...)
	}
	var blocked []Blocked
	itself := false
	for _, t := range d.grouped(points) {
		if t.thread == d.w.Thread() {
			if d.precedes(t.points) {
				return nil, false
			}
			if itself = itself || d.own; !d.manyThread(t.thread) || w == d.w && d.own {
				continue // it stands at d.w
			}
		}
		b, ok := d.thread(t.thread, t.points, w, depth)
		if !ok {
			return nil, false
		}
		blocked = append(blocked, b)
	}
	// Who waits for himself alone, with what is new each time, has room for it, or it
	// is no matter of locks.
	return blocked, len(blocked) > 0 || !itself
}

// precedes reports whether the goroutine that waits may have passed one of
// the points before, so that what it waits for may have been done by itself.
func (d *deadlock) precedes(points []PointID) bool {
	t := d.w.Thread()
	if d.manyThread(t) {
		_, ok := d.x.way(d.x.entry[t.Entry], d.w.Point, pointSet(points))
		return !ok
	}
	for _, p := range points {
		if _, ok := d.x.way(p, d.w.Point, nil); ok {
			return true
		}
	}
	return false
}

func pointSet(points []PointID) map[PointID]bool {
	m := make(map[PointID]bool, len(points))
	for _, p := range points {
		m[p] = true
	}
	return m
}

// maxChain bounds the goroutines that wait for each other.
const maxChain = 2

// thread finds a point where a goroutine is blocked that could end w at one of
// the given points.
func (d *deadlock) thread(t *Thread, ends []PointID, w *Wait, depth int) (Blocked, bool) {
	if t == d.w.Thread() && !d.manyThread(t) {
		return Blocked{}, false
	}
	if b, ok := d.placed[t]; ok {
		return d.stays(b, ends, w)
	}
	before := maps.Clone(d.placed)
	for _, find := range []func(*Thread, []PointID, *Wait, int) (Blocked, bool){d.atLock, d.atWait, d.unstarted} {
		if b, ok := find(t, ends, w, depth); ok {
			d.placed[t] = b
			return b, true
		}
		d.placed = maps.Clone(before)
	}
	return Blocked{}, false
}

// stays reports whether a goroutine that is stuck already keeps from the given
// points as well.
func (d *deadlock) stays(b Blocked, ends []PointID, w *Wait) (Blocked, bool) {
	if b.point() == noPoint { // not started
		return Blocked{b.Thread, nil, nil, b.By, ends[0]}, true
	}
	all := map[PointID]bool{b.point(): true}
	if b.At != nil {
		all = d.needs(b.Thread)
	}
	end, ok := d.blocks(b.point(), b.Thread, ends, w, all)
	b.Counterpart = end
	return b, ok
}

// point is where b is stuck, noPoint if it has not been started.
func (b Blocked) point() PointID {
	switch {
	case b.At != nil:
		return b.At.Point
	case b.Wait != nil:
		return b.Wait.Point
	}
	return noPoint
}

// atLock finds a goroutine stuck where it needs the lock.
func (d *deadlock) atLock(t *Thread, ends []PointID, w *Wait, _ int) (Blocked, bool) {
	for _, a := range d.x.must.order {
		if a.Thread() == t && d.conflicts(a) && d.x.must.known[a.Point] && d.x.Certain(a.Frame) && !d.keptAway(a) {
			if end, ok := d.blocks(a.Point, t, ends, w, d.needs(t)); ok {
				return Blocked{Thread: t, At: a, Counterpart: end}, true
			}
		}
	}
	return Blocked{}, false
}

// atWait finds a goroutine stuck where it waits for another that is.
func (d *deadlock) atWait(t *Thread, ends []PointID, w *Wait, depth int) (Blocked, bool) {
	if depth >= maxChain {
		return Blocked{}, false
	}
	for _, q := range d.x.waits.list {
		if q.Thread() != t || !q.Known || len(q.Cases) == 0 || q == d.w || q == w || !d.x.blocks(q) {
			continue
		}
		end, ok := d.blocks(q.Point, t, ends, w, map[PointID]bool{q.Point: true})
		if !ok {
			continue
		}
		before := maps.Clone(d.placed)
		if by, ok := d.set(q, depth+1); ok && len(by) > 0 {
			return Blocked{Thread: t, Wait: q, By: by, Counterpart: end}, true
		}
		d.placed = before
	}
	return Blocked{}, false
}

// unstarted finds a goroutine that has not been started because the one that
// starts it is stuck.
func (d *deadlock) unstarted(t *Thread, ends []PointID, w *Wait, depth int) (Blocked, bool) {
	at, ok := d.x.spawnOf[t]
	if !ok || w.Kind == GroupWait || depth >= maxChain {
		return Blocked{}, false
	}
	if t.Parent == d.w.Thread() && (w == d.w && d.own || !d.manyThread(t.Parent)) {
		_, started := d.x.way(at, d.w.Point, nil)
		return Blocked{Thread: t, Counterpart: ends[0]}, !started
	}
	spawn := &Wait{Point: at, Kind: ReceiveWait, Cases: []WaitCase{{Counterparts: []PointID{at}, Buffered: true}}}
	if b, ok := d.thread(t.Parent, []PointID{at}, spawn, depth+1); ok {
		return Blocked{Thread: t, By: []Blocked{b}, Counterpart: ends[0]}, true
	}
	return Blocked{}, false
}

// conflicts reports whether a has to wait while the lock is held.
func (d *deadlock) conflicts(a *Acquisition) bool {
	return !a.Try && !(a.Read && d.held.Read) && slices.Equal(a.keys, d.held.keys) && (d.held.Lock.Certain || a.alone)
}

// needs are the points where a goroutine needs the lock.
func (d *deadlock) needs(t *Thread) map[PointID]bool {
	m := make(map[PointID]bool)
	for _, a := range d.x.must.order {
		if a.Thread() == t && d.conflicts(a) {
			m[a.Point] = true
		}
	}
	return m
}

// blocks reports whether a goroutine that is stuck at s keeps from all of the
// points that would end w, and can be there while d.w waits. The points of all
// are those where it would be stuck likewise.
func (d *deadlock) blocks(s PointID, t *Thread, ends []PointID, w *Wait, all map[PointID]bool) (end PointID, ok bool) {
	x := d.x
	end = noPoint
	for _, e := range ends {
		if _, ok := x.way(s, e, nil); ok && e != s {
			end = e
			break
		}
	}
	if end == noPoint || x.madeBehind(w, end, s) || !d.together(s) {
		return noPoint, false
	}
	start := x.entry[t.Entry]
	if t.Parent == nil {
		start = x.entry[x.Frames[0]]
	}
	if lasting := x.lasting(w, ends); len(lasting) > 0 {
		if _, ok := x.way(start, s, lasting); !ok {
			return noPoint, false
		}
	}
	if w.Kind != GroupWait && d.manyThread(t) {
		for _, e := range ends {
			if _, ok := x.way(start, e, all); ok {
				return noPoint, false // another goroutine of the kind may come
			}
		}
	}
	return end, true
}

// madeBehind reports whether what w waits with, as far as the goroutine that comes to
// end has to do with it, is made by that goroutine behind s: then it is past s.
func (x *Exploration) madeBehind(w *Wait, end, s PointID) bool {
	var made []PointID
	for _, c := range w.Cases {
		if !slices.Contains(c.Counterparts, end) {
			continue
		}
		for _, t := range c.targets {
			at := x.Made(t.Obj)
			if made = append(made, at...); len(at) == 0 {
				return false
			}
		}
	}
	for _, p := range made {
		if x.thread(p) != x.thread(s) {
			return false
		}
		for _, next := range x.succs[p] {
			if _, ok := x.way(next, s, pointSet([]PointID{p})); ok {
				return false
			}
		}
	}
	return len(made) > 0
}

// together reports whether some goroutine may be at s while d.w waits.
func (d *deadlock) together(s PointID) bool {
	x := d.x
	stuck := d.w.Point
	if d.many {
		stuck = noPoint
	}
	if !x.reachWithout(stuck)[s] || x.exclusive(s, d.w.Point, d.held) {
		return false
	}
	return d.isMany(s) || x.reachWithout(s)[d.w.Point]
}

// lasting are the counterparts of a wait whose effect stays: one that came
// before the wait ends it as well.
func (x *Exploration) lasting(w *Wait, ends []PointID) map[PointID]bool {
	m := make(map[PointID]bool)
	for _, e := range ends {
		for _, c := range w.Cases {
			if !slices.Contains(c.Counterparts, e) || w.Kind == CondWait {
				continue
			}
			_, sends := x.points[e].Instr.(*ssa.Send)
			if w.Kind == GroupWait || !c.Send && (c.Buffered || !sends && !x.isSelect(e)) {
				m[e] = true
			}
		}
	}
	return m
}

// isMany reports whether a point is passed more than once while the lock is
// the same object.
func (d *deadlock) isMany(p PointID) bool {
	if d.x.Repeats(p) {
		for _, s := range d.x.succs[p] {
			if _, ok := d.x.way(s, p, pointSet(d.fresh)); ok {
				return true
			}
		}
	}
	return d.manyThread(d.x.thread(p))
}

// manyThread reports whether t stands for several goroutines that share the
// lock.
func (d *deadlock) manyThread(t *Thread) bool {
	if t != nil && t.Kind == Caller {
		return true
	}
	for ; t != nil && t.Parent != nil; t = t.Parent {
		if t.Kind == Handler || t.Kind == ParallelTest {
			return true
		}
		for _, p := range d.fresh {
			for o := d.x.thread(p); o != nil; o = o.Parent {
				if o == t {
					return false // each has a lock of its own
				}
			}
		}
		if t.Kind == Caller {
			return false // there is a program that calls it once
		}
		at, ok := d.x.spawnOf[t]
		if !ok {
			return true
		}
		if _, ok := d.x.way(d.x.after[at], at, pointSet(d.fresh)); ok {
			return true
		}
	}
	return false
}

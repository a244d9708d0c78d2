package goroutine

import (
	"cmp"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// This file is the search that deadlock.go describes, for one wait and one
// lock: for each goroutine that could end the wait a point where it is stuck,
// all of them together. A goroutine is stuck where it needs the lock, where it waits
// for others that are stuck, or before it is started.

// A deadlock is the search for one wait and one lock.
type deadlock struct {
	x     *Exploration
	w     *Wait
	held  *Acquisition
	fresh []PointID // where the lock is made
	many  bool      // the wait is reached more than once with the same lock
	// placed are the goroutines that are stuck already, each with its place: a
	// goroutine can only be at one.
	placed map[*Thread]Blocked
	// placing are those for which a place is being looked for, and tries counts
	// how often one was.
	placing map[*Thread]bool
	tries   int
}

func (d *deadlock) find() (HoldAndWait, bool) {
	hw := HoldAndWait{Wait: d.w, Held: d.held}
	d.placed, d.placing = make(map[*Thread]Blocked), make(map[*Thread]bool)
	blocked, ok := d.set(d.w)
	if !ok {
		return hw, false
	}
	for _, t := range d.loose() {
		b, ok := d.thread(t.thread, t.points, d.w)
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
func (d *deadlock) set(w *Wait) ([]Blocked, bool) {
	if w.Kind == GroupWait {
		for _, t := range d.grouped(w.Cases[0].Counterparts) {
			if _, before := d.x.wayOf(t.thread, w.Point); before {
				if b, ok := d.thread(t.thread, t.points, w); ok {
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
			if itself = itself || d.own(d.w); !d.manyThread(t.thread) || d.own(w) {
				continue // it stands at d.w
			}
		}
		b, ok := d.thread(t.thread, t.points, w)
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

// maxTries bounds the places that are looked for on behalf of one wait.
const maxTries = 500

// thread finds a point where a goroutine is blocked that could end w at one of
// the given points.
func (d *deadlock) thread(t *Thread, ends []PointID, w *Wait) (Blocked, bool) {
	if t == d.w.Thread() && !d.manyThread(t) {
		return Blocked{}, false
	}
	if b, ok := d.placed[t]; ok {
		return d.stays(b, ends, w)
	}
	if d.tries++; d.placing[t] || d.tries > maxTries {
		return Blocked{}, false
	}
	d.placing[t] = true
	defer delete(d.placing, t)
	before := maps.Clone(d.placed)
	for _, find := range []func(*Thread, []PointID, *Wait) (Blocked, bool){d.atLock, d.atWait, d.unstarted} {
		if b, ok := find(t, ends, w); ok {
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
func (d *deadlock) atLock(t *Thread, ends []PointID, w *Wait) (Blocked, bool) {
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
func (d *deadlock) atWait(t *Thread, ends []PointID, w *Wait) (Blocked, bool) {
	for _, q := range d.x.waits.list {
		if q.Thread() != t || !q.Known || len(q.Cases) == 0 || q == d.w || q == w || !d.x.blocks(q) {
			continue
		}
		end, ok := d.blocks(q.Point, t, ends, w, map[PointID]bool{q.Point: true})
		if !ok {
			continue
		}
		before := maps.Clone(d.placed)
		if by, ok := d.set(q); ok && len(by) > 0 {
			return Blocked{Thread: t, Wait: q, By: by, Counterpart: end}, true
		}
		d.placed = before
	}
	return Blocked{}, false
}

// unstarted finds a goroutine that has not been started because the one that
// starts it is stuck.
func (d *deadlock) unstarted(t *Thread, ends []PointID, w *Wait) (Blocked, bool) {
	at, ok := d.x.spawnOf[t]
	if !ok || w.Kind == GroupWait || d.startedWith(t, at, ends, w) {
		return Blocked{}, false
	}
	if t.Parent == d.w.Thread() && (!d.manyThread(t.Parent) || d.own(w)) {
		_, started := d.x.way(at, d.w.Point, nil)
		return Blocked{Thread: t, Counterpart: ends[0]}, !started
	}
	if _, without := d.x.way(d.x.entry[t.Parent.Entry], d.w.Point, pointSet([]PointID{at})); t.Parent == d.w.Thread() && !without {
		return Blocked{}, false // the one that waits has started one itself
	}
	spawn := &Wait{Point: at, Kind: ReceiveWait, Cases: []WaitCase{{Counterparts: []PointID{at}, Buffered: true}}}
	if b, ok := d.thread(t.Parent, []PointID{at}, spawn); ok {
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
		if x.summoned(w, t, ends, all) {
			return noPoint, false // it is coming
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
		if t.Kind == Handler || t.Kind == ParallelTest || t.many {
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

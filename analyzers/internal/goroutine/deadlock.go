package goroutine

import (
	"go/token"
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
	for id := range x.must.known { // what was linked since does nothing itself
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
			if size, ok := x.capacity(t.Obj); !ok || x.listed(t.Obj) || !x.fillsUp(t.Obj, size, receivers) {
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

package goroutine

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// This file argues for the answer of order.go: what stands near two points that
// may run at the same time and could have ordered them, and why it does not.
//
// The two points lie on two strands, each from where its side of the fork begins
// to the point. On a strand, before its point, may stand an operation that could
// have told it of the other point, but does not: a Sleep, a wait for others, a
// receive of what the other goroutine sent too early. Behind the point may stand
// one that would have told it and comes too late. What is said of an operation is
// decided by objects that the engine knows; where it only guesses, as for calls
// into other packages, nothing is said.

// A ReasonKind says why something does not order two points. Its comment says
// what the places of the [Reason] are.
type ReasonKind string

const (
	TwoLocks       ReasonKind = "two-locks"       // Lock, acquired at At, is another object than what the other side holds by that name
	HeldToRead     ReasonKind = "held-to-read"    // Lock is acquired at At in read mode, as it is by the other side
	UnlockedBefore ReasonKind = "unlocked-before" // Lock is released at At, before Ref is reached
	Sleeps         ReasonKind = "sleeps"          // At waits for a time
	EarlyDone      ReasonKind = "early-done"      // Done at At comes before Ref, so the Wait at Other does not wait for Ref
	EarlySend      ReasonKind = "early-send"      // send or close at At comes before Ref, so the receive at Other does not wait for Ref
	EarlyStore     ReasonKind = "early-store"     // atomic store at At comes before Ref, so the load at Other does not tell of Ref
	LateAdd        ReasonKind = "late-add"        // Add at At is called by the goroutine that the Wait at Other should wait for
	Unused         ReasonKind = "unused"          // the result of the atomic operation at At is not used, which Ref could have told something
	Closes         ReasonKind = "closes"          // close at At does not wait for the receive at Ref
	Cancels        ReasonKind = "cancels"         // At cancels a context
	Stops          ReasonKind = "stops"           // At stops the timer, whose function may have begun
	HasRoom        ReasonKind = "has-room"        // the channel has room: the send at At does not wait for the receive at Ref
	Delivers       ReasonKind = "delivers"        // the send at At waits for the receive at Other, not for Ref behind it
	EitherFirst    ReasonKind = "either-first"    // Lock is acquired at At and at Ref, outside of the points
	TooLate        ReasonKind = "too-late"        // At waits for Ref, but comes behind Other
	Outlives       ReasonKind = "outlives"        // the goroutine started at At does not end before that which the wait at Ref waits for
	OtherWait      ReasonKind = "other-wait"      // At waits, but not for the goroutine started at Ref
	EachRound      ReasonKind = "each-round"      // a loop starts a goroutine in each round at At
	EachRequest    ReasonKind = "each-request"    // a server starts a goroutine for each request by what is registered at At
	Siblings       ReasonKind = "siblings"        // goroutines are started at At and at Ref
	Handover       ReasonKind = "handover"        // what follows the receive at At runs beside what follows the send at Ref
	NextRound      ReasonKind = "next-round"      // Ref comes behind At, where a goroutine is started, in the next round of a loop
	Started        ReasonKind = "started"         // Ref comes behind At, where a goroutine is started
	Alone          ReasonKind = "alone"           // as Started, and nothing of the goroutine that comes to Ref waits for the other
)

// A Reason is one thing that could have ordered two points, and does not.
type Reason struct {
	Kind           ReasonKind
	At, Ref, Other PointID // the last two are -1 where the kind has none
	Lock           string
}

// maxReasons is how many reasons are given for a pair of points.
const maxReasons = 2

// Ranks of reasons: the lower, the nearer they are to what a reader asks first.
const (
	rankLock = iota
	rankBetween
	rankLate
	rankOther
	rankFork
)

// Why gives the nearest things that could have ordered a and b, of which over is
// the answer of [Exploration.Overlap], and do not.
func (x *Exploration) Why(a, b PointID, over Overlap, fresh []PointID) []Reason {
	avoid := make(map[PointID]bool, len(fresh))
	for _, p := range fresh {
		avoid[p] = true
	}
	w := &why{x: x, thread: over.Thread}
	x.cost += len(x.points)
	first, second := w.strand(over.first, a, avoid), w.strand(over.second, b, avoid)
	first.spawned, second.spawned = !over.Swapped, over.Swapped
	w.locks(a, b)
	w.unlocked(first, second)
	w.unlocked(second, first)
	if over.met != nil {
		w.add(rankFork, 0, Reason{Kind: Handover, At: over.met.receive, Ref: over.met.send, Other: noPoint})
	} else {
		w.between(first, second)
		w.between(second, first)
		w.late(first, second)
		w.late(second, first)
		if over.Swapped {
			second = first
		}
		w.fork(second)
	}
	return w.nearest()
}

// why collects reasons.
type why struct {
	x        *Exploration
	thread   *Thread // started at the fork
	found    []rankedReason
	releases map[hubKey]bool // see released
}

type rankedReason struct {
	Reason
	rank, distance int
}

// A strand is the way of one goroutine to one of the two points.
type strand struct {
	at             PointID
	thread         *Thread
	spawned        bool             // the side of the goroutine started at the fork
	way            []PointID        // from where the fork begins to at, nearest to at first
	before, behind []PointID        // of the goroutine, nearest to at first
	learners       map[PointID]bool // the acquires that may learn that at has been passed
}

func (w *why) strand(start, at PointID, avoid map[PointID]bool) *strand {
	x := w.x
	s := &strand{at: at, thread: x.thread(at), learners: x.learners(at)}
	if x.findWay(start, at, avoid).exists {
		onWay := &x.marksB // as findWay leaves it
		s.way = spread(at, func(p PointID) []PointID {
			return slices.DeleteFunc(slices.Concat(x.preds[p], x.spawnPreds[p]), func(p PointID) bool { return !onWay.has(p) })
		})
	}
	s.before = spread(at, func(p PointID) []PointID { return x.preds[p] })
	s.behind = spread(at, func(p PointID) []PointID { return x.succs[p] })
	x.cost += len(s.way) + len(s.before) + len(s.behind)
	return s
}

// spread lists the points, other than from, that are reached from there by the
// given edges, nearest first.
func spread(from PointID, edges func(PointID) []PointID) []PointID {
	seen := map[PointID]bool{from: true}
	var list []PointID
	for p, next := from, 0; ; next++ {
		for _, s := range edges(p) {
			if !seen[s] {
				seen[s] = true
				list = append(list, s)
			}
		}
		if next == len(list) {
			return list
		}
		p = list[next]
	}
}

func (w *why) add(rank, distance int, r Reason) {
	w.found = append(w.found, rankedReason{r, rank, distance})
}

// nearest picks the reasons to give.
func (w *why) nearest() []Reason {
	slices.SortStableFunc(w.found, func(a, b rankedReason) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.distance, b.distance))
	})
	var list []Reason
	for _, r := range w.found {
		known := slices.ContainsFunc(list, func(o Reason) bool { return o.Kind == r.Kind && w.x.PosOf(o.At) == w.x.PosOf(r.At) })
		if !known && w.x.PosOf(r.At).IsValid() {
			list = append(list, r.Reason)
		}
		if len(list) == maxReasons {
			break
		}
	}
	return list
}

// locks looks at pairs of locks that the two points hold.
func (w *why) locks(a, b PointID) {
	for _, h := range w.x.Held(a) {
		for _, g := range w.x.Held(b) {
			r := Reason{At: g.at, Ref: noPoint, Other: noPoint, Lock: g.Name}
			switch {
			case h.key == g.key:
				r.Kind = HeldToRead // or the two would be excluded
			case h.Name == g.Name && h.key.path == g.key.path && w.certain(h.key.obj) && w.certain(g.key.obj) && h.key.obj != g.key.obj:
				r.Kind = TwoLocks
			default:
				continue
			}
			w.add(rankLock, 0, r)
		}
	}
}

// certain reports whether o stands for an object that no other object of the
// exploration can be.
func (w *why) certain(o *Object) bool {
	return o != nil && (o.Kind == Allocated || o.Kind == Global)
}

// unlocked looks for a lock that s holds, and other has just released.
func (w *why) unlocked(s, other *strand) {
	x := w.x
	for _, h := range x.Held(s.at) {
		if h.key.obj == nil || slices.ContainsFunc(x.Held(other.at), func(g HeldLock) bool { return g.key == h.key }) {
			continue
		}
		last, others := noPoint, false
		reached := spread(other.at, func(p PointID) []PointID {
			if _, ok := x.lockOp(p, h.key); ok {
				return nil
			}
			return x.preds[p]
		})
		for _, p := range reached {
			switch o, ok := x.lockOp(p, h.key); {
			case ok && o.release && last < 0:
				last = p
			case ok || len(x.preds[p]) == 0:
				others = true // the lock was not unlocked there on every way
			}
		}
		if last >= 0 && !others {
			w.add(rankLock, 1, Reason{Kind: UnlockedBefore, At: last, Ref: other.at, Other: noPoint, Lock: h.Name})
		}
	}
}

func (x *Exploration) lockOp(p PointID, key hubKey) (op, bool) {
	for _, o := range x.ops[p] {
		if o.family == lockFamily && slices.Contains(o.keys, key) {
			return o, true
		}
	}
	return op{}, false
}

// fork says why the start of the goroutine does not order its point and that of
// other.
func (w *why) fork(other *strand) {
	x, t := w.x, w.thread
	at, ok := x.spawnOf[t]
	if !ok {
		return
	}
	r := Reason{Kind: Started, At: at, Ref: other.at, Other: noPoint}
	switch {
	case t.Kind == ParallelTest:
		return
	case descends(other.thread, t):
		r.Kind, r.Ref = EachRequest, noPoint
		if t.Kind != Handler {
			if r.Kind, r.At = EachRound, x.roundOf(t); r.At < 0 {
				return
			}
		}
	case other.thread != t.Parent:
		second := other.thread
		for second.Parent != t.Parent {
			if second = second.Parent; second == nil {
				return
			}
		}
		if r.Ref, ok = x.spawnOf[second]; !ok {
			return
		}
		r.Kind = Siblings
	case x.loops[at] >= 0 && x.loops[at] == x.loops[other.at] && x.points[at].Frame == x.points[other.at].Frame && positionsBefore(x.points[other.at].Instr, t.Spawn):
		r.Kind = NextRound
	case w.alone(other):
		r.Kind = Alone
	}
	w.add(rankFork, 0, r)
}

func positionsBefore(a, b ssa.Instruction) bool {
	return a.Pos().IsValid() && a.Pos() < b.Pos()
}

// descends reports whether t is of, or was started from a goroutine started of.
func descends(t, of *Thread) bool {
	for ; t != nil; t = t.Parent {
		if t == of {
			return true
		}
	}
	return false
}

// alone reports whether nothing that the goroutine of other does can wait for the
// one started at the fork, nor looks like it.
func (w *why) alone(other *strand) bool {
	return !slices.ContainsFunc(slices.Concat(other.before, other.behind), w.mayEnd) &&
		!slices.ContainsFunc(w.found, func(r rankedReason) bool { return r.Kind == Unused || r.Kind == EitherFirst })
}

// roundOf is the start of t, or the call on the way to it, that stands in a loop.
func (x *Exploration) roundOf(t *Thread) PointID {
	for site, f := t.Spawn, t.SpawnFrame; f != nil && site != nil; site, f = f.Site, f.Caller {
		at, ok := x.at[Point{f, site}]
		if ok && x.Repeats(at) && slices.ContainsFunc(loopsOf(f.Fn), func(l loop) bool { return l.blocks[site.Block()] }) {
			return at
		}
		if f == f.Thread.Entry {
			break
		}
	}
	return noPoint
}

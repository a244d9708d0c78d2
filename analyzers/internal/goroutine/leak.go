package goroutine

import (
	"cmp"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file looks for waits that last for ever because everybody who could end
// them has gone: has returned, or gone on to where nothing ends the wait any
// more, or has not been started and never will be.
//
// A goroutine has gone when it has taken a branch behind which no counterpart of the
// wait is left. Branches are many and most of them hang together with others
// that were taken before: whoever started the goroutine only if a flag is set
// waits for it only if the flag is set. So not every branch counts, but those that
// are decided by something that was not known before: which case of a select
// came first, an error that a call returned, that a channel was closed; see
// leave.go and decide.go. And the goroutine that waits must be able to come to its wait without
// those who have gone.

// A Leak is a wait that may last for ever.
type Leak struct {
	Wait *Wait
	// Gone are those who could have ended the wait; of a GroupWait one of them.
	Gone []Gone
	// Many says that the wait comes more than once for the same channel.
	Many bool
	// Range says that only a close ends it: it receives for a range statement.
	Range bool
	// Closed says that nobody receives what it sends, and a close would only make it
	// panic.
	Closed bool
	// Context says that it waits for a context to be cancelled.
	Context bool
	// Made is where the channel comes into being, if that is one place; of a send only if
	// it is the only one.
	Made *ssa.MakeChan
}

// A Departure says how a goroutine is past all that ends a wait.
type Departure uint8

const (
	Itself    Departure = iota // it is the one that waits
	Unstarted                  // it is started behind the wait only
	Never                      // nothing ends the wait behind the start of who waits
	Chose                      // another case of a select
	Learned                    // a call returned something, or something was received
	Failed                     // a call returned an error, or a channel was closed
	Satisfied                  // it has got, or given, as much as it wants
	Stuck                      // it waits itself for what comes behind the wait
)

// Gone is a goroutine that does not end a wait, though it could have.
type Gone struct {
	Thread *Thread
	How    Departure
	// Because is the select, call or receive that decided, the counterpart that was
	// enough, or the wait at which it stands.
	Because ssa.Instruction
	// Leaves is the first point behind the branch.
	Leaves PointID
	// Counterpart is what would have ended the wait.
	Counterpart PointID
}

// Leaks lists the waits that may last for ever since the goroutines that could end
// them have gone. Those with a lock that somebody needs are HoldAndWaits.
func (x *Exploration) Leaks() []Leak {
	if x.graph == nil || len(x.Threads) < 2 && x.api == nil {
		return nil
	}
	var found []*leak
	for _, w := range x.Waits() {
		if !w.Known || len(w.Cases) == 0 || !x.Certain(w.Frame) || x.cost > maxDeadlockCost {
			continue
		}
		l := &leak{x: x, w: w}
		if l.prepare() && l.find() {
			found = append(found, l)
		}
	}
	return told(found)
}

// A leak is the search for one wait.
type leak struct {
	x    *Exploration
	w    *Wait
	made map[PointID]bool // where what is waited with comes into being
	// many says that a send comes more than once for the same object.
	many   bool
	kind   bool    // there are several goroutines of the kind that waits
	again  bool    // it may have passed the wait before
	toward reached // points from which the wait can still be reached
	during reached // points that may be reached while it lasts
	could  reached // those, if no call of another package waits for it
	closed bool    // only a close ends it for good
	stand  []*Wait // see standing
	rivals []*Wait // others who want to send what is received less often
	gone   []Gone
}

func (l *leak) result() Leak {
	r := Leak{Wait: l.w, Gone: l.gone, Many: l.many, Range: l.closed}
	r.Closed = l.w.Kind == SendWait && len(l.w.Cases[0].Counterparts) == 0
	if len(l.w.Cases[0].targets) != 1 {
		return r
	}
	o := l.w.Cases[0].targets[0].Obj
	r.Context = o.Kind == Unknown
	if mc, ok := o.Value.(*ssa.MakeChan); ok && (l.w.Kind != SendWait || l.sends(o) == 1) {
		r.Made = mc
	}
	return r
}

// prepare reports whether the wait is one that the search understands.
func (l *leak) prepare() bool {
	x, w := l.x, l.w
	if w.Kind == CondWait || w.Kind == LockWait {
		return false
	}
	var made []PointID
	for _, c := range w.Cases {
		for _, t := range c.targets {
			at := x.Made(t.Obj)
			if len(at) == 0 || x.Mixed(t.Obj) {
				return false
			}
			made = append(made, at...)
		}
	}
	l.made = pointSet(made)
	l.closed = isRange(w.Instr)
	d := &deadlock{x: x, w: w, fresh: made}
	l.many = w.Kind == SendWait && d.isMany(w.Point)
	if len(made) == 0 || !l.mayBlock() {
		return false
	}
	l.kind = x.threadMany(w.Thread(), l.made)
	l.again = l.many || x.Repeats(w.Point)
	l.toward = x.leadsTo([]PointID{w.Point}, nil)
	l.could = l.simulate(nil)
	l.during = l.could
	if joins := l.joins(); len(joins) > 0 {
		l.during = l.simulate(joins)
	}
	return true
}

// simulate finds out what may be reached while the wait lasts, but for the points given. The
// goroutine that waits has been at points only from which it came there. Of several of its kind the
// others may go on, but who waits for all of them waits for this one too.
func (l *leak) simulate(but map[PointID]bool) reached {
	return l.x.simulate(
		func(p PointID) bool { return l.leaves(p, but) },
		func(q *Wait, r reached) bool { return l.ended(q, r, but) })
}

// leaves reports whether a goroutine may leave a point while the wait lasts.
func (l *leak) leaves(p PointID, but map[PointID]bool) bool {
	if but[p] {
		return false
	}
	return l.kind || l.x.thread(p) != l.w.Thread() || l.toward[p] && (l.again || p != l.w.Point)
}

// ended reports whether another wait may end while this one lasts, given what has been reached.
func (l *leak) ended(q *Wait, r reached, but map[PointID]bool) bool {
	return l.x.passes(q, func(p PointID) bool {
		return r[p] && l.leaves(p, but) && (q.Kind != GroupWait || l.x.thread(p) != l.w.Thread() || l.toward[p])
	})
}

// joins are the calls of other packages that may wait for the goroutine that waits: they have
// to do with what it calls others with later on, such as a limit on the number of goroutines.
func (l *leak) joins() map[PointID]bool {
	x, t := l.x, l.w.Thread()
	used := func(p PointID, visit func(*Object)) {
		call, ok := x.points[p].Instr.(ssa.CallInstruction)
		if !ok || !x.isOutside(x.points[p].Frame, call) || x.pkg.quiet(call.Common()) {
			return
		}
		if _, known := x.pkg.classify(call); known {
			return
		}
		for _, a := range append([]ssa.Value{call.Common().Value}, call.Common().Args...) {
			for _, o := range x.value(x.points[p].Frame, a, "").list {
				if o.Obj.Kind != Function {
					visit(o.Obj)
				}
			}
		}
	}
	later := make(map[*Object]bool)
	for id := range x.points {
		if p := PointID(id); x.thread(p) == t && !l.toward[p] {
			used(p, func(o *Object) { later[o] = true })
		}
	}
	x.cost += len(x.points)
	joins := make(map[PointID]bool)
	if len(later) == 0 {
		return joins
	}
	for id := range x.points {
		if p := PointID(id); x.thread(p) != t {
			used(p, func(o *Object) {
				if later[o] {
					joins[p] = true
				}
			})
		}
	}
	return joins
}

// leadsTo computes the points from which one of the given ones can be reached, by the same
// goroutine and without one of those to avoid.
func (x *Exploration) leadsTo(points []PointID, avoid map[PointID]bool) reached {
	r := make(reached, len(x.points))
	var work []PointID
	add := func(p PointID) {
		if p >= 0 && !r[p] && !avoid[p] {
			r[p] = true
			work = append(work, p)
		}
	}
	for _, p := range points {
		add(p)
	}
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		for _, q := range x.preds[p] {
			add(q)
		}
	}
	return r
}

// threadMany reports whether t stands for several goroutines with the same objects.
func (x *Exploration) threadMany(t *Thread, made map[PointID]bool) bool {
	return (&deadlock{x: x, fresh: slices.Collect(maps.Keys(made))}).manyThread(t)
}

// isRange reports whether an instruction receives for a range statement, which ends
// when the channel is closed.
func isRange(instr ssa.Instruction) bool {
	return instr.Block().Comment == "rangechan.loop"
}

// mayBlock reports whether sends come more often than the channel has room.
func (l *leak) mayBlock() bool {
	for _, c := range l.w.Cases {
		if !c.Send || !c.Buffered {
			continue
		}
		for _, t := range c.targets {
			if size, ok := l.x.capacity(t.Obj); !ok || l.x.collected(t.Obj, 0) || l.sends(t.Obj) <= size {
				return false
			}
		}
	}
	return true
}

// collected reports whether an object, or one that holds it, is an element of a slice, map or
// channel: which one is meant each time is not known.
func (x *Exploration) collected(o *Object, depth int) bool {
	if x.listed(o) {
		return true
	}
	in := false
	x.HeldBy(o, func(holder *Object, _ Path) {
		in = in || depth < 3 && holder != o && x.collected(holder, depth+1)
	})
	return in
}

// sends is how many sends on a channel there are up to the wait and with it; of the
// goroutine that waits those that it certainly comes by.
func (l *leak) sends(ch *Object) int {
	x, n := l.x, 0
	r := x.reachWithout(l.w.Point)
	for _, p := range x.waits.sends[ch] {
		before := r[p] && l.startsBefore(x.thread(p))
		if x.thread(p) == l.w.Thread() && p != l.w.Point {
			begin := x.entry[l.w.Thread().Entry]
			_, past := x.way(begin, l.w.Point, pointSet([]PointID{p}))
			_, before = x.way(p, l.w.Point, l.made)
			before = before && !past
		}
		if before {
			n = min(n+x.times(ch, p, nil), unbounded)
		}
	}
	return n
}

// startsBefore reports whether a goroutine may be started by the time of the wait: not on another
// branch of the goroutine that waits.
func (l *leak) startsBefore(t *Thread) bool {
	for ; t != nil; t = t.Parent {
		if at, ok := l.x.spawnOf[t]; ok && l.x.thread(at) == l.w.Thread() {
			_, ok := l.x.way(at, l.w.Point, nil)
			return ok
		}
	}
	return true
}

// ends lists what ends the wait for good, by goroutine.
func (l *leak) ends() map[*Thread][]PointID {
	var points []PointID
	for _, c := range l.w.Cases {
		for _, e := range c.Counterparts {
			if !l.closed || l.x.Closes(e) {
				points = append(points, e)
			}
		}
		if c.Send && len(c.Counterparts) == 0 { // a close ends it, by a panic
			for _, t := range c.targets {
				points = append(points, l.x.waits.closes[t.Obj]...)
			}
		}
	}
	return l.x.byThread(points)
}

func (l *leak) find() bool {
	by := l.ends()
	byIndex := func(a, b *Thread) int { return cmp.Compare(a.index, b.index) }
	for _, t := range slices.SortedFunc(maps.Keys(by), byIndex) {
		g, ok := l.without(t, by[t])
		if l.w.Kind == GroupWait {
			if ok {
				l.gone = []Gone{g}
				return true
			}
			continue
		}
		if !ok {
			return false
		}
		l.gone = append(l.gone, g)
	}
	return len(l.gone) > 0 || l.w.Kind != GroupWait && l.elsewhere()
}

// without finds out how a goroutine comes past all that ends the wait.
func (l *leak) without(t *Thread, ends []PointID) (Gone, bool) {
	x, w := l.x, l.w
	switch t.Kind {
	case Root, GoStmt, GroupGo:
	default:
		return Gone{}, false // when these run, and how often, is not known
	}
	if w.Kind == GroupWait {
		if at, ok := l.startsLater(t); ok {
			return Gone{Thread: t, How: Unstarted, Counterpart: ends[0], Leaves: at}, true
		}
	}
	if t == w.Thread() {
		return l.itself(t, ends)
	}
	start, ok := l.start(t)
	if !ok {
		return Gone{}, false
	}
	if start == noPoint {
		if w.Kind == GroupWait {
			return Gone{}, false
		}
		return Gone{Thread: t, How: Unstarted, Counterpart: ends[0], Leaves: noPoint}, true
	}
	for p := range x.lasting(w, ends) {
		if _, ok := x.way(p, start, l.made); ok {
			return Gone{}, false // it has been done before
		}
	}
	v := &departure{leak: l, thread: t, start: start, cuts: x.cutsAt(ends, w)}
	if g, ok := v.find(ends); ok {
		return g, true
	}
	if g, ok := l.stuck(t, ends); ok {
		return g, true
	}
	if g, ok := l.exhausted(t, ends); ok {
		return g, true
	}
	return l.outnumbered(t, ends)
}

// startsLater reports whether a WaitGroup was told of goroutines that are started behind
// the wait.
func (l *leak) startsLater(t *Thread) (PointID, bool) {
	x := l.x
	at, ok := x.spawnOf[t]
	if !ok || x.thread(at) != l.w.Thread() {
		return noPoint, false
	}
	avoid := maps.Clone(l.made)
	before := false
	for id := range x.ops {
		for _, o := range x.ops[id] {
			if o.kind == syncapi.WaitGroupAdd && o.release && intersect(o.keys, l.groups()) {
				call := x.points[id].Instr.(ssa.CallInstruction).Common()
				n, known := constInt(call.Args[len(call.Args)-1])
				avoid[PointID(id)] = true
				before = before || !known || n > 1
			}
		}
	}
	if !before {
		return noPoint, false
	}
	for _, s := range x.succs[l.w.Point] {
		if _, ok := x.way(s, at, avoid); ok {
			return at, true
		}
	}
	return noPoint, false
}

// groups are the keys of the WaitGroups that are waited for.
func (l *leak) groups() []hubKey {
	var keys []hubKey
	for _, t := range l.w.Cases[0].targets {
		keys = append(keys, hubKey{family: waitGroup, obj: t.Obj, path: contentPath(t.Path)})
	}
	return keys
}

// itself reports whether the one that waits is the only one of its kind, and has not
// done before what would end the wait.
func (l *leak) itself(t *Thread, ends []PointID) (Gone, bool) {
	if l.x.threadMany(t, l.made) || l.w.Kind == GroupWait || l.x.Truncated || len(l.x.recursive) > 0 {
		return Gone{}, false
	}
	// What has room, or has been closed, may be ended by what was before.
	room := false
	for _, c := range l.w.Cases {
		if c.Send && c.Buffered {
			room = true
			for _, o := range c.targets {
				if l.sends(o.Obj) == unbounded {
					return Gone{}, false // whether they are more than there is room for is not known
				}
			}
		}
	}
	last := l.x.lasting(l.w, ends)
	for _, p := range ends {
		if !room && !last[p] {
			continue
		}
		if _, ok := l.x.way(p, l.w.Point, l.made); ok {
			return Gone{}, false
		}
	}
	return Gone{Thread: t, How: Itself, Counterpart: ends[0], Leaves: noPoint}, true
}

// start is where a goroutine is when the one that waits begins: where it starts that, or,
// of another, its first point; noPoint if that is never reached while the wait lasts.
func (l *leak) start(t *Thread) (PointID, bool) {
	x := l.x
	for u := l.w.Thread(); u.Parent != nil; u = u.Parent {
		if u.Parent == t {
			at, ok := x.spawnOf[u]
			if !ok {
				return noPoint, false
			}
			after, ok := x.after[at]
			return after, ok
		}
	}
	if !l.could[x.entry[t.Entry]] {
		return noPoint, true
	}
	return x.entry[t.Entry], true
}

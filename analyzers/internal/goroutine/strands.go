package goroutine

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file looks at the synchronisation on the strands of why.go.

// between looks at what s passes on its way to its point.
func (w *why) between(s, other *strand) {
	x := w.x
	for i, p := range s.way {
		if x.sleeps(p) {
			w.add(rankBetween, i, Reason{Kind: Sleeps, At: p, Ref: noPoint, Other: noPoint})
			continue
		}
		switch {
		case s.thread != other.thread && x.cancels(p) && w.observes(other):
			w.add(rankBetween, i, Reason{Kind: Cancels, At: p, Ref: noPoint, Other: noPoint})
		case !s.spawned && w.stops(p):
			w.add(rankBetween, i, Reason{Kind: Stops, At: p, Ref: noPoint, Other: noPoint})
		}
		w.waits(s, other, p, i)
		for _, o := range x.ops[p] {
			switch {
			case o.on == nil:
			case o.family == lockFamily && o.acquire:
				w.section(s, other, p, i, o)
			case o.family == chanSent && o.release:
				w.signal(s, other, p, i, o)
			case o.family == atomicValue && !o.acquire:
				if r := first(other.behind, x.releases(o)); r >= 0 {
					w.add(rankBetween, i, Reason{Kind: Unused, At: p, Ref: r, Other: noPoint})
				}
			}
		}
	}
}

// first is the first point of a list of which ok holds.
func first(list []PointID, ok func(PointID) bool) PointID {
	if i := slices.IndexFunc(list, ok); i >= 0 {
		return list[i]
	}
	return noPoint
}

// releases tells of points whether they release what o works on.
func (x *Exploration) releases(o op) func(PointID) bool {
	return func(p PointID) bool {
		return slices.ContainsFunc(x.ops[p], func(r op) bool { return r.release && sameObject(r, o) })
	}
}

// acquiring tells of points whether they acquire what o works on.
func (x *Exploration) acquiring(o op) func(PointID) bool {
	return func(p PointID) bool {
		return slices.ContainsFunc(x.ops[p], func(a op) bool { return a.acquire && sameObject(a, o) })
	}
}

// sameObject reports whether two operations of one family may work on one object
// that the engine knows.
func sameObject(a, b op) bool {
	return slices.ContainsFunc(a.keys, func(k hubKey) bool { return k.obj != nil && slices.Contains(b.keys, k) })
}

// sleeps reports whether a point waits for a time.
func (x *Exploration) sleeps(p PointID) bool {
	switch v := x.points[p].Instr.(type) {
	case *ssa.Call:
		return x.isKind(v, syncapi.Sleep)
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			made, ok := x.pkg.Paths.Origin(v.X).(*ssa.Call)
			return ok && x.isKind(made, syncapi.TimerNew)
		}
	}
	return false
}

func (x *Exploration) isKind(call ssa.CallInstruction, kinds ...syncapi.Kind) bool {
	op, ok := x.pkg.classify(call)
	return ok && slices.Contains(kinds, op.Kind)
}

// cancels reports whether a point calls the function that cancels a context.
func (x *Exploration) cancels(p PointID) bool {
	call, ok := x.points[p].Instr.(ssa.CallInstruction)
	if !ok || call.Common().IsInvoke() {
		return false
	}
	e, ok := x.pkg.Paths.Origin(call.Common().Value).(*ssa.Extract)
	if !ok || e.Index != 1 {
		return false
	}
	made, ok := e.Tuple.(*ssa.Call)
	return ok && x.isKind(made, syncapi.ContextNew)
}

// stops reports whether a point stops the timer that starts the goroutine, and
// does not look at whether it has started.
func (w *why) stops(p PointID) bool {
	call, ok := w.x.points[p].Instr.(*ssa.Call)
	if !ok || w.thread.Kind != Timer || !w.x.isKind(call, syncapi.TimerStop) || used(call) {
		return false
	}
	op, _ := w.x.pkg.classify(call)
	made, ok := w.x.pkg.Paths.Origin(op.On).(ssa.Instruction)
	return ok && made == w.thread.Spawn
}

// observes reports whether the goroutine of s looks at a context.
func (w *why) observes(s *strand) bool {
	return slices.ContainsFunc(slices.Concat(s.before, s.behind), func(p PointID) bool {
		call, ok := w.x.points[p].Instr.(*ssa.Call)
		return ok && w.x.isKind(call, syncapi.ContextDone, syncapi.ContextErr)
	})
}

// waits looks at a wait at p, before the point of s.
func (w *why) waits(s, other *strand, p PointID, distance int) {
	x := w.x
	ours := false // whether something of the other side ends the wait
	var wait *op
	for i := range x.ops[p] {
		o := &x.ops[p][i]
		kind := EarlySend
		switch {
		case !o.acquire || o.on == nil:
			continue
		case o.family == waitGroup || o.family == groupFamily:
			kind, wait = EarlyDone, o
		case o.family == chanSent:
			wait = o
		case o.family == atomicValue:
			kind = EarlyStore
		default:
			continue
		}
		ends := x.releases(*o)
		if r := first(other.behind, ends); r >= 0 {
			ours = true
			if add := x.addedLate(r, other, *o); add >= 0 {
				w.add(rankBetween, distance, Reason{Kind: LateAdd, At: add, Ref: other.at, Other: p})
			}
		} else if r := first(other.before, ends); r >= 0 {
			if ours = true; kind == EarlySend && s.spawned {
				continue // see signal
			}
			w.add(rankBetween, distance, Reason{Kind: kind, At: r, Ref: other.at, Other: p})
		}
	}
	if wait != nil && !ours && descends(other.thread, w.thread) && !descends(s.thread, w.thread) {
		w.waitsForOthers(other, p, distance, *wait)
	}
}

// waitsForOthers looks at a wait that nothing of the goroutine that passes the
// point of other ends.
func (w *why) waitsForOthers(other *strand, p PointID, distance int, wait op) {
	x := w.x
	if at, ok := x.spawnOf[other.thread]; ok && other.thread != w.thread && len(x.ops[p]) <= 2 {
		if x.endedWithin(other.thread.Parent, wait) {
			w.add(rankBetween, distance, Reason{Kind: Outlives, At: at, Ref: p, Other: noPoint})
			return
		}
	}
	if at, ok := x.spawnOf[w.thread]; ok && !w.mayEnd(p) {
		w.add(rankOther, distance, Reason{Kind: OtherWait, At: p, Ref: at, Other: noPoint})
	}
}

// mayEnd reports whether a wait at p may be for something that the goroutine
// started at the fork does, or one that it starts; locks aside.
func (w *why) mayEnd(p PointID) bool {
	ends := w.released()
	for _, o := range w.x.ops[p] {
		if !o.acquire || o.family == lockFamily || o.family == onceLock {
			continue
		}
		if o.on == nil && len(ends) > 0 {
			return true
		}
		for _, k := range o.keys {
			if ends[k] || k.obj == nil && ends[hubKey{}] {
				return true
			}
		}
	}
	return false
}

// endedWithin reports whether the goroutine t itself ends a wait.
func (x *Exploration) endedWithin(t *Thread, wait op) bool {
	behind := spread(x.entry[t.Entry], func(p PointID) []PointID { return x.succs[p] })
	return slices.ContainsFunc(behind, x.releases(wait))
}

// released are the objects by which the goroutine started at the fork, or one that
// it starts, may tell others something; the zero key stands for what is not known.
func (w *why) released() map[hubKey]bool {
	if w.releases == nil {
		w.releases = make(map[hubKey]bool)
		for id, ops := range w.x.ops {
			if len(ops) == 0 || !descends(w.x.thread(PointID(id)), w.thread) {
				continue
			}
			for _, o := range ops {
				if o.release && o.on == nil {
					w.releases[hubKey{}] = true
				} else if o.release {
					for _, k := range o.keys {
						w.releases[k] = true
					}
				}
			}
		}
	}
	return w.releases
}

// addedLate is where the goroutine of s itself adds the count that it gives back
// at done, which a wait does not see for that.
func (x *Exploration) addedLate(done PointID, s *strand, wait op) PointID {
	for _, o := range x.ops[done] {
		if o.family == waitGroup && o.release && sameObject(o, wait) && x.addsLate(done, o) {
			return first(slices.Concat(s.before, s.behind), func(p PointID) bool {
				return slices.ContainsFunc(x.ops[p], func(a op) bool {
					return a.kind == syncapi.WaitGroupAdd && !a.release && sameTarget(a.on, o.on)
				})
			})
		}
	}
	return noPoint
}

// section looks at a critical section that s begins on its way, if other goes
// through one under the same lock behind its point.
func (w *why) section(s, other *strand, p PointID, distance int, o op) {
	x := w.x
	held := func(at PointID) bool {
		return slices.ContainsFunc(x.Held(at), func(h HeldLock) bool { return slices.Contains(o.keys, h.key) })
	}
	if held(s.at) || held(other.at) {
		return
	}
	name := x.lockName(x.points[p])
	if q := first(other.behind, x.acquiring(o)); q >= 0 && q != p && name != "" {
		w.add(rankBetween, distance, Reason{Kind: EitherFirst, At: p, Ref: q, Other: noPoint, Lock: name})
	}
}

// signal looks at a send or close that s passes on its way and other receives.
func (w *why) signal(s, other *strand, p PointID, distance int, o op) {
	if s.thread == other.thread {
		return
	}
	x := w.x
	receives := x.acquiring(o)
	later, earlier := first(other.behind, receives), first(other.before, receives)
	switch {
	case o.kind == closing && max(later, earlier) >= 0:
		if earlier < 0 {
			earlier = later
		}
		w.add(rankBetween, distance, Reason{Kind: Closes, At: p, Ref: earlier, Other: noPoint})
	case o.kind == closing:
	case later >= 0 && earlier < 0 && !slices.ContainsFunc(o.keys, func(k hubKey) bool { return x.canFill(k.obj) }):
		w.add(rankBetween, distance, Reason{Kind: HasRoom, At: p, Ref: later, Other: noPoint})
	case earlier >= 0 && later < 0 && other.spawned:
		w.add(rankBetween, distance, Reason{Kind: Delivers, At: p, Ref: other.at, Other: earlier})
	}
}

// late looks for a wait for other that s comes to only behind its point.
func (w *why) late(s, other *strand) {
	if s.thread == other.thread {
		return
	}
	x := w.x
	for i, p := range s.behind {
		if !other.learners[p] {
			continue
		}
		for _, o := range x.ops[p] {
			waits := o.family == chanSent || o.family == waitGroup || o.family == groupFamily
			if waits && o.acquire && o.on != nil && slices.ContainsFunc(other.behind, x.releases(o)) {
				w.add(rankLate, i, Reason{Kind: TooLate, At: p, Ref: other.at, Other: s.at})
				return
			}
		}
	}
}

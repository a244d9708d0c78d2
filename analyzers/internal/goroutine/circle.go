package goroutine

import "slices"

// This file finds circles: who could end a wait waits itself for what comes behind it.
//
// What may be reached while the wait lasts is simulated generously: whatever is not known ends a
// wait, branches go both ways, locks hold nobody up. If not even so a counterpart is reached, then
// none is, whatever the schedule.

// stuck reports whether a goroutine comes to none of its counterparts while the wait lasts, and
// where it stands instead.
func (l *leak) stuck(t *Thread, ends []PointID) (Gone, bool) {
	x := l.x
	if l.w.Kind == GroupWait || x.Truncated || len(x.recursive) > 0 || !l.overflows() {
		return Gone{}, false
	}
	if slices.ContainsFunc(ends, func(e PointID) bool { return l.could[e] }) {
		return Gone{}, false
	}
	for _, q := range l.standing() {
		if q.Thread() != t {
			continue
		}
		for _, e := range ends {
			if _, ok := x.way(q.Point, e, l.made); ok {
				return Gone{Thread: t, How: Stuck, Because: q.Instr, Leaves: noPoint, Counterpart: e}, true
			}
		}
	}
	return Gone{}, false
}

// exhausted reports whether a goroutine comes to its counterparts no more than once while the wait
// comes again and again, and where it stands then: all of those that could end it, each once, are
// not enough.
func (l *leak) exhausted(t *Thread, ends []PointID) (Gone, bool) {
	x := l.x
	if l.w.Kind != SendWait || !l.many || l.kind || x.Truncated || len(x.recursive) > 0 || !l.outlasts() {
		return Gone{}, false
	}
	standing := make(map[PointID]bool)
	for _, q := range l.standing() {
		standing[q.Point] = true
	}
	c := x.cutsAt(ends, l.w)
	next := x.leadsTo(c.list(), standing)
	behind := x.behind(c)
	if slices.ContainsFunc(behind, func(p PointID) bool { return next[p] }) {
		return Gone{}, false
	}
	for _, q := range l.standing() {
		for _, p := range behind {
			if _, ok := x.way(p, q.Point, nil); ok && q.Thread() == t {
				return Gone{Thread: t, How: Stuck, Because: q.Instr, Leaves: noPoint, Counterpart: ends[0]}, true
			}
		}
	}
	return Gone{}, false
}

// outlasts reports whether the goroutine that waits sends more often than there are goroutines
// to receive. A loop whose rounds are not known has more than a known number of goroutines.
func (l *leak) outlasts() bool {
	takers := 0
	for t := range l.ends() {
		at, ok := l.x.spawnOf[t]
		if !ok || !plain(t) {
			return false
		}
		most := 0
		for _, o := range l.w.Cases[0].targets {
			most = max(most, l.x.times(o.Obj, at, nil))
		}
		takers = min(takers+most, unbounded)
	}
	for _, o := range l.w.Cases[0].targets {
		room, ok := l.x.capacity(o.Obj)
		n := l.x.times(o.Obj, l.w.Point, nil)
		if !ok || n <= takers+room || n == unbounded && room > 1 {
			return false
		}
	}
	return takers > 0
}

// standing lists the waits of others that may be come to, and do not end, while this one lasts.
func (l *leak) standing() []*Wait {
	if l.stand == nil {
		l.stand = slices.DeleteFunc(slices.Clone(l.x.waits.list), func(q *Wait) bool {
			return q == l.w || !l.could[q.Point] || l.ended(q, l.could, nil)
		})
	}
	return l.stand
}

// overflows reports whether the sends on a channel with room are certainly more than that: a loop
// may have few rounds, and the room be meant for all of them.
func (l *leak) overflows() bool {
	for _, c := range l.w.Cases {
		if !c.Send || !c.Buffered {
			continue
		}
		for _, t := range c.targets {
			if size, _ := l.x.capacity(t.Obj); size > 1 && l.sends(t.Obj) == unbounded {
				return false
			}
		}
	}
	return true
}

// plain reports whether go statements tell how often a goroutine is started.
func plain(t *Thread) bool {
	for ; t.Parent != nil; t = t.Parent {
		if t.many || t.Kind != GoStmt && t.Kind != GroupGo {
			return false
		}
	}
	return t.Kind == Root
}

// told returns what is to be told of the leaks: of a circle one wait, and of what only stands still
// because of another leak nothing.
func told(found []*leak) []Leak {
	standing := make(map[*Wait]bool)
	mark := func(l *leak) {
		for _, q := range l.standing() {
			standing[q] = true
		}
		for _, q := range l.rivals {
			standing[q] = true
		}
	}
	for _, l := range found {
		if !l.inCircle() && len(l.rivals) == 0 {
			mark(l)
		}
	}
	var told []Leak
	for _, l := range found {
		if l.inCircle() || len(l.rivals) > 0 {
			if standing[l.w] {
				continue
			}
			mark(l)
		}
		told = append(told, l.result())
	}
	return told
}

// inCircle reports whether somebody would end the wait who is stuck, and nobody has left it behind.
func (l *leak) inCircle() bool {
	return slices.ContainsFunc(l.gone, func(g Gone) bool { return g.How == Stuck })
}

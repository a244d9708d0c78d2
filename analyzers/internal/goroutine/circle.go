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

// told returns what is to be told of the leaks: of a circle one wait, and of what only stands still
// because of another leak nothing.
func told(found []*leak) []Leak {
	standing := make(map[*Wait]bool)
	mark := func(l *leak) {
		for _, q := range l.standing() {
			standing[q] = true
		}
	}
	for _, l := range found {
		if !l.inCircle() {
			mark(l)
		}
	}
	var told []Leak
	for _, l := range found {
		if l.inCircle() {
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

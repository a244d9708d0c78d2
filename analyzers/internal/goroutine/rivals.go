package goroutine

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// This file counts the senders of a channel that have a go statement each: if all of them
// certainly send, and those who receive do it less often, one of them waits for ever, though
// nobody can say which.

// outnumbered reports whether there are more goroutines like the one that waits than a goroutine
// receives from.
func (l *leak) outnumbered(t *Thread, ends []PointID) (Gone, bool) {
	x, w := l.x, l.w
	if w.Kind != SendWait || l.many || len(w.Cases[0].targets) != 1 || x.Truncated || len(x.recursive) > 0 || l.afterAll(ends) {
		return Gone{}, false
	}
	ch := w.Cases[0].targets[0].Obj
	taken, ok := x.capacity(ch)
	if !ok || x.collected(ch, 0) || !l.sender(w.Point) || len(x.waits.closes[ch]) > 0 {
		return Gone{}, false
	}
	for _, e := range w.Cases[0].Counterparts {
		if !plain(x.thread(e)) {
			return Gone{}, false
		}
		taken = min(taken+x.times(ch, e, nil), unbounded)
	}
	var rivals []*Wait
	for _, p := range x.waits.sends[ch] {
		if q := x.waits.at[p]; q != nil && q != w && l.sender(p) && x.startedWith(q.Thread(), w.Thread()) &&
			!slices.ContainsFunc(rivals, func(r *Wait) bool { return r.Thread() == q.Thread() }) {
			rivals = append(rivals, q)
		}
	}
	if len(rivals)+1 <= taken {
		return Gone{}, false
	}
	l.rivals = rivals
	return Gone{Thread: t, How: Satisfied, Because: x.points[ends[0]].Instr, Leaves: noPoint, Counterpart: ends[0]}, true
}

// sender reports whether a point is a send that a goroutine always comes to, one that a go
// statement starts once.
func (l *leak) sender(p PointID) bool {
	x := l.x
	t := x.thread(p)
	if _, ok := x.points[p].Instr.(*ssa.Send); !ok || t.Parent == nil || !plain(t) || x.threadMany(t, l.made) {
		return false
	}
	_, without := x.way(x.entry[t.Entry], x.exit[t.Entry], pointSet([]PointID{p}))
	return !without
}

// startedWith reports whether a goroutine is always started if another one is, by the same one.
func (x *Exploration) startedWith(t, other *Thread) bool {
	at, ok := x.spawnOf[t]
	from, ok2 := x.spawnOf[other]
	if !ok || !ok2 || t == other || t.Parent != other.Parent {
		return false
	}
	avoid := pointSet([]PointID{at})
	if _, without := x.way(x.entry[t.Parent.Entry], from, avoid); !without {
		return true
	}
	_, without := x.way(from, x.exit[t.Parent.Entry], avoid)
	_, ends := x.way(from, x.exit[t.Parent.Entry], nil)
	return ends && !without
}

// afterAll reports whether the program, or a test, may end with the last of the receives.
func (l *leak) afterAll(ends []PointID) bool {
	v := &departure{leak: l}
	return slices.ContainsFunc(ends, func(e PointID) bool {
		v.thread = l.x.thread(e)
		root := v.thread.Kind == Root && v.thread.Entry.Caller == nil && v.endsProgram(l.x.entry[v.thread.Entry])
		return root || !slices.ContainsFunc(l.x.succs[e], v.lasts)
	})
}

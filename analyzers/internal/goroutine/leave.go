package goroutine

import "slices"

// This file finds the branches by which a goroutine leaves all counterparts of a wait
// behind. From where it has what is waited with, it goes on without a counterpart
// until it is where none can be reached any more; the last branch before is the one
// that decides, see decide.go.

// A departure is the search for the way of one goroutine past all counterparts of a
// wait.
type departure struct {
	*leak
	thread *Thread
	start  PointID
	cuts   cuts

	before reached // points from which a counterpart can be reached
	ahead  reached // points that are reached from the start without one
}

func (v *departure) find(ends []PointID) (Gone, bool) {
	x := v.x
	v.before = x.leadsTo(v.cuts.list(), v.made)
	gone := Gone{Thread: v.thread, Counterpart: ends[0], Leaves: noPoint}
	work := v.starts()
	if !slices.ContainsFunc(work, func(p PointID) bool { return v.before[p] }) {
		gone.How = Never
		return gone, v.thread.Kind == Root && !v.endsProgram(v.start)
	}
	v.ahead = make(reached, len(x.points))
	for _, p := range work {
		v.ahead[p] = true
	}
	var leaving []edge
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		if v.cuts.points[p] && !v.passes() || v.made[p] {
			continue
		}
		for _, s := range x.succs[p] {
			e := edge{p, s}
			if v.cuts.edges[e] && !v.passes() {
				continue
			}
			if v.before[p] && !v.before[s] {
				leaving = append(leaving, e)
				continue
			}
			if !v.ahead[s] {
				v.ahead[s] = true
				work = append(work, s)
			}
		}
	}
	for _, e := range leaving {
		how, because, ok := v.decides(e)
		if ok && v.possible(e) && !v.endsProgram(e.to) && v.lasts(e.to) {
			gone.How, gone.Because, gone.Leaves = how, because, e.to
			return gone, true
		}
	}
	return gone, false
}

// passes reports whether the goroutine may pass a counterpart on its way, since one is not
// enough.
func (v *departure) passes() bool { return v.many && !v.closed }

// endsProgram reports whether the program ends, or a test does, soon after p: it is in the
// function that the goroutine began with.
func (v *departure) endsProgram(p PointID) bool {
	f := v.x.points[p].Frame
	return f != nil && f.Caller == nil && f.Thread.Kind == Root &&
		(f.Fn.Name() == "main" && f.Fn.Pkg != nil && f.Fn.Pkg.Pkg.Name() == "main" || f.Fn.Name() == "init")
}

// lasts reports whether the goroutine goes on behind p other than by a panic, or by the end
// of the program.
func (v *departure) lasts(p PointID) bool {
	x := v.x
	seen := map[PointID]bool{p: true}
	work := []PointID{p}
	exit := x.exit[v.thread.Entry]
	loops := false
	for len(work) > 0 {
		q := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		if q == exit {
			return true
		}
		loops = loops || x.Repeats(q)
		for _, s := range x.succs[q] {
			if !seen[s] && !x.unwinding[s] {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return loops
}

// possible reports whether the branch can be reached while the wait lasts, and the wait
// without what comes behind the branch.
func (v *departure) possible(e edge) bool {
	x := v.x
	if !v.during[e.from] {
		return false
	}
	avoid := make(map[PointID]bool)
	for _, q := range x.waits.list {
		if q.Thread() == v.w.Thread() && q != v.w && !v.supplied(q, e.from) {
			avoid[q.Point] = true
		}
	}
	begin := x.entry[v.w.Thread().Entry]
	if _, ok := x.way(begin, v.w.Point, avoid); !ok {
		return false
	}
	if !v.many || v.closed {
		return true
	}
	for _, s := range x.succs[v.w.Point] {
		if _, ok := x.way(s, v.w.Point, avoid); ok {
			return true
		}
	}
	return x.threadMany(v.w.Thread(), v.made)
}

// supplied reports whether a wait on the way may end though the goroutine goes no further
// than p.
func (v *departure) supplied(q *Wait, p PointID) bool {
	x := v.x
	if !q.Known || len(q.Cases) == 0 {
		return true
	}
	for _, c := range q.Cases {
		if c.Send && c.Buffered {
			return true
		}
		for _, cp := range c.Counterparts {
			if x.thread(cp) != v.thread {
				return true
			}
			if _, ok := x.way(cp, p, nil); ok {
				return true
			}
		}
	}
	return false
}

package goroutine

import (
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file finds out where a goroutine has what another one waits with. A channel that is
// passed by a rendezvous, such as one for the answer to a request, is with both of them at
// once.

// starts lists the points from which the goroutine has what is waited with: the start, or
// where it is made later on.
func (v *departure) starts() []PointID {
	if got := v.handedOver(); len(got) > 0 {
		return got
	}
	var later []PointID
	for m := range v.made {
		if v.x.thread(m) != v.thread {
			continue
		}
		if _, ok := v.x.way(v.start, m, nil); ok && !v.before[v.start] {
			later = append(later, v.x.succs[m]...)
		}
	}
	if len(later) > 0 {
		slices.Sort(later)
		return later
	}
	return []PointID{v.start}
}

// handedOver lists the points behind which the goroutine has what is waited with, if it comes to
// have it by a channel without room from the one that waits, or gives it to that one: then it is
// behind them when that one waits.
func (v *departure) handedOver() []PointID {
	given, got := v.handing(v.w.Thread(), true), v.handing(v.thread, false)
	if len(given.list()) > 0 && len(got.list()) > 0 && v.always(given) {
		return v.x.behind(got)
	}
	given, got = v.handing(v.thread, true), v.handing(v.w.Thread(), false)
	if len(given.list()) > 0 && len(got.list()) > 0 && v.always(got) {
		return v.x.behind(given)
	}
	return nil
}

// handing are the sends, or receives, by which a goroutine passes what is waited with.
func (v *departure) handing(t *Thread, send bool) cuts {
	x := v.x
	c := cuts{make(map[PointID]bool), make(map[edge]bool)}
	for _, q := range x.waits.list {
		if q.Thread() != t {
			continue
		}
		switch instr := q.Instr.(type) {
		case *ssa.Send:
			if send && !q.Cases[0].Buffered && v.carries(q.Frame, instr.X) {
				c.points[q.Point] = true
			}
		case *ssa.UnOp:
			if !send && v.carries(q.Frame, instr) {
				c.points[q.Point] = true
			}
		case *ssa.Select:
			for i, st := range instr.States {
				if (st.Dir == types.SendOnly) != send {
					continue
				}
				if send && !v.carries(q.Frame, st.Send) || !send && !v.carriesCase(q.Frame, instr, i) {
					continue
				}
				for _, b := range control.Chosen(instr, i) {
					c.edges[x.branchEdge(q.Frame, b, 0)] = true
				}
			}
		}
	}
	return c
}

// always reports whether who waits has always passed one of the cuts.
func (v *departure) always(c cuts) bool {
	points := maps.Clone(c.points)
	for e := range c.edges {
		points[e.from] = true
	}
	_, without := v.x.way(v.x.entry[v.w.Thread().Entry], v.w.Point, points)
	return !without
}

// behind lists the points that follow cuts.
func (x *Exploration) behind(c cuts) []PointID {
	var list []PointID
	for p := range c.points {
		list = append(list, x.succs[p]...)
	}
	for e := range c.edges {
		list = append(list, e.to)
	}
	slices.Sort(list)
	return list
}

// carries reports whether a value may lead to what is waited with.
func (v *departure) carries(f *Frame, val ssa.Value) bool {
	for _, leaf := range v.x.heap.leaves(val.Type()) {
		for _, t := range v.x.value(f, val, leaf).list {
			if slices.ContainsFunc(v.w.Cases, func(c WaitCase) bool {
				return slices.ContainsFunc(c.targets, func(o Target) bool { return o.Obj == t.Obj })
			}) {
				return true
			}
		}
	}
	return false
}

// carriesCase is carries for what the i-th case of a select receives.
func (v *departure) carriesCase(f *Frame, sel *ssa.Select, i int) bool {
	n := 2
	for _, st := range sel.States[:i] {
		if st.Dir == types.RecvOnly {
			n++
		}
	}
	for _, ref := range *sel.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == n && v.carries(f, x) {
			return true
		}
	}
	return false
}

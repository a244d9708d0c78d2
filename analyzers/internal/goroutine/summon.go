package goroutine

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file is about goroutines that are summoned: a goroutine asks another by a
// message to do something, and waits for the answer. The one that gives the answer
// was asked, so the one that asked is behind its question, wherever others of its
// kind are.

// summoned reports whether some goroutine that t stands for is on its way to one of the
// given points, which end w, and comes to none of stuck before: who waits at w has
// received, since it waited there last, what only such a goroutine sends.
func (x *Exploration) summoned(w *Wait, t *Thread, ends []PointID, stuck map[PointID]bool) bool {
	if w.Frame == nil || w.Thread() == t {
		return false
	}
	goes := func(p PointID) bool {
		return x.thread(p) == t && !x.Closes(p) && x.comesTo(p, t, ends, stuck)
	}
	for _, q := range x.waits.list {
		if q.Thread() != w.Thread() || q == w {
			continue
		}
		for _, r := range x.receipts(q) {
			if len(r.senders) > 0 && !slices.ContainsFunc(r.senders, func(p PointID) bool { return !goes(p) }) && x.passedBefore(r.point, w) {
				return true
			}
		}
	}
	return false
}

// comesTo reports whether the goroutine t, when it has passed p, comes to one of the
// given points in any case, and to none of stuck before.
func (x *Exploration) comesTo(p PointID, t *Thread, ends []PointID, stuck map[PointID]bool) bool {
	at := pointSet(ends)
	if _, ok := x.way(p, x.exit[t.Entry], at); ok {
		return false
	}
	for s := range stuck {
		if _, ok := x.way(p, s, at); ok {
			return false
		}
	}
	return true
}

// passedBefore reports whether whoever comes to w has passed p, and does so again
// before it comes there again.
func (x *Exploration) passedBefore(p PointID, w *Wait) bool {
	without := pointSet([]PointID{p})
	if _, ok := x.way(x.entry[w.Thread().Entry], w.Point, without); ok {
		return false
	}
	for _, next := range x.succs[w.Point] {
		if _, ok := x.way(next, w.Point, without); ok {
			return false
		}
	}
	return true
}

// A receipt is where a goroutine goes on when it has received from a channel, and
// the points that can have sent what it received.
type receipt struct {
	point   PointID
	senders []PointID
}

// receipts lists the receipts of a wait of which all senders are known.
func (x *Exploration) receipts(q *Wait) []receipt {
	var list []receipt
	add := func(point PointID, ch ssa.Value) {
		one := &Wait{Frame: q.Frame, Known: true}
		if x.chanCase(one, ch, false); one.Known && len(one.Cases) > 0 {
			list = append(list, receipt{point, one.Cases[0].Counterparts})
		}
	}
	switch v := q.Instr.(type) {
	case *ssa.UnOp:
		add(q.Point, v.X)
	case *ssa.Select:
		for i, st := range v.States {
			if b := caseOf(v, i); st.Dir == types.RecvOnly && b != nil {
				add(x.starts[q.Frame][b.Index], st.Chan)
			}
		}
	}
	return list
}

// caseOf returns the block that only the i-th case of a select statement leads to,
// nil if there is none.
func caseOf(v *ssa.Select, i int) *ssa.BasicBlock {
	for _, b := range control.Chosen(v, i) {
		if s := b.Succs[0]; len(s.Preds) == 1 {
			return s
		}
	}
	return nil
}

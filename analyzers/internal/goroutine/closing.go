package goroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file looks for channels that are used after they were closed, in the same goroutine
// or by several of a kind. Only what certainly follows counts: that control always goes from the
// close to the other operation, or only comes to that by way of the close. Closes and sends
// that are not ordered at all are races, and another question.

// A ClosedUse is a send on a closed channel, or a second close.
type ClosedUse struct {
	Use  ssa.Instruction
	Pos  token.Pos // of Use, or of the case of a select that it is
	On   ssa.Value // the channel of Use
	Send bool
	// Closed is what has closed the channel: the close, or the call in a function around both
	// operations that leads to it. It is nil if each of the goroutines of Thread closes it, and
	// Use itself if that comes again in the next round of a loop.
	Closed ssa.Instruction
	Thread *Thread // of Use
	// Unordered says that a close by another goroutine comes first, or second.
	Unordered bool
}

// ClosedUses lists the operations on channels that are closed by then.
func (x *Exploration) ClosedUses() []ClosedUse {
	if x.graph == nil || x.Waits() == nil {
		return nil
	}
	var found []ClosedUse
	for _, o := range x.heap.objects {
		closes := x.waits.closes[o]
		if _, ok := o.Value.(*ssa.MakeChan); !ok || o.Kind != Allocated || len(closes) == 0 || x.Mixed(o) || x.collected(o, 0) {
			continue
		}
		made := pointSet(x.Made(o))
		for _, p := range closes {
			if x.cost > maxDeadlockCost || !x.sureOf(p) {
				continue
			}
			if x.eachCloses(p, made) {
				found = append(found, x.closedUse(o, noPoint, p, false))
			}
			if x.closesAgain(o, p, made) {
				found = append(found, x.closedUse(o, p, p, false))
			}
			for _, q := range closes {
				switch {
				case q == p || !x.sureOf(q):
				case x.follows(p, q, made):
					found = append(found, x.closedUse(o, p, q, false))
				case x.bothClose(p, q, made):
					u := x.closedUse(o, p, q, false)
					u.Unordered = true
					found = append(found, u)
				}
			}
			for _, q := range x.waits.sends[o] {
				if x.sureOf(q) && x.follows(p, q, made) {
					found = append(found, x.closedUse(o, p, q, true))
				}
			}
		}
	}
	return found
}

// sureOf reports whether an operation is on one channel only, its activation entered without a
// choice, and its panic not recovered from.
func (x *Exploration) sureOf(p PointID) bool {
	for _, o := range x.ops[p] {
		if o.family == chanSent && (o.on == nil || o.on.many || len(o.on.list) != 1) {
			return false
		}
	}
	f := x.points[p].Frame
	for g := f; g != nil; g = g.Caller {
		if x.mayRecover(g) {
			return false
		}
		if g == g.Thread.Entry {
			break
		}
	}
	return x.Certain(f)
}

// follows reports whether control always goes from p to q, or comes to q only by way of p, in one
// goroutine and with the same channel.
func (x *Exploration) follows(p, q PointID, made map[PointID]bool) bool {
	t := x.thread(p)
	if t == nil || t != x.thread(q) {
		return false
	}
	if _, ok := x.way(p, q, made); !ok {
		return false
	}
	exit := x.exit[t.Entry]
	_, ends := x.way(p, exit, nil)
	if _, without := x.way(p, exit, pointSet([]PointID{q})); ends && !without {
		return true
	}
	_, without := x.way(x.entry[t.Entry], q, pointSet([]PointID{p}))
	return !without
}

// eachCloses reports whether each of several goroutines closes the same channel at p.
func (x *Exploration) eachCloses(p PointID, made map[PointID]bool) bool {
	t := x.thread(p)
	if t == nil || t.Kind != GoStmt && t.Kind != GroupGo || !x.threadMany(t, made) {
		return false
	}
	_, without := x.way(x.entry[t.Entry], x.exit[t.Entry], pointSet([]PointID{p}))
	return !without && eachRound(t.Spawn) && x.pkg.trips(t.Spawn, nil) > 1
}

// closesAgain reports whether control always comes to the same close again: in a loop that has no
// end, or a constant number of rounds and no other end.
func (x *Exploration) closesAgain(ch *Object, p PointID, made map[PointID]bool) bool {
	instr := x.points[p].Instr
	header := innermost(instr)
	if _, deferred := instr.(*ssa.Defer); deferred || !eachRound(instr) {
		return false
	}
	for _, s := range x.succs[p] {
		if _, again := x.way(s, p, made); !again {
			return false
		}
	}
	ends := 0
	for _, b := range instr.Parent().Blocks {
		if !control.Behind(header, b, nil) || !control.Behind(b, header, nil) {
			continue
		}
		for _, s := range b.Succs {
			if s != header && !control.From(s, header, nil) {
				ends++
			}
		}
	}
	n := x.times(ch, p, nil)
	return ends == 0 || ends == 1 && n > 1 && n < unbounded
}

// bothClose reports whether two goroutines always close the same channel, q the one that is
// started first, or that starts the other, and nothing but the first close holds them up.
func (x *Exploration) bothClose(p, q PointID, made map[PointID]bool) bool {
	t, u := x.thread(p), x.thread(q)
	if t == u || !plain(t) || !plain(u) || t.Parent == nil || x.threadMany(t, made) || x.threadMany(u, made) {
		return false
	}
	if !x.closesAlways(p, q, x.entry[t.Entry]) {
		return false
	}
	if t.Parent == u {
		return x.closesAlways(q, p, x.after[x.spawnOf[t]])
	}
	return p > q && x.startedWith(u, t) && x.closesAlways(q, p, x.entry[u.Entry])
}

// closesAlways reports whether control always comes from a point to the close at p, and waits for
// nothing on its way but, perhaps, for the close at first.
func (x *Exploration) closesAlways(p, first, from PointID) bool {
	exit := x.exit[x.thread(p).Entry]
	if _, without := x.way(from, exit, pointSet([]PointID{p})); without {
		return false
	}
	_, comes := x.way(from, p, nil)
	return comes && !slices.ContainsFunc(x.waits.list, func(w *Wait) bool {
		if w.Thread() != x.thread(p) {
			return false
		}
		_, before := x.way(from, w.Point, nil)
		_, on := x.way(w.Point, p, nil)
		return before && on && !(len(w.Cases) == 1 && slices.Contains(w.Cases[0].Counterparts, first))
	})
}

func (x *Exploration) closedUse(ch *Object, p, q PointID, send bool) ClosedUse {
	u := ClosedUse{Use: x.points[q].Instr, Pos: x.points[q].Instr.Pos(), Send: send, Thread: x.thread(q)}
	switch v := u.Use.(type) {
	case *ssa.Send:
		u.On = v.Chan
	case *ssa.Select:
		for _, st := range v.States {
			for _, t := range x.value(x.points[q].Frame, st.Chan, "").list {
				if st.Dir == types.SendOnly && t.Obj == ch {
					u.On, u.Pos = st.Chan, st.Pos
				}
			}
		}
	case ssa.CallInstruction:
		u.On = v.Common().Args[0]
	}
	if p == noPoint {
		return u
	}
	around := make(map[*Frame]bool)
	for f := x.points[q].Frame; f != nil; f = f.Caller {
		around[f] = true
	}
	f := x.points[p].Frame
	for u.Closed = x.points[p].Instr; f.Caller != nil && !around[f]; f = f.Caller {
		u.Closed = f.Site
	}
	return u
}

// eachRound reports whether an instruction is executed in each round of the innermost loop around
// it.
func eachRound(instr ssa.Instruction) bool {
	b, header := instr.Block(), innermost(instr)
	return header != nil && !slices.ContainsFunc(header.Preds, func(latch *ssa.BasicBlock) bool {
		return header.Dominates(latch) && !b.Dominates(latch)
	})
}

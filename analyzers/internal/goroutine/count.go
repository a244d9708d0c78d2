package goroutine

import (
	"go/constant"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// This file counts how often something happens, where constants tell.

// unbounded is a count that nothing is known of.
const unbounded = 1 << 30

// capacity is the room of a channel, if a constant tells, or one that the activation that
// makes it was given.
func (x *Exploration) capacity(ch *Object) (int, bool) {
	mc, ok := ch.Value.(*ssa.MakeChan)
	if !ok || ch.Frame == nil {
		return 0, false
	}
	c, ok := x.constOf(ch.Frame, mc.Size)
	if !ok || c.Kind() != constant.Int {
		return 0, false
	}
	n, ok := constant.Int64Val(c)
	return int(n), ok && n >= 0 && n < unbounded
}

// fillsUp reports whether sends on a channel of a constant capacity can exceed
// it before its receivers, in the goroutines given, take anything: whether
// there are more of them. A loop counts as one send if those receivers have to
// answer before the next.
func (x *Exploration) fillsUp(ch *Object, capacity int, receivers map[*Thread]bool) bool {
	total := 0
	for _, p := range x.waits.sends[ch] {
		total += x.times(ch, p, receivers)
		if total > capacity {
			return true
		}
	}
	return false
}

// times is how often a send on ch is executed for one channel.
func (x *Exploration) times(ch *Object, p PointID, receivers map[*Thread]bool) int {
	answered := x.answered(p, receivers)
	n := 1
	f, instr := x.points[p].Frame, x.points[p].Instr
	thread := f.Thread
	for {
		made := ch.madeBy(f)
		if !answered || f.Thread != thread {
			if n = min(n*x.pkg.trips(instr, made), unbounded); n == unbounded {
				return n
			}
		}
		if made != nil || f.Caller == nil {
			return n
		}
		f, instr = f.Caller, f.Site
	}
}

// madeBy is the instruction of an activation that makes an object, or calls what makes it;
// nil if it is made elsewhere.
func (o *Object) madeBy(f *Frame) ssa.Instruction {
	if o.Frame == f {
		return o.Site
	}
	for g := o.Frame; g != nil; g = g.Caller {
		if g.Caller == f {
			return g.Site
		}
	}
	return nil
}

// answered reports whether a goroutine that sends at p waits for one of the
// receivers before it sends there again.
func (x *Exploration) answered(p PointID, receivers map[*Thread]bool) bool {
	answers := make(map[PointID]bool)
	for _, q := range x.waits.list {
		if q.Thread() != x.thread(p) || q.Point == p || !q.Known {
			continue
		}
		all := true
		for _, c := range q.Cases {
			all = all && !slices.ContainsFunc(c.Counterparts, func(e PointID) bool { return !receivers[x.thread(e)] })
		}
		if all {
			answers[q.Point] = true
		}
	}
	for _, s := range x.succs[p] {
		if _, ok := x.way(s, p, answers); ok {
			return false
		}
	}
	return true
}

package goroutine

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// This file counts how often something happens, where constants tell.

// unbounded is a count that nothing is known of.
const unbounded = 1 << 30

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
		for _, l := range loopsOf(f.Fn) {
			if !l.blocks[instr.Block()] || f == ch.Frame && ch.Site != nil && l.blocks[ch.Site.Block()] || answered && f.Thread == thread {
				continue
			}
			if n *= l.trips(); n >= unbounded {
				return unbounded
			}
		}
		if f == ch.Frame || f.Caller == nil {
			return n
		}
		f, instr = f.Caller, f.Site
	}
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

// A loop is a natural loop of a function.
type loop struct {
	header *ssa.BasicBlock
	back   int // index of the edge from the loop to its header
	blocks map[*ssa.BasicBlock]bool
}

func loopsOf(fn *ssa.Function) []loop {
	var loops []loop
	for _, h := range fn.Blocks {
		for i, latch := range h.Preds {
			if !h.Dominates(latch) {
				continue
			}
			l := loop{header: h, back: i, blocks: map[*ssa.BasicBlock]bool{h: true}}
			work := []*ssa.BasicBlock{latch}
			for len(work) > 0 {
				b := work[len(work)-1]
				work = work[:len(work)-1]
				if !l.blocks[b] {
					l.blocks[b] = true
					work = append(work, b.Preds...)
				}
			}
			loops = append(loops, l)
		}
	}
	return loops
}

// trips is how often a loop runs that counts from one constant to another.
func (l loop) trips() int {
	cond, ok := l.header.Instrs[len(l.header.Instrs)-1].(*ssa.If)
	if !ok || len(l.header.Preds) != 2 {
		return unbounded
	}
	cmp, ok := cond.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.LSS && cmp.Op != token.LEQ {
		return unbounded
	}
	counter := cmp.X
	limit, known := constInt(cmp.Y)
	first := int64(0)
	if inc, ok := counter.(*ssa.BinOp); ok && inc.Op == token.ADD { // range over an integer counts before it compares
		counter = inc.X
		first = 1
	}
	phi, ok := counter.(*ssa.Phi)
	if !ok || !known || phi.Block() != l.header {
		return unbounded
	}
	start, ok := constInt(phi.Edges[1-l.back])
	if !ok {
		return unbounded
	}
	next, ok := phi.Edges[l.back].(*ssa.BinOp)
	if !ok || next.Op != token.ADD || next.X != phi {
		return unbounded
	}
	by, ok := constInt(next.Y)
	if !ok || by <= 0 {
		return unbounded
	}
	start += first * by
	if cmp.Op == token.LEQ {
		limit++
	}
	if start >= limit {
		return 0
	}
	return int(min((limit-start+by-1)/by, unbounded))
}

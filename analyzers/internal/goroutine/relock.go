package goroutine

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file answers questions about pairs of acquisitions of one goroutine.

// A Relock is a lock that a goroutine acquires while it certainly holds it.
//
// Unless both acquisitions are in read mode, the second waits for ever. If
// both are, it does only if another goroutine asks for the lock in write mode
// in between: readers that come later queue behind a writer that waits.
type Relock struct {
	First, Second *Acquisition
	// Writer is an acquisition in write mode by another goroutine that may
	// come in between; nil if the exploration has none. It is looked for only
	// if both acquisitions are in read mode.
	Writer *Acquisition
	// Conds are the branches between the two that may lead past the second.
	// The first is certainly held where they are taken; whether the program
	// takes them only then when it is not is for the caller to judge.
	Conds []*ssa.If
}

// A LockEdge says that a goroutine acquires one lock while it certainly holds
// another.
type LockEdge struct {
	Held, Acquired *Acquisition
}

// Relocks lists the points where a goroutine acquires a lock that it certainly
// holds, by certainly the same name of it: the lock is one object, and every
// call on the way has one function that it can call.
func (x *Exploration) Relocks() []Relock {
	var found []Relock
	x.pairs(func(held, a *Acquisition) {
		if !held.Same(a) || !x.Certain(a.Frame) {
			return
		}
		r := Relock{First: held, Second: a, Conds: x.between(held, a)}
		if held.Read && a.Read {
			r.Writer = x.writer(held, a)
		}
		found = append(found, r)
	})
	return found
}

// LockEdges lists the pairs of different locks of which a goroutine acquires
// one while it certainly holds the other. Not every lock in them is certain:
// two elements of one list are two locks of one variable.
func (x *Exploration) LockEdges() []LockEdge {
	var found []LockEdge
	x.pairs(func(held, a *Acquisition) {
		if !held.Same(a) {
			found = append(found, LockEdge{held, a})
		}
	})
	return found
}

// pairs calls visit for every acquisition that may have to wait and each lock
// that is held there.
func (x *Exploration) pairs(visit func(held, a *Acquisition)) {
	for _, a := range x.Acquisitions() {
		if a.Try || !x.must.known[a.Point] {
			continue
		}
		for _, held := range x.MustHold(a.Point) {
			visit(held, a)
		}
	}
}

// writer finds another goroutine's acquisition in write mode that may come
// between two in read mode.
func (x *Exploration) writer(first, second *Acquisition) *Acquisition {
	fresh := x.fresh(first.Lock.Object)
	for _, w := range x.Acquisitions() {
		if w.Read || w.Try || w.Once || !w.Same(second) || !x.must.known[w.Point] || x.Exclusive(w.Point, second.Point) {
			continue
		}
		if x.Beside(w.Point, second.Point, fresh) {
			return w
		}
	}
	return nil
}

// Exclusive reports whether both points certainly hold a lock that only one
// goroutine can hold.
func (x *Exploration) Exclusive(a, b PointID) bool { return x.exclusive(a, b, nil) }

// exclusive is Exclusive for all locks but one.
func (x *Exploration) exclusive(a, b PointID, but *Acquisition) bool {
	for _, h := range x.MustHold(a) {
		for _, g := range x.MustHold(b) {
			if h.Same(g) && !(h.Read && g.Read) && (but == nil || !h.Same(but)) {
				return true
			}
		}
	}
	return false
}

// fresh lists the points where o, or an object that leads to it, is made.
func (x *Exploration) fresh(o *Object) []PointID {
	points := x.Made(o)
	for o.Kind == Contents {
		o = o.Parent.Obj
		points = append(points, x.Made(o)...)
	}
	return points
}

// Way is how control gets from one point of a goroutine to another: out of
// activations and into others, in order. The call that entered an activation
// is its Site.
type Way struct {
	Left, Entered []*Frame
}

// Between is the way from one activation to another of the same goroutine.
func Between(from, to *Frame) Way {
	var w Way
	around := make(map[*Frame]bool)
	for f := to; f != nil; f = f.Caller {
		around[f] = true
	}
	top := from
	for ; top != nil && !around[top]; top = top.Caller {
		w.Left = append(w.Left, top)
	}
	for f := to; f != nil && f != top; f = f.Caller {
		w.Entered = append(w.Entered, f)
	}
	slices.Reverse(w.Entered)
	return w
}

// between lists the branches from one acquisition to another that may lead
// past the second.
func (x *Exploration) between(first, second *Acquisition) []*ssa.If {
	w := Between(first.Frame, second.Frame)
	var conds []*ssa.If
	site := second.Instr
	for i := len(w.Entered) - 1; i >= 0; i-- {
		conds = append(conds, x.conds(w.Entered[i], nil, site)...)
		site = w.Entered[i].Site
	}
	from, top := first.Instr, first.Frame
	for _, f := range w.Left {
		from, top = f.Site, f.Caller
	}
	if top != nil {
		conds = append(conds, x.conds(top, from, site)...)
	}
	slices.Reverse(conds)
	return conds
}

// conds lists the branches of an activation that dominate an instruction and
// may lead past it, the innermost first, up to the block of from.
func (x *Exploration) conds(f *Frame, from, to ssa.Instruction) []*ssa.If {
	if _, deferred := to.(*ssa.Defer); deferred || to == nil {
		return nil
	}
	block := to.Block()
	if from != nil && from.Block() == block {
		return nil
	}
	var conds []*ssa.If
	for b := block.Idom(); b != nil; b = b.Idom() {
		cond, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if ok && x.takes(f, b, 0) && x.takes(f, b, 1) && !(control.From(b.Succs[0], block, b) && control.From(b.Succs[1], block, b)) {
			conds = append(conds, cond)
		}
		if from != nil && b == from.Block() {
			break
		}
	}
	return conds
}

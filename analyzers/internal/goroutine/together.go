package goroutine

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// This file answers whether two goroutines can stand at two points at the same
// time, each waiting for a lock there. It is the question of deadlock.go: not what
// may have ordered the two, but whether one can be reached while the other is not
// passed.

// Activations lists the points where an instruction that acquires a lock is
// executed in an activation of fn, or in what fn calls.
func (x *Exploration) Activations(fn *ssa.Function, instr ssa.Instruction) []PointID {
	if x.graph == nil {
		return nil
	}
	var list []PointID
	for _, f := range x.Frames {
		if f.Fn != instr.Parent() {
			continue
		}
		outer := f
		for outer != nil && outer.Fn != fn {
			outer = outer.Caller
		}
		if id, ok := x.at[Point{f, instr}]; ok && outer != nil && outer.Thread == f.Thread {
			list = append(list, id)
		}
	}
	return list
}

// At lists the locks that are acquired at a point.
func (x *Exploration) At(p PointID) []*Acquisition {
	if x.findHolds(); x.must == nil {
		return nil
	}
	return x.must.at[p]
}

// Private reports whether only code of the exploration can have the lock that is
// acquired. That of a package-level variable it shares with other calls of the
// function that it begins in.
func (x *Exploration) Private(a *Acquisition) bool {
	return len(a.keys) == 1 && a.Lock.Object.Kind != Global && !x.foreign(Target{Obj: a.Lock.Object, Path: a.Lock.Path})
}

// Together reports whether one goroutine may stand at a while another stands at b,
// with a lock of the object under discussion. In doubt they may.
func (x *Exploration) Together(a, b PointID, lock *Object) bool {
	if x.findWaits(); x.waits == nil || x.cost > maxDeadlockCost {
		return true
	}
	d := &deadlock{x: x, fresh: x.fresh(lock)}
	if t := x.thread(a); t == x.thread(b) && !d.manyThread(t) {
		return false
	}
	return d.reaches(a, b) && d.reaches(b, a)
}

// reaches reports whether some goroutine may come to p while one stands at stuck.
func (d *deadlock) reaches(stuck, p PointID) bool {
	if d.isMany(stuck) {
		stuck = noPoint // others pass it
	}
	return d.x.reachWithout(stuck)[p]
}

// Type is the type whose methods are explored; nil but for [Package.EachType].
func (x *Exploration) Type() *types.Named {
	if x.api == nil {
		return nil
	}
	return x.api.named
}

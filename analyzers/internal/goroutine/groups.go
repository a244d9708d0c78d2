package goroutine

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file counts what WaitGroups are told: who calls Add too late for Wait, and of which
// Done is called more often than Add has counted. It takes a WaitGroup only if all that
// is done with it is part of the exploration.

// A Miscount is a call of Add that Wait may not see, or a call of Done that nobody has
// counted.
type Miscount struct {
	// Add is the late call; nil if Done is called too often.
	Add  ssa.CallInstruction
	Wait ssa.Instruction // that may come before Add
	// Done is the call that is made too often, and Adds the one that counts too few, the only one.
	Done, Adds ssa.CallInstruction
	// Counted is how many Adds counts, in all.
	Counted int
	Thread  *Thread // that calls Add or Done
}

// Miscounts lists what WaitGroups are told wrongly.
func (x *Exploration) Miscounts() []Miscount {
	if x.graph == nil || x.Waits() == nil {
		return nil
	}
	var found []Miscount
	for _, g := range x.groupsOf() {
		if m, ok := x.lateAdd(g); ok {
			found = append(found, m)
		}
		if m, ok := x.uncounted(g); ok {
			found = append(found, m)
		}
	}
	return found
}

// A group is what is done with one WaitGroup.
type group struct {
	object            *Object
	made              map[PointID]bool
	adds, dones, gone []PointID
	waits             []PointID
}

// groupsOf lists the WaitGroups that are known as a whole, in a fixed order.
func (x *Exploration) groupsOf() []*group {
	byKey := make(map[hubKey]*group)
	var order []*group
	for id := range x.ops {
		p := PointID(id)
		for _, o := range x.ops[id] {
			if o.family != waitGroup || o.on == nil {
				continue
			}
			for _, k := range o.keys {
				if k.obj == nil {
					continue // some WaitGroup of its type
				}
				g := byKey[k]
				if g == nil {
					g = &group{object: k.obj}
					byKey[k] = g
					order = append(order, g)
				}
				switch {
				case len(o.keys) > 1 || o.on.many || x.foreign(Target{Obj: k.obj, Path: k.path}) || x.Mixed(k.obj):
					g.object = nil
				case o.kind == syncapi.WaitGroupAdd:
					g.adds = append(g.adds, p)
				case o.kind == syncapi.WaitGroupDone:
					g.dones = append(g.dones, p)
				case o.acquire:
					g.waits = append(g.waits, p)
				default:
					g.gone = append(g.gone, p) // the end of a function that Go has started
				}
			}
		}
	}
	return slices.DeleteFunc(order, func(g *group) bool {
		if g.object == nil || x.collected(g.object, 0) {
			return true
		}
		g.made = pointSet(x.Made(g.object))
		return false
	})
}

// lateAdd finds a goroutine that calls Add itself, though nobody has counted it before it was
// started by who waits.
func (x *Exploration) lateAdd(g *group) (Miscount, bool) {
	for _, a := range g.adds {
		t := x.thread(a)
		at, ok := x.spawnOf[t]
		if !ok || t.Kind != GoStmt || !x.adds(a) {
			continue
		}
		counted := slices.ContainsFunc(append(slices.Clone(g.adds), g.waits...), func(b PointID) bool {
			_, isWait := x.waits.at[b]
			_, before := x.way(b, at, g.made)
			return !isWait && before
		})
		if counted {
			continue
		}
		for _, w := range g.waits {
			if x.thread(w) != t.Parent {
				continue
			}
			if _, ok := x.way(at, w, g.made); ok && !x.informed(t, a, w) {
				return Miscount{Add: x.points[a].Instr.(ssa.CallInstruction), Wait: x.points[w].Instr, Thread: t}, true
			}
		}
	}
	return Miscount{}, false
}

// adds reports whether a call of Add does not count down.
func (x *Exploration) adds(p PointID) bool {
	call, ok := x.points[p].Instr.(ssa.CallInstruction)
	if !ok {
		return false
	}
	n, known := constInt(call.Common().Args[len(call.Common().Args)-1])
	return !known || n > 0
}

// informed reports whether who waits may know that Add has been called: it has received something,
// or has taken a lock, on every way from the start of the goroutine.
func (x *Exploration) informed(t *Thread, add, wait PointID) bool {
	between := make(map[PointID]bool)
	for id := range x.ops {
		p := PointID(id)
		for _, o := range x.ops[id] {
			if o.acquire && p != wait && x.thread(p) == x.thread(wait) {
				between[p] = true
			}
		}
	}
	_, without := x.way(x.spawnOf[t], wait, between)
	return !without
}

// uncounted finds a call of Done that is made more often than the only call of Add counts.
func (x *Exploration) uncounted(g *group) (Miscount, bool) {
	if len(g.adds) != 1 || len(g.dones) != 1 || len(g.gone) > 0 {
		return Miscount{}, false
	}
	a, d := g.adds[0], g.dones[0]
	t := x.thread(d)
	at, ok := x.spawnOf[t]
	if !ok || t.Kind != GoStmt || x.thread(a) != t.Parent || x.points[a].Frame != x.points[at].Frame {
		return Miscount{}, false
	}
	add := x.points[a].Instr.(ssa.CallInstruction)
	n, known := constInt(add.Common().Args[len(add.Common().Args)-1])
	adds, dones := x.times(g.object, a, nil), x.times(g.object, d, nil)
	if !known || n <= 0 || adds == unbounded || int(n)*adds >= dones || !eachRound(t.Spawn) {
		return Miscount{}, false
	}
	if _, without := x.way(x.entry[t.Entry], x.exit[t.Entry], pointSet([]PointID{d})); without {
		return Miscount{}, false
	}
	return Miscount{
		Done: x.points[d].Instr.(ssa.CallInstruction), Adds: add, Counted: int(n) * adds, Thread: t,
	}, true
}

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
		balanced, used := x.balanced(g, t, a), map[*Thread]bool{t: true}
		counted := slices.ContainsFunc(append(slices.Clone(g.adds), g.waits...), func(b PointID) bool {
			_, isWait := x.waits.at[b]
			_, before := x.way(b, at, g.made)
			return !isWait && before && !(balanced && x.spokenFor(g, b, used))
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

// balanced reports whether a goroutine, with those that it starts, calls Add once, with one, and
// Done once, later: nobody else counts for it.
func (x *Exploration) balanced(g *group, t *Thread, a PointID) bool {
	n, known := x.added(a)
	other := func(p PointID) bool { return !within(x.thread(p), t) }
	adds := slices.DeleteFunc(slices.Clone(g.adds), other)
	dones := slices.DeleteFunc(append(slices.Clone(g.dones), g.gone...), other)
	if !known || n != 1 || len(adds) != 1 || len(dones) != 1 || x.again(a) || x.again(dones[0]) {
		return false
	}
	_, behind := x.way(a, dones[0], g.made)
	return behind && x.thread(dones[0]) == t && x.thread(a) == t
}

// spokenFor reports whether what is counted at b is a goroutine that is not used up yet, started in
// the same round, that calls Done once and waits for nobody.
func (x *Exploration) spokenFor(g *group, b PointID, used map[*Thread]bool) bool {
	n, known := x.added(b)
	for _, u := range x.Threads {
		at, ok := x.spawnOf[u]
		if !ok || used[u] || x.points[at].Frame != x.points[b].Frame || u.Kind != GoStmt && u.Kind != GroupGo {
			continue
		}
		calls := 0
		for _, d := range append(slices.Clone(g.dones), g.gone...) {
			if x.thread(d) == u {
				calls++
			}
		}
		if at != b && (!known || n != 1 || calls != 1 || !sameRound(x.points[b].Instr, u.Spawn)) {
			continue
		}
		if _, behind := x.way(b, at, g.made); (behind || at == b) && !x.waitsAnywhere(u) {
			used[u] = true
			return true
		}
	}
	return false
}

// waitsAnywhere reports whether a goroutine may learn something of others.
func (x *Exploration) waitsAnywhere(t *Thread) bool {
	for id := range x.ops {
		if x.thread(PointID(id)) == t && slices.ContainsFunc(x.ops[id], func(o op) bool { return o.acquire }) {
			return true
		}
	}
	return false
}

// added is what a call of Add counts.
func (x *Exploration) added(p PointID) (n int64, known bool) {
	call, ok := x.points[p].Instr.(ssa.CallInstruction)
	if !ok || len(call.Common().Args) == 0 {
		return 0, false
	}
	return constInt(call.Common().Args[len(call.Common().Args)-1])
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

// uncounted finds a call of Done that is made more often than the only call of Add counts, for
// goroutines that one go statement starts.
func (x *Exploration) uncounted(g *group) (Miscount, bool) {
	if len(g.adds) != 1 || len(g.dones) == 0 || len(g.gone) > 0 {
		return Miscount{}, false
	}
	a, d := g.adds[0], g.dones[len(g.dones)-1]
	t := x.thread(d)
	at, ok := x.spawnOf[t]
	if !ok || t.Kind != GoStmt || x.points[a].Frame != x.points[at].Frame || slices.ContainsFunc(g.dones, func(p PointID) bool { return x.thread(p) != t }) {
		return Miscount{}, false
	}
	add := x.points[a].Instr.(ssa.CallInstruction)
	n, known := constInt(add.Common().Args[len(add.Common().Args)-1])
	if !known || n <= 0 {
		return Miscount{}, false
	}
	certain := 0 // calls of Done by each of the goroutines
	for _, p := range g.dones {
		if _, without := x.way(x.entry[t.Entry], x.exit[t.Entry], pointSet([]PointID{p})); !without && !x.again(p) {
			certain++
		}
	}
	m := Miscount{Done: x.points[d].Instr.(ssa.CallInstruction), Adds: add, Counted: int(n), Thread: t}
	if sameRound(add, t.Spawn) {
		return m, int(n) < certain
	}
	if certain == 0 || !eachRound(t.Spawn) {
		return Miscount{}, false
	}
	adds, dones := x.times(g.object, a, nil), x.times(g.object, d, nil)
	if adds == unbounded || dones == unbounded && (adds > 1 || n > 1) {
		return Miscount{}, false // the loop may go round as often as that
	}
	m.Counted *= adds
	return m, m.Counted < dones
}

// again reports whether a goroutine may come by a point more than once.
func (x *Exploration) again(p PointID) bool {
	return slices.ContainsFunc(x.succs[p], func(s PointID) bool {
		_, ok := x.way(s, p, nil)
		return ok && x.thread(s) == x.thread(p)
	})
}

// sameRound reports whether two instructions of a function are in the same round of its innermost
// loops.
func sameRound(a, b ssa.Instruction) bool {
	return innermost(a) == innermost(b)
}

// innermost is the header of the innermost loop around an instruction, nil if there is none.
func innermost(instr ssa.Instruction) *ssa.BasicBlock {
	var header *ssa.BasicBlock
	for _, l := range loopsOf(instr.Parent()) {
		if l.blocks[instr.Block()] && (header == nil || header.Dominates(l.header)) {
			header = l.header
		}
	}
	return header
}

package checkthenact

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// Who comes between a read and the write that depends on it.
//
// A pair is a bug if another goroutine certainly can write the variable between
// the two, and if that does harm. Whether it can, the engine guard tells: the
// object is shared by then, no lock is held from the one to the other, and there
// is a rival: the same code in another goroutine or call for the same object, or
// another function that writes the variable and is reached from elsewhere. A lost
// update is lost to any of them; that two goroutines both pass a test does harm
// only where both go on to the same write.

// A pair is a read, and a write that depends on it.
type pair struct {
	f           *function
	read, write event
	key         message.Key
	// gap is where others can come: an instruction behind the read at which what
	// keeps them out is not held.
	gap   ssa.Instruction
	split *split // of pairs in two critical sections
}

// A rival is a write that can come between; it is the pair's own function if other
// is not set.
type rival struct {
	other guard.Access
}

// self reports whether the rival is the same code in another goroutine.
func (r rival) self() bool { return r.other.Instr == nil }

// A damage is what comes of it if somebody comes between.
type damage uint8

const (
	unclear   damage = iota // perhaps a thing is done twice
	twice                   // what must not be done twice is
	lostToAny               // what anybody wrote is lost
)

// damageOf tells what comes of a pair, by the key of its message.
func damageOf(key message.Key) damage {
	switch key {
	case "lost-update", "atomic-lost-update", "map-lost-update":
		return lostToAny
	case "lost-maximum", "limit", "two-objects", "atomic-lost-maximum", "atomic-close", "map-two-objects":
		return twice
	}
	return unclear
}

// judgePairs reports the pairs that were found, each in the tier that what is known
// of rivals deserves. The judge may be nil if no pair certainly does harm.
func (c *checker) judgePairs(judge *guard.Judge) {
	writes := c.writesOf(judge)
	type write struct {
		instr ssa.Instruction
		key   message.Key
	}
	told := make(map[write]bool)
	for _, p := range c.pairs {
		w := write{p.write.instr, p.key}
		if told[w] {
			continue // one read is enough to tell
		}
		r, ok := c.rival(judge, p, writes)
		if ok || c.reporter.Tier() == config.Strict {
			told[w] = c.reportPair(p, r, ok)
		}
	}
}

// writesOf lists the writes of the variables of pairs which any other write harms.
func (c *checker) writesOf(judge *guard.Judge) map[*types.Var][]guard.Access {
	writes := make(map[*types.Var][]guard.Access)
	for _, p := range c.pairs {
		if v, _ := variable(p.write); v != nil && damageOf(p.key) == lostToAny {
			writes[v] = nil
		}
	}
	if len(writes) == 0 {
		return writes
	}
	wanted := func(v *types.Var) bool {
		_, ok := writes[v]
		return ok
	}
	for _, a := range judge.Accesses(wanted) {
		if a.Use == guard.Writes {
			writes[a.Var] = append(writes[a.Var], a)
		}
	}
	for _, a := range c.atomics {
		if wanted(a.Var) {
			writes[a.Var] = append(writes[a.Var], a)
		}
	}
	return writes
}

// variable returns the field or package-level variable of an event, and the path of
// the object that it is part of. For a local variable v is nil.
func variable(e event) (v *types.Var, object access.Path) {
	p := e.path
	if p.Last().Kind == access.Deref { // a map, or the target of a pointer
		p, _ = p.Parent()
	}
	if f := p.LastField(); f != nil {
		object, _ = p.Parent()
		return f.Origin(), object
	}
	return p.Root().Var, p
}

// rival returns who certainly can come between the read and the write of a pair, and
// does harm by it.
func (c *checker) rival(judge *guard.Judge, p pair, writes map[*types.Var][]guard.Access) (_ rival, ok bool) {
	harm := damageOf(p.key)
	if harm == unclear || judge.Generated(p.write.instr) || judge.Excused(p.gap) || judge.Excused(p.read.instr) || judge.Excused(p.write.instr) {
		return rival{}, false
	}
	if claimed(p) {
		return rival{}, false
	}
	v, object := variable(p.write)
	if v == nil && object.Root().Kind != access.Local || p.split == nil && harm == lostToAny && !onlyFor(p.read.instr, p.write.instr) {
		return rival{}, false
	}
	way, ok := judge.Reached(p.read.instr, object)
	if !ok {
		return rival{}, false
	}
	w := guard.Violation{Access: guard.Access{Var: v, Instr: p.gap, Use: guard.Reads, Object: object}, Way: way}
	turns := w
	if p.key == "atomic-close" {
		// Who asks whether all is closed expects to be called again, and may well
		// use the channels of the object.
		turns.Object = access.Path{}
	} else if w.Ends() {
		return rival{}, false
	}
	if len(judge.HeldOn(w)) > 0 || v != nil && (judge.Remarked(v) || judge.InDoubt(turns)) {
		return rival{}, false
	}
	if judge.MeetsItself(w) {
		return rival{}, true
	}
	if harm != lostToAny || v == nil {
		return rival{}, false
	}
	for _, a := range writes[v] {
		if a.Instr.Parent() == p.f.fn || judge.InTest(a.Instr.Parent()) || judge.Excused(a.Instr) || (guard.Violation{Access: a}).Ends() {
			continue
		}
		if meets, _ := judge.MayMeet(a, w); meets {
			return rival{a}, true
		}
	}
	return rival{}, false
}

// claimed reports whether the function does something before the read that only one
// goroutine succeeds in, such as CompareAndSwap of a flag or LoadOrStore.
func claimed(p pair) bool {
	return slices.ContainsFunc(p.f.claims, func(i int) bool { return control.Dominates(p.f.events[i].instr, p.read.instr) })
}

// onlyFor reports whether what an atomic operation loads serves the write that depends
// on it and nothing else, but tests and results. Who goes on to use the value, such as
// for an index, relies on being the only writer.
func onlyFor(read, write ssa.Instruction) bool {
	v, ok := read.(ssa.Value)
	seen := make(map[ssa.Value]bool)
	var only func(v ssa.Value) bool
	only = func(v ssa.Value) bool {
		if seen[v] {
			return true
		}
		seen[v] = true
		return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
			switch ref := ref.(type) {
			case *ssa.If, *ssa.Return, *ssa.DebugRef:
				return false
			case *ssa.Call:
				if ref == write {
					return false
				}
			}
			next, ok := ref.(ssa.Value)
			if !ok {
				return true
			}
			if e, ok := next.(*ssa.Extract); ok && e.Tuple == v {
				return !only(next)
			}
			from, _ := step(next)
			return !slices.Contains(from, v) || !only(next)
		})
	}
	return ok && only(v)
}

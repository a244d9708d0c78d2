package guard

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
)

// This file judges the accesses of one variable by one lock.

// A Verdict says how the accesses of a variable keep to a lock.
type Verdict struct {
	Held []Access // the lock is held, or may be
	// Unheld counts the accesses without it, of objects that others may have,
	// outside of tests; those included to which no way was found.
	Unheld int
	Wrong  []Violation
	// ReadLocked are writes with the lock held only for reading.
	ReadLocked []ReadLocked
}

// A Violation is an access that is reached with the lock certainly not held.
type Violation struct {
	Access
	Way Way
	// Doubtful is set if goroutines may take turns with the variable by other
	// means, or use it in different phases of the program.
	Doubtful bool
}

// ReadLocked is a write under RLock, which is called at Site.
type ReadLocked struct {
	Access
	Site ssa.Instruction
}

// Variable judges the accesses of a variable by a lock that is said to guard
// it. It returns nil if nobody writes the variable once it is shared: what does
// not change may be read by anybody.
func (j *Judge) Variable(v *types.Var, l contract.Lock, all []Access) *Verdict {
	if !j.writtenLater(all) {
		return nil
	}
	d := new(Verdict)
	for _, a := range all {
		if !j.locks.Reached(a.Instr.Block()) {
			continue
		}
		if !j.NoneHeld(a.Instr, l) {
			d.Held = append(d.Held, a)
			if site := j.readLocked(a, l); site != nil && !j.assumed(a.Instr.Parent(), l) {
				d.ReadLocked = append(d.ReadLocked, ReadLocked{a, site})
			}
			continue
		}
		if a.Use == NoUse || j.Excused(a.Instr) || j.assumed(a.Instr.Parent(), l) || j.renewed(a) {
			continue
		}
		if _, ok := j.shared(a.Instr, a.Object); ok && !j.InTest(a.Instr.Parent()) {
			d.Unheld++
		}
		if w, ok := j.Unheld(a.Instr, l, a.Object); ok {
			d.Wrong = append(d.Wrong, Violation{Access: a, Way: w})
		}
	}
	others := j.otherLocks(all, l)
	d.Wrong = slices.DeleteFunc(d.Wrong, func(w Violation) bool { return w.Use == Reads && j.holdsOne(w.Instr, others) })
	frozen := j.frozen(all)
	for i, w := range d.Wrong {
		d.Wrong[i].Doubtful = j.InDoubt(w) || j.heldByStarter(w, l) || w.Use == Reads && frozen
	}
	return d
}

// OnePerFunction picks one violation of each function: the first that writes, or the
// first.
func OnePerFunction(all []Violation) []Violation {
	var picked []Violation
	for _, v := range all {
		i := slices.IndexFunc(picked, func(p Violation) bool { return p.Instr.Parent() == v.Instr.Parent() })
		switch {
		case i < 0:
			picked = append(picked, v)
		case picked[i].Use < v.Use:
			picked[i] = v
		}
	}
	return picked
}

// frozen reports whether only functions write the variable whose names say that
// they prepare the object, such as register: it may be used only afterwards.
func (j *Judge) frozen(all []Access) bool {
	return !slices.ContainsFunc(all, func(a Access) bool {
		if a.Use < Calls || j.InTest(a.Instr.Parent()) || preparing.MatchString(a.Instr.Parent().Name()) {
			return false
		}
		_, ok := j.shared(a.Instr, a.Object)
		return ok
	})
}

var preparing = pattern.New(`^(?i:register|init|setup|configure|prepare|install|open|new)`)

// InDoubt reports whether goroutines may take turns with the variable by other
// means than a lock, or use it in different phases of the program.
func (j *Judge) InDoubt(w Violation) bool {
	return prepares(w) || j.HandsOver(w.Access) || j.beforeStart(w) || j.inPhases(w.Var, w.Way)
}

// prepares reports whether a violation is in a function that prepares an object, or
// is reached by one.
func prepares(w Violation) bool {
	return Prepares(w.Instr.Parent()) || slices.ContainsFunc(w.Way.Calls, func(s Site) bool { return !s.Spawns && Prepares(s.Caller) })
}

// inPhases reports whether the way begins in a function that only the rest of
// its own program can call, and v is a package-level variable: such a program
// may use the variable from goroutines in one phase and alone in the next.
func (j *Judge) inPhases(v *types.Var, w Way) bool {
	if v.IsField() || len(w.Calls) > 0 && w.Calls[len(w.Calls)-1].Spawns {
		return false
	}
	path := "/" + j.pass.Pkg.Path() + "/"
	return strings.Contains(path, "/internal/")
}

// beforeStart reports whether a violation only sets the variable, or is in a
// function that runs for as long as the object lives, and its function, or one
// on the way to it, goes on to start goroutines in any case: until then they
// cannot interfere.
func (j *Judge) beforeStart(w Violation) bool {
	if !onlySet(w.Instr) && !runs.MatchString(w.Instr.Parent().Name()) {
		return false
	}
	at := []ssa.Instruction{w.Instr}
	for _, s := range w.Way.Calls {
		if !s.Spawns {
			at = append(at, s.Instr)
		}
	}
	return slices.ContainsFunc(at, func(i ssa.Instruction) bool {
		return slices.ContainsFunc(j.graph.starts[i.Parent()], func(s ssa.Instruction) bool { return control.Dominates(i, s) })
	})
}

// onlySet reports whether the address that instr makes is only stored to.
func onlySet(instr ssa.Instruction) bool {
	addr, ok := instr.(ssa.Value)
	return ok && !slices.ContainsFunc(*addr.Referrers(), func(ref ssa.Instruction) bool {
		_, ok := ref.(*ssa.Store)
		return !ok
	})
}

// heldByStarter reports whether a violation is in a goroutine that is started with
// the lock held, and releases it, or is started by a function that waits for
// something: it may wait for the goroutine, and hold the lock for it until then.
func (j *Judge) heldByStarter(w Violation, l contract.Lock) bool {
	n := len(w.Way.Calls)
	if n == 0 {
		return false
	}
	start := w.Way.Calls[n-1]
	if !start.Spawns || j.NoneHeld(start.Instr, l) {
		return false
	}
	if flow := j.locks.Flow(w.Way.Origin(w.Instr.Parent()).Func); flow != nil && slices.ContainsFunc(flow.Unmatched, func(r lockset.Release) bool {
		return CouldBe(r.Path, l)
	}) {
		return true
	}
	for _, b := range start.Caller.Blocks {
		for _, i := range b.Instrs {
			if d, ok := i.(*ssa.Defer); ok {
				if callee := j.locks.Callee(&d.Call); callee != nil && j.waitsIn(callee) != noWait {
					return true
				}
			}
			if j.waits(i) != noWait {
				return true
			}
		}
	}
	return false
}

// otherLocks lists the locks, by the variables that hold them, that every write
// holds beside the guard. To read, one of them is enough.
func (j *Judge) otherLocks(all []Access, guard contract.Lock) []*types.Var {
	var common []*types.Var
	first := true
	for _, a := range all {
		if a.Use < Calls {
			continue
		}
		if _, ok := j.shared(a.Instr, a.Object); !ok {
			continue
		}
		var held []*types.Var
		for _, h := range j.HeldBefore(a.Instr) {
			if v, _ := Holder(h.Path); v != nil && h.Must && v != guard.Var {
				held = append(held, v)
			}
		}
		if first {
			common, first = held, false
			continue
		}
		common = slices.DeleteFunc(common, func(v *types.Var) bool { return !slices.Contains(held, v) })
	}
	return common
}

// holdsOne reports whether one of the locks is held at instr.
func (j *Judge) holdsOne(instr ssa.Instruction, locks []*types.Var) bool {
	return len(locks) > 0 && slices.ContainsFunc(j.HeldBefore(instr), func(h lockset.Held) bool {
		v, _ := Holder(h.Path)
		return h.Must && slices.Contains(locks, v)
	})
}

// HandsOver reports whether the function of an access sends to or receives from
// a channel of the same object: the goroutines that share the object may take
// turns.
func (j *Judge) HandsOver(a Access) bool {
	root := a.Object.Root()
	if root == (access.Root{}) || root.Kind == access.Global {
		return false
	}
	for _, b := range a.Instr.Parent().Blocks {
		for _, i := range b.Instrs {
			var ch ssa.Value
			switch i := i.(type) {
			case *ssa.UnOp:
				if i.Op == token.ARROW {
					ch = i.X
				}
			case *ssa.Send:
				ch = i.Chan
			case *ssa.Select:
				for _, s := range i.States {
					if j.paths.Of(s.Chan).Root() == root {
						return true
					}
				}
			}
			if ch != nil && j.paths.Of(ch).Root() == root {
				return true
			}
		}
	}
	return false
}

// Holds reports whether a lock that could be l may be held at instr, also
// because of what the function says itself.
func (j *Judge) Holds(instr ssa.Instruction, l contract.Lock) bool {
	return !j.NoneHeld(instr, l) || j.assumed(instr.Parent(), l)
}

// readLocked returns the call of RLock under which a is a write, nil if it is
// none or the lock may be held for writing.
func (j *Judge) readLocked(a Access, l contract.Lock) ssa.Instruction {
	if a.Use != Writes || !l.RW || l.Shared {
		return nil
	}
	var site ssa.Instruction
	for _, h := range j.HeldBefore(a.Instr) {
		switch {
		case !CouldBe(h.Path, l):
			if h.Must && h.Mode == lockset.Write {
				return nil // which keeps the writers apart
			}
		case h.Mode != lockset.Read || !h.Must || len(h.Sites) == 0 || h.Path.LastField() != l.Var && h.Path.Root().Var != l.Var:
			return nil
		default:
			site = h.Sites[0]
		}
	}
	if site == nil || j.Excused(a.Instr) || a.Object.Root().Kind == access.Local || a.Object.Root().Kind == access.OtherValue {
		return nil
	}
	return site
}

// writtenLater reports whether any access writes the variable of an object
// that is not fresh.
func (j *Judge) writtenLater(all []Access) bool {
	for _, a := range all {
		if a.Use < Calls || j.InTest(a.Instr.Parent()) {
			continue
		}
		root := a.Object.Root()
		if (root.Kind == access.Local || root.Kind == access.OtherValue) && root.Func() == a.Instr.Parent() && j.fresh(root.Value, 0) && !j.published(root, a.Instr) {
			continue
		}
		if fn := a.Instr.Parent(); fn.Name() == "init" || Prepares(fn) && a.Use == Writes && !j.holdsAny(a.Instr) {
			continue
		}
		return true
	}
	return false
}

func (j *Judge) holdsAny(instr ssa.Instruction) bool { return len(j.HeldBefore(instr)) > 0 }

// renewed reports whether the object was replaced by a fresh one before, in
// the same function, as in s.conn = newConn().
func (j *Judge) renewed(a Access) bool {
	fa, ok := a.Instr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	through := make(map[access.Path]bool)
	for p, ok := j.paths.Of(fa.X), true; ok; p, ok = p.Parent() {
		if p.Last().Kind == access.Deref {
			addr, _ := p.Parent()
			through[addr] = true
		}
	}
	for _, b := range fa.Parent().Blocks {
		for _, i := range b.Instrs {
			if st, ok := i.(*ssa.Store); ok && through[j.paths.Of(st.Addr)] && control.Reaches(st, fa) && j.freshPath(st.Val, 0) {
				return true
			}
		}
	}
	return false
}

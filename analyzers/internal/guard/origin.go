package guard

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
)

// An Origin is from where control comes to a function of the package: a function
// that goroutines start in, or one that is called from where it is not seen. It is
// comparable.
type Origin struct {
	Func    *ssa.Function
	Spawned bool
}

// Origins returns the origins from which fn is reached, by calls in the package. The
// map must not be changed.
func (j *Judge) Origins(fn *ssa.Function) map[Origin]bool {
	all, ok := j.origins[fn]
	if !ok {
		all = j.findOrigins(fn)
		j.origins[fn] = all
	}
	return all
}

func (j *Judge) findOrigins(fn *ssa.Function) map[Origin]bool {
	all := make(map[Origin]bool)
	seen := map[*ssa.Function]bool{fn: true}
	work := []*ssa.Function{fn}
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		sites := j.graph.sites[fn]
		if len(sites) == 0 || j.entered(fn) {
			all[Origin{Func: fn}] = true
		}
		for _, s := range sites {
			switch {
			case s.Spawns:
				all[Origin{fn, true}] = true
			case !seen[s.Caller]:
				seen[s.Caller] = true
				work = append(work, s.Caller)
			}
		}
	}
	return all
}

// entered reports whether fn may be called from where it is not seen.
func (j *Judge) entered(fn *ssa.Function) bool {
	if j.graph.values[fn] {
		return true
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return false
	}
	name, method := obj.Name(), obj.Signature().Recv() != nil
	return name == "main" || name == "init" || method && j.graph.invoked[name] != nil || token.IsExported(name) && (method || fn.Pkg.Pkg.Name() != "main")
}

// Origin returns where a way begins that leads to a place in fn.
func (w Way) Origin(fn *ssa.Function) Origin {
	for _, s := range w.Calls {
		if s.Spawns {
			return Origin{fn, true}
		}
		fn = s.Caller
	}
	return Origin{Func: fn}
}

// CalledBefore reports whether fn is called on every way to instr in its
// function, directly or by what is called there.
func (j *Judge) CalledBefore(fn *ssa.Function, instr ssa.Instruction) bool {
	for _, b := range instr.Parent().Blocks {
		for _, i := range b.Instrs {
			call, ok := i.(*ssa.Call)
			if !ok || !control.Dominates(i, instr) {
				continue
			}
			if callee := j.locks.Callee(&call.Call); callee != nil && j.calls(callee, fn, make(map[*ssa.Function]bool)) {
				return true
			}
		}
	}
	return false
}

// calls reports whether fn is, or may call, another function.
func (j *Judge) calls(fn, other *ssa.Function, seen map[*ssa.Function]bool) bool {
	if fn == other {
		return true
	}
	if seen[fn] {
		return false
	}
	seen[fn] = true
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			if call, ok := i.(*ssa.Call); ok {
				if callee := j.locks.Callee(&call.Call); callee != nil && j.calls(callee, other, seen) {
					return true
				}
			}
		}
	}
	return false
}

// MayMeet reports whether an access may come at the same time as a violation, as
// far as locks and origins tell: it is reached from another origin, which is
// not one that prepares the object, and no lock is held on all ways to both. spawned
// is set if that origin is a goroutine that the package starts.
func (j *Judge) MayMeet(a Access, w Violation) (meets, spawned bool) {
	if Prepares(a.Instr.Parent()) {
		return false, false
	}
	for o := range j.Origins(a.Instr.Parent()) {
		if j.mayCome(o, w) {
			meets = true
			spawned = spawned || o.Spawned
		}
	}
	if !meets {
		return false, false
	}
	if locks := j.HeldOn(w); len(locks) > 0 {
		held := j.heldOver(a.Instr)
		meets = !slices.ContainsFunc(held, func(v *types.Var) bool { return slices.Contains(locks, v) })
	}
	return meets, spawned && meets
}

// mayCome reports whether control may come from an origin at the same time as to a
// violation, whatever is held.
func (j *Judge) mayCome(o Origin, w Violation) bool {
	if o == w.Way.Origin(w.Instr.Parent()) {
		return false
	}
	if o.Spawned {
		return !j.startedAfter(o.Func, w)
	}
	return !Prepares(o.Func) && !j.InTest(o.Func)
}

// startedAfter reports whether goroutines in fn are only started by a function that
// runs for as long as the object lives, by its name, and there behind a
// violation: until then they cannot interfere.
func (j *Judge) startedAfter(fn *ssa.Function, w Violation) bool {
	at := []ssa.Instruction{w.Instr}
	for _, s := range w.Way.Calls {
		if !s.Spawns {
			at = append(at, s.Instr)
		}
	}
	for _, s := range j.graph.sites[fn] {
		if s.Spawns && !slices.ContainsFunc(at, func(i ssa.Instruction) bool {
			return i.Parent() == s.Caller && runs.MatchString(s.Caller.Name()) && control.Dominates(i, s.Instr)
		}) {
			return false
		}
	}
	return true
}

var runs = pattern.New(`^(?i:serve|run|listen|main|start|loop)`)

// HeldOn returns the variables of the locks that are held at a violation, or at a
// call on its way.
func (j *Judge) HeldOn(w Violation) []*types.Var {
	held := j.heldOver(w.Instr)
	for _, s := range w.Way.Calls {
		if !s.Spawns {
			held = append(held, j.heldOver(s.Instr)...)
		}
	}
	return held
}

// heldOver returns the variables of the locks that are held at instr for certain,
// or on every way to its function: also those that the function cannot name,
// such as the lock of the container that its object is in.
func (j *Judge) heldOver(instr ssa.Instruction) []*types.Var {
	return append(j.heldVars(instr), j.heldByAll(instr.Parent())...)
}

// heldByAll returns what is held at each call of fn. Only what is asked for here is
// kept: on the way to it, the answer for a function depends on those that are
// being asked about.
func (j *Judge) heldByAll(fn *ssa.Function) []*types.Var {
	held, ok := j.callers[fn]
	if !ok {
		held = j.heldByCallers(fn, make(map[*ssa.Function]bool))
		j.callers[fn] = held
	}
	return held
}

func (j *Judge) heldVars(instr ssa.Instruction) []*types.Var {
	var held []*types.Var
	for _, h := range j.HeldBefore(instr) {
		if v, _ := Holder(h.Path); v != nil && h.Must {
			held = append(held, v)
		}
	}
	return held
}

// heldByCallers returns what is held at each call of fn; busy are the functions
// of which the callers are being asked.
func (j *Judge) heldByCallers(fn *ssa.Function, busy map[*ssa.Function]bool) []*types.Var {
	sites := j.graph.sites[fn]
	if len(sites) == 0 || len(busy) > maxDepth || busy[fn] || j.entered(fn) {
		return nil
	}
	busy[fn] = true
	defer delete(busy, fn)
	var common []*types.Var
	for i, s := range sites {
		if s.Spawns {
			return nil
		}
		held := append(j.heldVars(s.Instr), j.heldByCallers(s.Caller, busy)...)
		if i == 0 {
			common = held
		} else {
			common = slices.DeleteFunc(common, func(v *types.Var) bool { return !slices.Contains(held, v) })
		}
		if len(common) == 0 {
			return nil
		}
	}
	return common
}

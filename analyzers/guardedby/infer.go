package guardedby

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// This file infers which lock guards a variable: the one that is held at most
// of its accesses. The idea is that of bugs as deviant behaviour (Engler and
// others, SOSP 2001): what the program nearly always does, it believes in.
//
// Not every lock that happens to be held counts, only one that belongs to the
// variable: in the same object, in one that leads to it or to which it leads, or
// at package level.

// An inferred guard is the lock that is most often held for a variable.
type inferred struct {
	v    *types.Var
	lock contract.Lock
	sure map[ssa.Instruction]bool // the accesses that hold it
	// alone is set for those in a critical section that uses no other variable:
	// the lock is there for this one.
	alone map[ssa.Instruction]bool
}

// A census is what is held where, of a package.
type census struct {
	held     map[*types.Var]map[*types.Var]map[ssa.Instruction]bool // accesses, by variable and lock
	order    []*types.Var                                           // the variables, by first access
	sections map[ssa.Instruction]*section                           // by where the lock is acquired
	in       map[ssa.Instruction][]*section                         // the sections that an access is in
}

// A section is what is done between an acquisition of a lock and its release.
type section struct {
	vars  map[*types.Var]bool
	calls bool // of functions that may use other variables
}

// infer returns the guards of the variables of the package, in the order of
// their first access under a lock.
func (c *checker) infer() []inferred {
	cs := &census{
		held:     make(map[*types.Var]map[*types.Var]map[ssa.Instruction]bool),
		sections: make(map[ssa.Instruction]*section),
		in:       make(map[ssa.Instruction][]*section),
	}
	for _, fn := range c.funcs {
		if c.locks.Flow(fn) == nil && len(c.locks.HeldAtEntry(fn)) == 0 {
			continue
		}
		c.locks.Walk(fn, func(instr ssa.Instruction, set lockset.Set) {
			if len(set) > 0 {
				c.count(cs, instr, set)
			}
		})
	}
	var all []inferred
	for _, v := range cs.order {
		if g, ok := cs.best(v); ok {
			all = append(all, g)
		}
	}
	return all
}

// count adds one instruction to the census, with what is held there.
func (c *checker) count(cs *census, instr ssa.Instruction, set lockset.Set) {
	var within []*section
	for _, h := range set {
		for _, site := range h.Sites {
			if cs.sections[site] == nil {
				cs.sections[site] = &section{vars: make(map[*types.Var]bool)}
			}
			within = append(within, cs.sections[site])
		}
	}
	if call, ok := instr.(ssa.CallInstruction); ok && c.mayUseOthers(call.Common()) {
		for _, s := range within {
			s.calls = true
		}
	}
	c.each(instr, func(v *types.Var, obj access.Path) {
		if v == nil || v.Pkg() != c.pass.Pkg || guardsItself(v.Type()) {
			return
		}
		for _, s := range within {
			s.vars[v] = true
		}
		cs.in[instr] = within
		if c.contracts.FieldGuard(v) != nil {
			return
		}
		for _, h := range set {
			if lock, _ := guard.Holder(h.Path); lock != nil && h.Must && belongs(h.Path, obj) {
				cs.add(v, lock, instr)
			}
		}
	})
}

// mayUseOthers reports whether a call may use variables of the package.
func (c *checker) mayUseOthers(call *ssa.CallCommon) bool {
	if _, ok := call.Value.(*ssa.Builtin); ok {
		return false
	}
	fn := call.StaticCallee()
	return fn == nil || fn.Pkg == nil || fn.Pkg.Pkg == c.pass.Pkg || slices.ContainsFunc(call.Args, func(a ssa.Value) bool {
		_, ok := a.Type().Underlying().(*types.Signature)
		return ok
	})
}

func (cs *census) add(v, lock *types.Var, instr ssa.Instruction) {
	if cs.held[v] == nil {
		cs.held[v] = make(map[*types.Var]map[ssa.Instruction]bool)
		cs.order = append(cs.order, v)
	}
	if cs.held[v][lock] == nil {
		cs.held[v][lock] = make(map[ssa.Instruction]bool)
	}
	cs.held[v][lock][instr] = true
}

// best picks the lock that is held most often for v; the one declared first of
// two that are.
func (cs *census) best(v *types.Var) (g inferred, ok bool) {
	held := cs.held[v]
	var most *types.Var
	for lock, at := range held {
		if most == nil || len(at) > len(held[most]) || len(at) == len(held[most]) && lock.Pos() < most.Pos() {
			most = lock
		}
	}
	alone := make(map[ssa.Instruction]bool)
	for instr := range held[most] {
		if slices.ContainsFunc(cs.in[instr], func(s *section) bool { return !s.calls && len(s.vars) == 1 }) {
			alone[instr] = true
		}
	}
	l, ok := contract.LockOf(most)
	return inferred{v: v, lock: l, sure: held[most], alone: alone}, ok && l.Var == most
}

// each calls f for the fields and package-level variables that instr has the
// address of.
func (c *checker) each(instr ssa.Instruction, f func(v *types.Var, obj access.Path)) {
	switch i := instr.(type) {
	case *ssa.FieldAddr:
		f(access.FieldVar(i.X.Type(), i.Field), c.paths.Of(i.X))
	case *ssa.Field:
		f(access.FieldVar(i.X.Type(), i.Field), c.paths.Of(i.X))
	default:
		for _, op := range instr.Operands(nil) {
			if g, ok := (*op).(*ssa.Global); ok {
				v, _ := g.Object().(*types.Var)
				f(v, access.Path{})
			}
		}
	}
}

// belongs reports whether the lock at p is one of the object at obj, of what
// leads there, or of what the object leads to, or is a package-level variable. The
// zero path stands for package-level variables themselves.
func belongs(p, obj access.Path) bool {
	if p.Root().Kind == access.Global && p.Exact() {
		return true
	}
	if !obj.IsValid() {
		return false
	}
	for q, ok := p.Parent(); ok; q, ok = q.Parent() {
		if q == obj || obj.HasPrefix(q) {
			return true
		}
	}
	return false
}

// guardsItself reports whether a variable of type t needs no lock: its methods
// may be called by many goroutines at a time.
func guardsItself(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if ok && n.Obj().Pkg() != nil {
		switch n.Obj().Pkg().Path() {
		case "sync", "sync/atomic", "internal/sync", "internal/runtime/atomic":
			return true
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for f := range u.Fields() {
			if guardsItself(f.Type()) {
				return true
			}
		}
	case *types.Array:
		return guardsItself(u.Elem())
	}
	return false
}

package guardedby

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file has what only the strict tier asks for.

// checkHandedOut reports exported functions that return a map or slice that is
// guarded, and changed in place elsewhere: who gets it uses it without the lock.
func (c *checker) checkHandedOut(g inferred, kept []guard.Access) {
	switch g.v.Type().Underlying().(type) {
	case *types.Map, *types.Slice:
	default:
		return
	}
	i := slices.IndexFunc(kept, guard.ChangesContent)
	if i < 0 {
		return
	}
	for _, a := range kept {
		fn := a.Instr.Parent()
		ret := returned(a)
		if ret == nil || fn.Parent() != nil || !token.IsExported(fn.Name()) || c.judge.Excused(a.Instr) || c.judge.Excused(ret) {
			continue
		}
		name := c.judge.Text(a)
		d := c.diagnostic("handed-out", a, g, name, message.New("handed-out", "func", wording.Func(fn), "variable", name, "lock", g.lock.Text,
			"other", wording.Func(kept[i].Instr.Parent()), "place", wording.Place(c.pass.Fset, kept[i].Instr.Pos())))
		d.Tier = config.Strict
		d.Operations = []token.Pos{kept[i].Instr.Pos()}
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleWrite, Pos: kept[i].Instr.Pos(), Message: message.New("written-here", "lock", g.lock.Text)})
		c.report.Report(d)
	}
}

// returned returns the statement that returns the value of the variable as it
// is, nil if there is none.
func returned(a guard.Access) ssa.Instruction {
	v, ok := a.Instr.(ssa.Value)
	if !ok {
		return nil
	}
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL { // of a package-level variable
		return returnOf(load)
	}
	for _, ref := range *v.Referrers() {
		if load, ok := ref.(*ssa.UnOp); ok && load.Op == token.MUL {
			if ret := returnOf(load); ret != nil {
				return ret
			}
		}
	}
	return nil
}

// returnOf returns a statement that returns v. In a function with defer
// statements, results go through a variable.
func returnOf(v ssa.Value) ssa.Instruction {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Return:
			return ref
		case *ssa.Store:
			result, ok := ref.Addr.(*ssa.Alloc)
			if !ok || ref.Val != v {
				continue
			}
			for _, r := range *result.Referrers() {
				if load, ok := r.(*ssa.UnOp); ok {
					for _, r := range *load.Referrers() {
						if ret, ok := r.(*ssa.Return); ok && ret.Pos().IsValid() {
							return ret
						}
					}
				}
			}
		}
	}
	return nil
}

// checkUnguarded reports fields of types that have a mutex which is not the
// guard of the field, nor is anything else: they are written without any lock and
// accessed from elsewhere too.
func (c *checker) checkUnguarded(guarded map[*types.Var]bool) {
	locks := c.typesWithLock()
	unguarded := c.judge.Accesses(func(v *types.Var) bool {
		return locks[v] != nil && !guarded[v] && !guardsItself(v.Type()) && c.contracts.FieldGuard(v) == nil
	})
	for v, all := range guard.ByVariable(unguarded) {
		c.checkField(v, locks[v], all)
	}
}

// checkField reports one write of a field of a type with a lock.
func (c *checker) checkField(v *types.Var, owner *owner, all []guard.Access) {
	l, ok := contract.LockOf(owner.lock)
	if !ok {
		return
	}
	verdict := c.judge.Variable(v, l, all)
	if verdict == nil {
		return
	}
	used := slices.DeleteFunc(slices.Clone(all), func(a guard.Access) bool {
		return a.Use == guard.NoUse || c.judge.InTest(a.Instr.Parent())
	})
	for _, w := range verdict.Wrong {
		if w.Use != guard.Writes || onlyLeads(w.Instr) || len(c.judge.HeldOn(w)) > 0 {
			continue
		}
		other, sure, ok := c.opponent(w, used)
		if !ok || !sure {
			continue
		}
		name := c.judge.Text(w.Access)
		d := c.diagnostic("unguarded", w.Access, inferred{v: v, lock: l}, name, message.New("unguarded", "func", wording.Func(w.Instr.Parent()), "variable", name,
			"type", owner.name.Name(), "lock", l.Text, "other", wording.Func(other.Instr.Parent()), "place", wording.Place(c.pass.Fset, other.Instr.Pos())))
		d.Tier, d.Confidence = config.Strict, diagnostic.Low
		d.Operations = []token.Pos{other.Instr.Pos()}
		c.report.Report(d)
		return
	}
}

// An owner is a type of the package and its first lock.
type owner struct {
	name *types.TypeName
	lock *types.Var
}

// typesWithLock returns the types that have a lock, by their fields.
func (c *checker) typesWithLock() map[*types.Var]*owner {
	all := make(map[*types.Var]*owner)
	scope := c.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		st, ok := tn.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range st.Fields() {
			if l, ok := contract.LockOf(f.Origin()); ok && l.Var == f.Origin() {
				for g := range st.Fields() {
					all[g.Origin()] = &owner{tn, f.Origin()}
				}
				break
			}
		}
	}
	return all
}

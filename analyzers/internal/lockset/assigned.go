package lockset

import (
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// This file finds the variables of a function that function literals change when
// they are called, or passed to what may call them, as the body of a range over
// a function is. What was known of such a variable is not known any longer.

// changes adds to a, the action of a call or nil, the variables that it changes.
func (e *engine) changes(a *action, call *ssa.Call) *action {
	var vars []access.Path
	for _, v := range append([]ssa.Value{call.Call.Value}, call.Call.Args...) {
		mc, ok := e.paths.Origin(v).(*ssa.MakeClosure)
		if !ok {
			continue
		}
		assigned := e.assigned(mc.Fn.(*ssa.Function))
		for i, b := range mc.Bindings {
			if assigned[i] {
				vars = append(vars, e.paths.Select(e.paths.Of(b), access.Selector{Kind: access.Deref}))
			}
		}
	}
	if len(vars) == 0 {
		return a
	}
	if a == nil {
		a = &action{kind: actChange, instr: call}
	}
	a.changes = vars
	return a
}

// assigned tells which of fn's free variables are assigned, wholly or in part,
// in fn or in a function literal in it.
func (e *engine) assigned(fn *ssa.Function) []bool {
	if known, ok := e.assigns[fn]; ok {
		return known
	}
	vars := make([]bool, len(fn.FreeVars))
	e.assigns[fn] = vars
	mark := func(v ssa.Value) {
		for i, fv := range fn.FreeVars {
			if v == fv {
				vars[i] = true
			}
		}
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				mark(variable(instr.Addr))
			case *ssa.MakeClosure:
				for i, inner := range e.assigned(instr.Fn.(*ssa.Function)) {
					if inner {
						mark(instr.Bindings[i])
					}
				}
			}
		}
	}
	return vars
}

// variable is the address of the variable that an address lies in.
func variable(addr ssa.Value) ssa.Value {
	for {
		switch v := addr.(type) {
		case *ssa.FieldAddr:
			addr = v.X
		default:
			return addr
		}
	}
}

// forgetChanged forgets what was known of the variables that a call changes.
func (e *engine) forgetChanged(a *action, s state) state {
	for _, loc := range a.changes {
		s = e.exprs.forget(s, func(p access.Path) bool { return p.HasPrefix(loc) })
	}
	return s
}

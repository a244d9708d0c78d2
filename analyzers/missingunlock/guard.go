package missingunlock

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// This file knows objects that a lock is handed over to: they keep a pointer to
// it, and a method of theirs, such as Close, releases it.

// dropGuarded drops the returns before which the lock was handed to a guard.
func (c *checker) dropGuarded(h *suspect) {
	given := c.given(h.fn, func(v ssa.Value) bool { return c.locks.Paths.Of(v) == h.lock.Path }, h.lock.Mode, 0)
	if len(given) == 0 {
		return
	}
	var left []lockset.Exit
	for _, x := range h.returns {
		guarded := false
		for _, at := range given {
			guarded = guarded || dominates(at, x.Instr)
		}
		if !guarded {
			left = append(left, x)
		}
	}
	h.returns = left
}

// maxGiven bounds the calls on the way to a guard.
const maxGiven = 3

// given lists the instructions of fn that make a guard keep the lock to which
// isLock says that a value points, or call a function of the package for it.
func (c *checker) given(fn *ssa.Function, isLock func(ssa.Value) bool, mode lockset.Mode, depth int) []ssa.Instruction {
	if depth > maxGiven {
		return nil
	}
	var at []ssa.Instruction
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if field, ok := instr.Addr.(*ssa.FieldAddr); ok && isLock(plain(instr.Val)) && c.releasedBehind(access.FieldVar(field.X.Type(), field.Field), mode) {
					at = append(at, instr)
				}
			case *ssa.Call:
				if c.givesTo(&instr.Call, isLock, mode, depth) {
					at = append(at, instr)
				}
			}
		}
	}
	return at
}

// givesTo reports whether a call passes the lock to a function of the package
// that makes a guard keep it.
func (c *checker) givesTo(call *ssa.CallCommon, isLock func(ssa.Value) bool, mode lockset.Mode, depth int) bool {
	callee := call.StaticCallee()
	if callee == nil || c.locks.Callee(call) != callee {
		return false
	}
	for i, arg := range call.Args {
		if !isLock(plain(arg)) {
			continue
		}
		param := callee.Params[i]
		isParam := func(v ssa.Value) bool { return c.locks.Paths.Origin(v) == param }
		if len(c.given(callee, isParam, mode, depth+1)) > 0 {
			return true
		}
	}
	return false
}

// releasedBehind reports whether locks to which the field points are released by
// functions that did not acquire them, or may be by other packages.
func (c *checker) releasedBehind(field *types.Var, mode lockset.Mode) bool {
	return c.exported[field] || c.anyUnmatched[slot{access.Place{Var: field}, mode}]
}

// plain is v without the interface that it was put into.
func plain(v ssa.Value) ssa.Value {
	if m, ok := v.(*ssa.MakeInterface); ok {
		return m.X
	}
	return v
}

package lockcontract

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// checkCalls reports calls of functions without the locks that they want, or
// with locks that they do not want.
func (c *checker) checkCalls() {
	for _, fn := range c.funcs {
		obj, _ := fn.Object().(*types.Func)
		f := c.contracts.Func(obj)
		if f == nil {
			continue
		}
		for _, cond := range append(f.Requires[:len(f.Requires):len(f.Requires)], f.Releases...) {
			c.checkRequired(fn, cond)
		}
		for _, cond := range f.Excludes {
			c.checkExcluded(fn, cond)
		}
	}
}

// checkRequired reports the calls of fn without a lock that it wants. What the
// name of fn says counts only if another caller takes it that way.
func (c *checker) checkRequired(fn *ssa.Function, cond contract.Condition) {
	var heldAt ssa.Instruction
	var wrong []guard.Violation
	held := 0
	for _, s := range c.judge.Sites(fn) {
		if !s.Spawns && c.judge.Holds(s.Instr, cond.Lock) {
			held++
			if heldAt == nil && !c.judge.NoneHeld(s.Instr, cond.Lock) {
				heldAt = s.Instr
			}
			continue
		}
		if c.judge.Excused(s.Instr) {
			continue
		}
		obj, ok := c.objectOf(fn, cond, s)
		if !ok {
			continue
		}
		if w, ok := c.judge.UnheldCall(s, cond.Lock, obj); ok {
			wrong = append(wrong, guard.Violation{Access: guard.Access{Instr: s.Instr, Object: obj}, Way: w})
		}
	}
	for _, w := range wrong {
		tier := config.Default
		if cond.Style == contract.Name && heldAt == nil || held < len(wrong) && cond.Style != contract.Annotation || c.judge.HandsOver(w.Access) {
			tier = config.Strict
		}
		c.reportCall(fn, cond, w, heldAt, tier)
	}
}

// objectOf returns what the lock of a condition belongs to at a call.
func (c *checker) objectOf(fn *ssa.Function, cond contract.Condition, s guard.Site) (_ access.Path, ok bool) {
	if cond.Param < 0 || cond.Param >= len(fn.Params) {
		return access.Path{}, true
	}
	return c.judge.Rebase(c.paths.Of(fn.Params[cond.Param]), fn, s)
}

// checkExcluded reports the calls of fn with a lock held that it does not
// want: the same one by the same path.
func (c *checker) checkExcluded(fn *ssa.Function, cond contract.Condition) {
	p, ok := c.contracts.PathIn(fn, cond)
	if !ok || cond.Shared {
		return
	}
	for _, s := range c.judge.Sites(fn) {
		if _, isCall := s.Instr.(*ssa.Call); !isCall || s.Spawns || c.judge.Excused(s.Instr) {
			continue
		}
		at, ok := c.paths.Rebase(p, fn, s.Call)
		if !ok || !at.Exact() {
			continue
		}
		for _, h := range c.locks.HeldBefore(s.Instr) {
			if h.Path == at && h.Must && (h.Mode == lockset.Write || !cond.Read) {
				c.reportExcluded(fn, cond, s, h)
				break
			}
		}
	}
}

// checkBodies reports functions that are annotated to acquire or to release a
// lock and never do.
func (c *checker) checkBodies() {
	for _, fn := range c.funcs {
		obj, _ := fn.Object().(*types.Func)
		f := c.contracts.Func(obj)
		if f == nil || f.Ignore || len(fn.Blocks) == 0 {
			continue
		}
		for _, cond := range f.Acquires {
			c.checkBody(fn, cond, true)
		}
		for _, cond := range f.Releases {
			c.checkBody(fn, cond, false)
		}
	}
}

func (c *checker) checkBody(fn *ssa.Function, cond contract.Condition, acquires bool) {
	for _, ef := range c.locks.Effects(fn) {
		if guard.CouldBe(ef.Path, cond.Lock) {
			if ef.Acquires == acquires {
				return
			}
		}
	}
	if flow := c.locks.Flow(fn); flow != nil && (flow.Incomplete || len(flow.Escaped()) > 0) || !c.closed(fn) {
		return
	}
	c.reportBody(fn, cond, acquires)
}

// closed reports whether fn calls only functions whose effects on locks are
// known.
func (c *checker) closed(fn *ssa.Function) bool {
	returns := false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if _, ok := instr.(*ssa.Return); ok {
				returns = true
			}
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			common := call.Common()
			if _, ok := common.Value.(*ssa.Builtin); ok || c.locks.Callee(common) != nil {
				continue
			}
			if callee := common.StaticCallee(); callee != nil && callee.Pkg != nil {
				continue // of another package
			}
			return false
		}
	}
	return returns
}

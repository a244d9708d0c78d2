package lockset

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// edge takes s along the k-th edge out of b; ok is false if the branch cannot
// be taken in s. all are the states at the end of b.
func (e *engine) edge(s state, all []state, b *ssa.BasicBlock, k int, rec *recorder) (_ state, ok bool) {
	succ := b.Succs[k]
	if br, isIf := b.Instrs[len(b.Instrs)-1].(*ssa.If); isIf && b.Succs[0] != b.Succs[1] {
		if k == 1 && e.exhausted(b) {
			return s, false
		}
		lit := e.exprs.literal(br.Cond)
		want := (k == 0) != lit.neg
		if val, known := e.exprs.known(s, lit.cond); known {
			if val != want && e.decisive(lit.cond, val, all) {
				return s, false
			}
		} else {
			s = s.learn(fact{cond: lit.cond, val: want})
		}
	}
	before := s
	if succ.Dominates(b) {
		s = e.iterate(s, succ)
	}
	s = e.phis(s, before, b, succ)
	if succ.Dominates(b) {
		e.recordIteration(rec, b, succ, before, s)
	}
	return s, true
}

// decisive reports whether a branch may be left out because of what is known.
// What memory that others can change holds is only a guess: between the two
// looks it may have changed (that is why code looks twice). The guess serves
// to keep apart paths on which the condition was seen to differ.
func (e *engine) decisive(cond exprID, val bool, all []state) bool {
	if !e.exprs.list[cond].unstable {
		return true
	}
	for _, s := range all {
		if v, ok := e.exprs.known(s, cond); ok && v != val {
			return true
		}
	}
	return false
}

// iterate prepares s for the next iteration of the loop with the given head:
// values of the iteration that ends are no longer what their names say.
func (e *engine) iterate(s state, head *ssa.BasicBlock) state {
	old := func(p access.Path) bool { return ofIteration(p, head) }
	facts := slices.DeleteFunc(slices.Clone(s.facts), func(f fact) bool {
		return e.exprs.mentions(f.cond, old) || e.calledIn(f.cond, head)
	})
	s.facts = facts
	s = s.unfree(old)
	for _, lv := range s.levels {
		if old(lv.Path) {
			lv.n, lv.maybe = 0, false
			s = s.with(lv)
		}
	}
	return s
}

// ofIteration reports whether p starts from a value that each iteration of
// the loop computes anew.
func ofIteration(p access.Path, head *ssa.BasicBlock) bool {
	r := p.Root()
	if r.Kind != access.OtherValue && r.Kind != access.Local {
		return false
	}
	instr, ok := r.Value.(ssa.Instruction)
	return ok && instr.Block() != nil && instr.Parent() == head.Parent() && head.Dominates(instr.Block())
}

// calledIn reports whether cond depends on a call that the loop makes anew.
func (e *engine) calledIn(cond exprID, head *ssa.BasicBlock) bool {
	if cond == 0 {
		return false
	}
	x := &e.exprs.list[cond]
	for _, call := range x.calls {
		if call.Parent() == head.Parent() && head.Dominates(call.Block()) {
			return true
		}
	}
	return (x.kind == exprBin || x.kind == exprCall) && (e.calledIn(x.a, head) || e.calledIn(x.b, head))
}

// phis gives the phis of succ the values they have behind the edge from b. A
// lock of an ended iteration that a phi carries on goes by the phi's name.
func (e *engine) phis(s, before state, b, succ *ssa.BasicBlock) state {
	var pred int
	for i, p := range succ.Preds {
		if p == b {
			pred = i
		}
	}
	for _, instr := range succ.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		v := phi.Edges[pred]
		name := e.paths.Of(phi)
		if succ.Dominates(b) {
			s = e.carry(s, before, e.paths.Of(v), name, succ)
		}
		isTrue, isNil, kind := e.valueFacts(before, v)
		s = e.exprs.forget(s, func(p access.Path) bool { return p.HasPrefix(name) })
		switch kind {
		case factBool:
			s = s.learn(fact{cond: e.exprs.of(phi), val: isTrue})
		case factNil:
			s = s.learn(fact{cond: e.exprs.isNil(phi), val: isNil})
		case factConst:
			s = s.learn(fact{cond: e.exprs.bin(token.EQL, e.exprs.of(phi), e.exprs.of(v)), val: true})
		}
	}
	return s
}

func (e *engine) carry(s, before state, from, to access.Path, head *ssa.BasicBlock) state {
	if from == to {
		return s
	}
	for _, lv := range before.levels {
		if !ofIteration(lv.Path, head) {
			continue
		}
		if p, ok := e.paths.Replace(lv.Path, from, to); ok {
			lv.Path = p
			s = s.with(lv)
		}
	}
	return s
}

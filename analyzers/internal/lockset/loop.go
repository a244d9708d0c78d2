package lockset

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// InnermostLoop returns the head of the innermost loop around b, or nil.
func InnermostLoop(b *ssa.BasicBlock) *ssa.BasicBlock {
	for head := b; head != nil; head = head.Idom() {
		if InLoop(b, head) {
			return head
		}
	}
	return nil
}

// InLoop reports whether b is in the loop with the given head: whether b
// reaches an edge back to head without leaving through head. Nothing is in the
// loop of a nil head, which is what a block outside of loops has.
func InLoop(b, head *ssa.BasicBlock) bool {
	if head == nil {
		return false
	}
	seen := map[*ssa.BasicBlock]bool{}
	work := []*ssa.BasicBlock{b}
	for len(work) > 0 {
		x := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[x] || !head.Dominates(x) {
			continue
		}
		seen[x] = true
		for _, succ := range x.Succs {
			if succ == head {
				return true
			}
			work = append(work, succ)
		}
	}
	return false
}

// CameRound reports whether the path from site to again goes through the next
// iteration of a loop.
func CameRound(again, site ssa.Instruction) bool {
	if again == site {
		return true
	}
	return again.Block() != site.Block() && again.Block().Dominates(site.Block()) && InLoop(site.Block(), InnermostLoop(again.Block()))
}

// Reassigned reports whether fn assigns to a variable that p goes through, so
// that p may name one lock before and another behind.
func (r *Result) Reassigned(fn *ssa.Function, p access.Path) bool {
	var through []access.Path
	for q, ok := p, true; ok; q, ok = q.Parent() {
		if q.Last().Kind == access.Deref {
			addr, _ := q.Parent()
			through = append(through, addr)
		}
	}
	if through == nil {
		return false
	}
	assigned := func(a access.Path) bool {
		return slices.ContainsFunc(through, func(t access.Path) bool { return a == t || a.Last().Kind == access.Field && a.Last() == t.Last() })
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if st, ok := instr.(*ssa.Store); ok && assigned(r.Paths.Of(st.Addr)) {
				return true
			}
		}
	}
	return false
}

package lockset

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// MeantUnlock reports whether the acquisition that r is of stands where the
// release is due, so that Lock is a slip for Unlock: it is deferred, or it is
// the last thing that the function does to the lock, with something to protect
// since the first, and nothing releases it after or, out of sight, in between. Other acquisitions of a held
// lock are not of this kind.
func (res *Result) MeantUnlock(f *Flow, r Relock) bool {
	if res.Doubtful(r.Instr.Parent(), r.Path, r.Sites) {
		return false // released meanwhile: Lock waits for that
	}
	if res.Through(r.Instr) != nil || !slices.ContainsFunc(r.Sites, func(site ssa.Instruction) bool { return site != r.Instr && res.Through(site) == nil }) {
		return false
	}
	if slices.Contains(r.Sites, r.Instr) || slices.ContainsFunc(r.Sites, func(site ssa.Instruction) bool { return nothingBetween(site, r.Instr) }) {
		return false // of the iteration before; twice in a row
	}
	ofLock := func(instr ssa.Instruction) bool {
		call, ok := instr.(ssa.CallInstruction)
		if !ok || instr == r.Instr {
			return false
		}
		op, ok := syncapi.Classify(call.Common(), res.paths)
		return ok && op.On != nil && op.Path(res.paths) == r.Path
	}
	for _, rel := range slices.Concat(f.Releases, f.Unmatched) {
		if rel.Lock != r.Lock {
			continue
		}
		if _, deferred := rel.Instr.(*ssa.Defer); deferred || control.Reaches(r.Instr, rel.Instr) {
			return false
		}
	}
	for _, b := range r.Instr.Parent().Blocks {
		for _, instr := range b.Instrs {
			if ofLock(instr) && control.Reaches(r.Instr, instr) {
				return false
			}
		}
	}
	return true
}

// nothingBetween reports whether a and then b are in one block, with no more
// between them than b's operands need.
func nothingBetween(a, b ssa.Instruction) bool {
	if _, deferred := b.(*ssa.Defer); deferred || a.Block() != b.Block() {
		return false
	}
	instrs := b.Block().Instrs
	from, to := slices.Index(instrs, a)+1, slices.Index(instrs, b)
	if from > to { // a is of the iteration before
		return false
	}
	return !slices.ContainsFunc(instrs[from:to], func(instr ssa.Instruction) bool {
		switch instr := instr.(type) {
		case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.DebugRef:
		case *ssa.UnOp:
			return instr.Op == token.ARROW
		default:
			return true
		}
		return false
	})
}

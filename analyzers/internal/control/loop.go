package control

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Loop lists the blocks that are in a loop with b, itself included, in the order of
// the function; nil if it is in none.
func Loop(b *ssa.BasicBlock) []*ssa.BasicBlock {
	behind := spread(b, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs })
	if !behind[b.Index] {
		return nil
	}
	before := spread(b, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds })
	return slices.DeleteFunc(slices.Clone(b.Parent().Blocks), func(b *ssa.BasicBlock) bool { return !behind[b.Index] || !before[b.Index] })
}

// spread tells which blocks are reached from the edges of from by the given edges.
func spread(from *ssa.BasicBlock, edges func(*ssa.BasicBlock) []*ssa.BasicBlock) []bool {
	seen := make([]bool, len(from.Parent().Blocks))
	work := slices.Clone(edges(from))
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !seen[b.Index] {
			seen[b.Index] = true
			work = append(work, edges(b)...)
		}
	}
	return seen
}

package control

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A Loop is all the blocks that control can go round between.
type Loop struct {
	Blocks []*ssa.BasicBlock // in the order of the function
	Exits  int               // the number of edges that lead out of the loop
}

// Has reports whether b is a block of the loop.
func (l *Loop) Has(b *ssa.BasicBlock) bool {
	i, ok := slices.BinarySearchFunc(l.Blocks, b.Index, func(b *ssa.BasicBlock, index int) int { return cmp.Compare(b.Index, index) })
	return ok && l.Blocks[i] == b
}

// Loops returns the loop that each block of fn is in, by the block's index, nil for
// a block that is in none. A loop within another is part of that one.
func Loops(fn *ssa.Function) []*Loop {
	// By Kosaraju's algorithm: a block that control leaves last is reached, against
	// the edges, by those only that it reaches itself.
	order := make([]*ssa.BasicBlock, 0, len(fn.Blocks))
	seen := make([]bool, len(fn.Blocks))
	for _, b := range fn.Blocks {
		depthFirst(b, seen, succs, func(b *ssa.BasicBlock) { order = append(order, b) })
	}
	clear(seen)
	loops := make([]*Loop, len(fn.Blocks))
	for _, b := range slices.Backward(order) {
		l := new(Loop)
		depthFirst(b, seen, preds, func(b *ssa.BasicBlock) { l.Blocks = append(l.Blocks, b) })
		if len(l.Blocks) == 0 || len(l.Blocks) == 1 && !slices.Contains(b.Succs, b) {
			continue
		}
		slices.SortFunc(l.Blocks, func(a, b *ssa.BasicBlock) int { return cmp.Compare(a.Index, b.Index) })
		for _, b := range l.Blocks {
			loops[b.Index] = l
		}
		for _, b := range l.Blocks {
			for _, s := range b.Succs {
				if loops[s.Index] != l {
					l.Exits++
				}
			}
		}
	}
	return loops
}

func succs(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs }
func preds(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds }

// depthFirst visits the blocks that are reached from b, itself included, by the given
// edges and that have not been seen: each behind those that are first reached from it.
func depthFirst(b *ssa.BasicBlock, seen []bool, edges func(*ssa.BasicBlock) []*ssa.BasicBlock, visit func(*ssa.BasicBlock)) {
	if seen[b.Index] {
		return
	}
	seen[b.Index] = true
	for _, next := range edges(b) {
		depthFirst(next, seen, edges, visit)
	}
	visit(b)
}

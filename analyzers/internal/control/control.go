// Package control tells how control can go through the blocks of a function.
package control

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Reaches reports whether control can go from behind a to b, both of one
// function. An instruction reaches itself if it is in a loop.
func Reaches(a, b ssa.Instruction) bool {
	if instrs := a.Block().Instrs; a.Block() == b.Block() && slices.Index(instrs, a) < slices.Index(instrs, b) {
		return true
	}
	return Behind(a.Block(), b.Block(), nil)
}

// ReachesAny reports whether control can go from behind a to one of bs, all of one
// function.
func ReachesAny(a ssa.Instruction, bs []ssa.Instruction) bool {
	at := slices.Index(a.Block().Instrs, a)
	ends := make(map[*ssa.BasicBlock]bool)
	for _, b := range bs {
		if b.Block() == a.Block() && slices.Index(b.Block().Instrs, b) > at {
			return true
		}
		ends[b.Block()] = true
	}
	return reaches(a.Block(), func(b *ssa.BasicBlock) bool { return ends[b] }, nil)
}

// Behind reports whether control can go from the end of from to the beginning
// of to without going through avoid, which may be nil. That from or to is the
// block to avoid does not matter.
func Behind(from, to, avoid *ssa.BasicBlock) bool {
	return reaches(from, func(b *ssa.BasicBlock) bool { return b == to }, avoid)
}

func reaches(from *ssa.BasicBlock, to func(*ssa.BasicBlock) bool, avoid *ssa.BasicBlock) bool {
	seen := make([]bool, len(from.Parent().Blocks))
	work := slices.Clone(from.Succs)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if to(b) {
			return true
		}
		if b != avoid && !seen[b.Index] {
			seen[b.Index] = true
			work = append(work, b.Succs...)
		}
	}
	return false
}

// From is Behind from the beginning of from: a block leads to itself, and the
// one to avoid to no other.
func From(from, to, avoid *ssa.BasicBlock) bool {
	return from == to || from != avoid && Behind(from, to, avoid)
}

// Dominates reports whether every way to b goes through a, another instruction
// of the function.
func Dominates(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		instrs := a.Block().Instrs
		return slices.Index(instrs, a) < slices.Index(instrs, b)
	}
	return a.Block().Dominates(b.Block())
}

// Conditions counts the instructions that a call of their function can return
// without.
func Conditions(chain []ssa.Instruction) int {
	n := 0
	for _, instr := range chain {
		if slices.ContainsFunc(instr.Parent().Blocks, func(b *ssa.BasicBlock) bool {
			return endsInReturn(b) && !instr.Block().Dominates(b)
		}) {
			n++
		}
	}
	return n
}

func endsInReturn(b *ssa.BasicBlock) bool {
	_, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
	return ok && b != b.Parent().Recover
}

// Chosen lists the blocks that branch, to their first successor, if the i-th case of a
// select was chosen.
func Chosen(sel *ssa.Select, i int) []*ssa.BasicBlock {
	var list []*ssa.BasicBlock
	for _, ref := range *sel.Referrers() {
		index, ok := ref.(*ssa.Extract)
		if !ok || index.Index != 0 {
			continue
		}
		for _, r := range *index.Referrers() {
			cmp, ok := r.(*ssa.BinOp)
			if !ok || cmp.Op != token.EQL {
				continue
			}
			if k, ok := cmp.Y.(*ssa.Const); !ok || k.Int64() != int64(i) {
				continue
			}
			for _, u := range *cmp.Referrers() {
				if br, ok := u.(*ssa.If); ok {
					list = append(list, br.Block())
				}
			}
		}
	}
	return list
}

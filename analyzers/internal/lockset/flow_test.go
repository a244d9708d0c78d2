package lockset

import (
	"slices"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// Blocks come from the end of the order, each once for every time that it was
// added since, also if one that is further to the end is added meanwhile.
func TestWorklist(t *testing.T) {
	blocks := make([]*ssa.BasicBlock, 5)
	for i := range blocks {
		blocks[i] = &ssa.BasicBlock{Index: i}
	}
	// Block 3 cannot be reached.
	order := []*ssa.BasicBlock{blocks[4], blocks[2], blocks[1], blocks[0]}
	w := newWorklist(&ssa.Function{Blocks: blocks}, order)
	var got []int
	next := func() {
		if b := w.next(); b != nil {
			got = append(got, b.Index)
		} else {
			got = append(got, -1)
		}
	}
	w.add(blocks[2])
	w.add(blocks[0])
	w.add(blocks[2])
	next()
	next()
	w.add(blocks[4])
	w.add(blocks[1])
	next()
	next()
	next()
	w.add(blocks[2])
	next()
	if want := []int{0, 2, 1, 4, -1, 2}; !slices.Equal(got, want) {
		t.Errorf("blocks %d, want %d", got, want)
	}
}

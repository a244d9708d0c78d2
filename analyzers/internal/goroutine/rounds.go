package goroutine

import "golang.org/x/tools/go/ssa"

// OwnRound reports whether addr, in f, lies in the element of the round in a
// loop over all elements of a slice or array, of which every round starts the
// goroutine t or one that it descends from. What t does to one element at an
// unknown index then most often concerns the element of its own round, not all.
func (x *Exploration) OwnRound(f *Frame, addr ssa.Value, t *Thread) bool {
	for range maxSteps {
		switch v := addr.(type) {
		case *ssa.FieldAddr:
			addr = v.X
		case *ssa.IndexAddr:
			if wholeRange(v.Index, v.X) {
				header := v.Index.(ssa.Instruction).Block()
				return startedIn(f, header, t)
			}
			addr = v.X
		case *ssa.Parameter:
			if v.Parent() != f.Fn || f.Caller == nil || f == f.Thread.Entry {
				return false
			}
			addr, f = f.argument(v), f.Caller
		default:
			return false
		}
	}
	return false
}

// startedIn reports whether t, or a goroutine that it descends from, starts in
// the loop of f with the given header.
func startedIn(f *Frame, header *ssa.BasicBlock, t *Thread) bool {
	for ; t != nil && t.Parent != nil; t = t.Parent {
		site := t.Spawn
		for g := t.SpawnFrame; g != nil; site, g = g.Site, g.Caller {
			if g == f {
				return inLoop(site.Block(), header)
			}
		}
	}
	return false
}

func inLoop(b, header *ssa.BasicBlock) bool {
	for _, l := range loopsOf(b.Parent()) {
		if l.header == header && l.blocks[b] {
			return true
		}
	}
	return false
}

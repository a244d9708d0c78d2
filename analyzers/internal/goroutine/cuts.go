package goroutine

import (
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file says where control passes the counterparts of a wait: at a point or, for a
// case of a select, on the edge into its body.

// An edge leads from one point to the next.
type edge struct{ from, to PointID }

// cuts are the counterparts of a wait in one goroutine: points, and for a select the
// edges into the bodies of the cases.
type cuts struct {
	points map[PointID]bool
	edges  map[edge]bool
}

// list returns the points behind which control meets a cut.
func (c cuts) list() []PointID {
	list := slices.Collect(maps.Keys(c.points))
	for e := range c.edges {
		list = append(list, e.from)
	}
	return list
}

// cutsAt returns the cuts of the counterparts of w at the points given.
func (x *Exploration) cutsAt(ends []PointID, w *Wait) cuts {
	c := cuts{make(map[PointID]bool), make(map[edge]bool)}
	for _, e := range ends {
		sel, ok := x.points[e].Instr.(*ssa.Select)
		if !ok {
			c.points[e] = true
			continue
		}
		for i, st := range sel.States {
			if x.meets(x.points[e].Frame, st, w) {
				for _, b := range control.Chosen(sel, i) {
					c.edges[x.branchEdge(x.points[e].Frame, b, 0)] = true
				}
			}
		}
	}
	return c
}

// meets reports whether a case of a select is a counterpart of w.
func (x *Exploration) meets(f *Frame, st *ssa.SelectState, w *Wait) bool {
	for _, c := range w.Cases {
		if c.Send != (st.Dir == types.RecvOnly) {
			continue
		}
		for _, t := range x.value(f, st.Chan, "").list {
			if slices.ContainsFunc(c.targets, func(o Target) bool { return o.Obj == t.Obj }) {
				return true
			}
		}
	}
	return false
}

// branchEdge is the edge by which control leaves a block to a successor.
func (x *Exploration) branchEdge(f *Frame, b *ssa.BasicBlock, succ int) edge {
	to := x.starts[f][landing(b, b.Succs[succ]).Index]
	for _, p := range x.preds[to] {
		if x.endsBlock(p, f, b) {
			return edge{p, to}
		}
	}
	return edge{noPoint, to}
}

// endsBlock reports whether p is a point of a block, as a predecessor of the start of
// another one the last.
func (x *Exploration) endsBlock(p PointID, f *Frame, b *ssa.BasicBlock) bool {
	if x.points[p].Frame != f {
		return false
	}
	if p == x.starts[f][b.Index] {
		return true
	}
	if instr := x.points[p].Instr; instr != nil {
		return instr.Block() == b
	}
	for i := len(b.Instrs) - 1; i >= 0; i-- {
		if at, ok := x.at[Point{f, b.Instrs[i]}]; ok {
			return x.after[at] == p
		}
	}
	return false
}

// branchAt returns the branch that decides that control takes an edge; nil if no
// branch does.
func (x *Exploration) branchAt(e edge) (br *ssa.If, succ int) {
	f := x.points[e.to].Frame
	if f == nil || x.points[e.from].Frame != f {
		return nil, 0
	}
	blocks := x.blocksOf(f)
	b, to := blocks[e.from], blocks[e.to]
	if instr := x.points[e.from].Instr; instr != nil {
		b = instr.Block()
	}
	if b == nil || to == nil || x.starts[f][to.Index] != e.to {
		return nil, 0
	}
	br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return nil, 0
	}
	for k, s := range b.Succs {
		if landing(b, s) == to {
			return br, k
		}
	}
	return nil, 0
}

// blocksOf maps the points of an activation that start a block, or follow its last operation, to
// the block.
func (x *Exploration) blocksOf(f *Frame) map[PointID]*ssa.BasicBlock {
	if m, ok := x.blockOf[f]; ok {
		return m
	}
	m := make(map[PointID]*ssa.BasicBlock)
	for _, b := range f.Fn.Blocks {
		m[x.starts[f][b.Index]] = b
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			if at, ok := x.at[Point{f, b.Instrs[i]}]; ok {
				if after, ok := x.after[at]; ok {
					m[after] = b
				}
				break
			}
		}
	}
	x.cost += len(f.Fn.Blocks)
	x.blockOf[f] = m
	return m
}

// selected returns the select and the case of it that a comparison is about.
func selected(c *ssa.BinOp) (sel *ssa.Select, i int, ok bool) {
	x, isExtract := c.X.(*ssa.Extract)
	if !isExtract || x.Index != 0 || c.Op != token.EQL {
		return nil, 0, false
	}
	k, isConst := c.Y.(*ssa.Const)
	if sel, ok = x.Tuple.(*ssa.Select); !ok || !isConst {
		return nil, 0, false
	}
	n, _ := constant.Int64Val(k.Value)
	return sel, int(n), true
}

package goroutine

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file tells whether goroutines of a kind may have agreed which one of them does something,
// by a sync.Once or by memory that they share.

// elects reports whether perhaps only one of the goroutines that could come to a wait does.
func (x *Exploration) elects(w *Wait) bool {
	f, instr := w.Frame, w.Instr
	for {
		for b := instr.Block(); b.Idom() != nil; b = b.Idom() {
			br, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
			if ok && len(b.Preds) == 1 && x.agreed(br.Cond, 0) {
				return true
			}
		}
		if f == f.Thread.Entry || f.Caller == nil {
			return false
		}
		if call, ok := f.Site.(ssa.CallInstruction); ok && x.isKind(call, syncapi.OnceDo) {
			return true
		}
		f, instr = f.Caller, f.Site
	}
}

// maxAgreed bounds the expression of a condition that is looked at.
const maxAgreed = 6

// agreed reports whether a condition may come from memory that goroutines share. Whether there is
// an error does not: each of them has its own.
func (x *Exploration) agreed(cond ssa.Value, depth int) bool {
	if depth > maxAgreed || access.IsError(cond.Type()) {
		return false
	}
	any := func(vals []ssa.Value, more int) bool {
		return slices.ContainsFunc(vals, func(v ssa.Value) bool { return x.agreed(v, depth+more) })
	}
	switch c := cond.(type) {
	case *ssa.UnOp:
		_, local := c.X.(*ssa.Alloc)
		return c.Op == token.MUL && !local || c.Op == token.NOT && x.agreed(c.X, depth+1)
	case *ssa.BinOp:
		return any([]ssa.Value{c.X, c.Y}, 1)
	case *ssa.Extract:
		return x.agreed(c.Tuple, depth+1)
	case *ssa.Phi:
		return any(c.Edges, 3)
	case *ssa.Call:
		if _, known := x.pkg.classify(c); known {
			return true
		}
		if fn := c.Call.StaticCallee(); fn != nil && fn.Blocks == nil && fn.Signature.Recv() == nil {
			return any(c.Call.Args, 1)
		}
		_, builtin := c.Call.Value.(*ssa.Builtin)
		return !builtin
	}
	return false
}

package lockset

import (
	"go/constant"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file knows objects that count their references: whoever has brought the
// count to zero, by an atomic operation that tells him so, is the last to have the
// object, and nobody else has its lock or waits for it.

// A counted is where a function has brought a counter of references to zero.
type counted struct {
	block  *ssa.BasicBlock // only reached if it has
	object access.Path     // what the counter is a field of
}

// lastReference reports whether fn, the function around at, comes to at only if an
// atomic counter has gone down to zero that is in the same object as the lock at p.
func (e *engine) lastReference(p access.Path, at ssa.Instruction) bool {
	fn := at.Parent()
	list, ok := e.counted[fn]
	if !ok {
		list = e.findCounted(fn)
		e.counted[fn] = list
	}
	for _, c := range list {
		if c.block.Dominates(at.Block()) && p.HasPrefix(c.object) && !throughPointer(p.Selectors()[c.object.Len():]) {
			return true
		}
	}
	return false
}

func (e *engine) findCounted(fn *ssa.Function) []counted {
	var list []counted
	for _, b := range fn.Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range b.Succs {
			if len(succ.Preds) != 1 {
				continue
			}
			if count, ok := e.countedDown(br.Cond, i == 0); ok {
				if object, ok := count.Parent(); ok {
					list = append(list, counted{succ, object})
				}
			}
		}
	}
	return list
}

func throughPointer(way []access.Selector) bool {
	for _, s := range way {
		if s.Kind != access.Field {
			return true
		}
	}
	return false
}

// countedDown returns the path of the counter of which the condition v, having
// the value holds, says that it was brought to zero just now.
func (e *engine) countedDown(v ssa.Value, holds bool) (counter access.Path, ok bool) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			return e.countedDown(v.X, !holds)
		}
	case *ssa.BinOp:
		if !comesToZero(v, holds) {
			return access.Path{}, false
		}
		call, isCall := e.paths.Origin(v.X).(*ssa.Call)
		if !isCall {
			return access.Path{}, false
		}
		op, known := syncapi.Classify(&call.Call, e.paths)
		if !known || op.Kind != syncapi.AtomicRMW || !strings.HasPrefix(op.Func.Name(), "Add") || !takesAway(op.Args[len(op.Args)-1]) {
			return access.Path{}, false
		}
		if op.On != nil {
			return op.Path(e.paths), true
		}
		return e.paths.Of(op.Args[0]), true
	}
	return access.Path{}, false
}

// comesToZero reports whether the comparison v, if it has the value holds, says that
// a number is zero, or would be if it were not below.
func comesToZero(v *ssa.BinOp, holds bool) bool {
	c, ok := v.Y.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return false
	}
	n, exact := constant.Int64Val(c.Value)
	switch {
	case !exact:
		return false
	case v.Op == token.EQL || v.Op == token.LEQ:
		return holds && n == 0
	case v.Op == token.NEQ || v.Op == token.GTR:
		return !holds && n == 0
	case v.Op == token.LSS:
		return holds && n == 1
	case v.Op == token.GEQ:
		return !holds && n == 1
	}
	return false
}

// takesAway reports whether v, which is added, is a negative constant; of an unsigned
// number that is one beyond half its range.
func takesAway(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return false
	}
	return constant.Sign(c.Value) < 0 || constant.BitLen(c.Value) >= 32
}

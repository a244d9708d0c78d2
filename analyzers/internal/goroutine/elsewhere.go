package goroutine

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// This file judges waits that nothing in the exploration ends.

// elsewhere reports whether nothing in the exploration ends the wait, which its function
// always comes to, though the package has what could: a method that is never called, or a cancel
// function.
func (l *leak) elsewhere() bool {
	for _, c := range l.w.Cases {
		if len(c.targets) > 0 && c.targets[0].Obj.Kind == Unknown {
			continue // a context
		}
		if !l.x.pkg.usesElsewhere(l.x, c) {
			return false
		}
	}
	_, without := l.x.way(l.x.entry[l.w.Frame], l.x.exit[l.w.Frame], pointSet([]PointID{l.w.Point}))
	return !without
}

// usesElsewhere reports whether a function that the exploration does not enter has an operation
// that could end the wait with c, by its type.
func (p *Package) usesElsewhere(x *Exploration, c WaitCase) bool {
	inside := make(map[*ssa.Function]bool)
	for _, f := range x.Frames {
		inside[f.Fn] = true
	}
	elem := p.typeName(elemType(c.On.Type()))
	for _, fn := range p.SSA.Funcs {
		if inside[fn] {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if ch := operated(instr, !c.Send); ch != nil && p.typeName(elemType(ch.Type())) == elem {
					return true
				}
			}
		}
	}
	return false
}

// operated returns the channel that an instruction sends to, or receives from.
func operated(instr ssa.Instruction, send bool) ssa.Value {
	switch v := instr.(type) {
	case *ssa.Send:
		if send {
			return v.Chan
		}
	case *ssa.UnOp:
		if v.Op == token.ARROW && !send {
			return v.X
		}
	case *ssa.Select:
		for _, st := range v.States {
			if (st.Dir == types.SendOnly) == send {
				return st.Chan
			}
		}
	case ssa.CallInstruction:
		if b, ok := v.Common().Value.(*ssa.Builtin); ok && b.Name() == "close" && send {
			return v.Common().Args[0]
		}
	}
	return nil
}

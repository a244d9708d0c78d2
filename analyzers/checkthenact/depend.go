package checkthenact

// How what is written depends on what was read.
//
// A value depends on a read if it is computed from the read's result by
// operators, conversions, selections, phis and the builtin functions that have no
// effect; it is followed through nothing else. In particular not through calls
// (a function may use what it is given for anything), loads (what a pointer
// points to is another variable) and variables in memory. So a dependence that is
// found is one that the reader sees in the function itself; many are missed.
//
// A write depends on a read by way of a branch if the branch's condition depends on
// it in the same sense, and every path to the write takes the same side of that
// branch. Phis that come of && and || are conditions of their own branches and are
// not followed.

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// A dependence says how a value comes from a read.
type dependence uint8

const (
	independent dependence = iota
	copied                 // the value that was read itself, converted or selected
	computed               // it went through an operator or a builtin function
)

// depends returns how v depends on what the instruction read yields. Of what v comes
// from, the nearest values are looked at; see sources.
func (f *function) depends(v ssa.Value, read ssa.Instruction) dependence {
	left := make(map[ssa.Value]bool)
	for _, x := range f.sources(v) {
		left[x] = true
	}
	return dependsOn(v, read, left)
}

// dependsOn is depends by way of the values that are left, from which it takes
// those that it visits.
func dependsOn(v ssa.Value, read ssa.Instruction, left map[ssa.Value]bool) dependence {
	if !left[v] {
		return independent
	}
	delete(left, v)
	if instr, ok := v.(ssa.Instruction); ok && instr == read {
		return copied
	}
	from, how := step(v)
	d := independent
	for _, x := range from {
		d = max(d, dependsOn(x, read, left))
	}
	if d != independent {
		d = max(d, how)
	}
	return d
}

// step returns the values that v depends on, and how it comes from them.
func step(v ssa.Value) (from []ssa.Value, how dependence) {
	switch v := v.(type) {
	case *ssa.BinOp:
		return []ssa.Value{v.X, v.Y}, computed
	case *ssa.UnOp:
		if v.Op != token.MUL && v.Op != token.ARROW {
			return []ssa.Value{v.X}, computed
		}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok {
			switch b.Name() {
			case "len", "cap", "append", "min", "max", "real", "imag", "complex":
				return v.Call.Args, computed
			}
		}
	case *ssa.Phi:
		return v.Edges, copied
	case *ssa.Convert:
		return []ssa.Value{v.X}, copied
	case *ssa.ChangeType:
		return []ssa.Value{v.X}, copied
	case *ssa.MakeInterface:
		return []ssa.Value{v.X}, copied
	case *ssa.ChangeInterface:
		return []ssa.Value{v.X}, copied
	case *ssa.TypeAssert:
		return []ssa.Value{v.X}, copied
	case *ssa.Extract:
		return []ssa.Value{v.Tuple}, copied
	case *ssa.Field:
		return []ssa.Value{v.X}, copied
	case *ssa.Slice:
		return []ssa.Value{v.X}, copied
	}
	return nil, independent
}

// A decision is a branch whose condition depends on a read.
type decision struct {
	branch *ssa.If
	taken  int // the side that leads to the write: 0 if the condition is true
}

// controls returns the branch of which b is one side, and no other path leads to
// b.
func controls(b *ssa.BasicBlock) (decision, bool) {
	if len(b.Preds) != 1 {
		return decision{}, false
	}
	p := b.Preds[0]
	branch, ok := p.Instrs[len(p.Instrs)-1].(*ssa.If)
	if !ok || p.Succs[0] == p.Succs[1] {
		return decision{}, false
	}
	d := decision{branch: branch}
	if p.Succs[1] == b {
		d.taken = 1
	}
	return d, true
}

// comparison returns the comparison that d is of, looked at from the side that is
// taken, and what the read is compared with; ok is false if it is another
// condition.
func (d decision) comparison(f *function, read ssa.Instruction) (op token.Token, with ssa.Value, ok bool) {
	cond, isBin := d.branch.Cond.(*ssa.BinOp)
	if !isBin {
		return 0, nil, false
	}
	switch cond.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
	default:
		return 0, nil, false
	}
	if f.depends(cond.X, read) != independent {
		return cond.Op, cond.Y, true
	}
	return cond.Op, cond.X, true
}

func ordering(op token.Token) bool { return op != token.EQL && op != token.NEQ }

// maxOperands is the number of values that operands visits.
const maxOperands = 1000

// operands visits the instructions that v is computed from, calls and loads included,
// and reports whether visit returns true for one of them. What is computed from more
// than maxOperands values is taken to be computed from such an instruction.
func operands(v ssa.Value, visit func(ssa.Instruction) bool) bool {
	seen := make(map[ssa.Value]bool)
	var walk func(ssa.Value) bool
	walk = func(v ssa.Value) bool {
		if v == nil || seen[v] {
			return false
		}
		seen[v] = true
		instr, ok := v.(ssa.Instruction)
		if !ok {
			return false
		}
		if len(seen) > maxOperands || visit(instr) {
			return true
		}
		var ops []*ssa.Value
		for _, op := range instr.Operands(ops) {
			if walk(*op) {
				return true
			}
		}
		return false
	}
	return walk(v)
}

package goroutine

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// This file cuts the branches that are never taken in an activation: those on
// constants, and on parameters for which the calls on the way to it pass
// constants, as in lock(true).

// liveBlocks are the blocks of an activation that constant conditions leave
// reachable.
func (x *Exploration) liveBlocks(f *Frame) []bool {
	fn := f.Fn
	live := make([]bool, len(fn.Blocks))
	work := []*ssa.BasicBlock{fn.Blocks[0]}
	if fn.Recover != nil {
		work = append(work, fn.Recover)
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if live[b.Index] {
			continue
		}
		live[b.Index] = true
		for i, s := range b.Succs {
			if x.takes(f, b, i) {
				work = append(work, s)
			}
		}
	}
	return live
}

// takes reports whether control can go from b to its i-th successor. It knows
// conditions on constants, and on parameters that the activation was given
// constants for.
func (x *Exploration) takes(f *Frame, b *ssa.BasicBlock, i int) bool {
	cond, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return true
	}
	if v, ok := x.constBool(f, cond.Cond); ok {
		return v == (i == 0)
	}
	return true
}

func (x *Exploration) constBool(f *Frame, v ssa.Value) (value, ok bool) {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.Bool {
			return constant.BoolVal(v.Value), true
		}
	case *ssa.BinOp:
		l, ok := x.constOf(f, v.X)
		r, ok2 := x.constOf(f, v.Y)
		if !ok || !ok2 {
			return false, false
		}
		switch v.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			if l.Kind() != r.Kind() && !(numeric(l) && numeric(r)) {
				return false, false
			}
			if l.Kind() == constant.Bool && v.Op != token.EQL && v.Op != token.NEQ {
				return false, false
			}
			return constant.Compare(l, v.Op, r), true
		}
	case *ssa.Parameter:
		if c, ok := x.constArg(f, v); ok && c.Kind() == constant.Bool {
			return constant.BoolVal(c), true
		}
	case *ssa.UnOp:
		if v.Op == token.NOT {
			value, ok = x.constBool(f, v.X)
			return !value, ok
		}
		if c, ok := x.constOf(f, v); ok && c.Kind() == constant.Bool {
			return constant.BoolVal(c), true
		}
	}
	return false, false
}

func numeric(v constant.Value) bool {
	return v.Kind() == constant.Int || v.Kind() == constant.Float
}

// constOf is the constant that v is: one in the source, the only one that a
// variable is ever assigned, or the zero that it holds until then.
func (x *Exploration) constOf(f *Frame, v ssa.Value) (constant.Value, bool) {
	if _, ok := v.(*ssa.UnOp); ok {
		switch o := x.pkg.Paths.Origin(v).(type) {
		case *ssa.Const:
			if o.Value != nil {
				return o.Value, true
			}
		case *ssa.Parameter:
			if c, ok := x.constArg(f, o); ok {
				return c, true
			}
		}
	}
	switch v := v.(type) {
	case *ssa.Parameter:
		return x.constArg(f, v)
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() != constant.Unknown {
			return v.Value, true
		}
	case *ssa.UnOp:
		if v.Op != token.MUL {
			break
		}
		alloc, ok := v.X.(*ssa.Alloc)
		if !ok || alloc.Block() != v.Block() {
			break
		}
		basic, ok := v.Type().Underlying().(*types.Basic)
		if !ok {
			break
		}
		for _, instr := range v.Block().Instrs[instrIndex(alloc):] {
			if instr == v {
				return zero(basic)
			}
			switch instr := instr.(type) {
			case *ssa.Store:
				if instr.Addr == alloc {
					return nil, false
				}
			case *ssa.Call, *ssa.Go, *ssa.Defer, *ssa.MakeClosure:
				return nil, false
			}
		}
	}
	return nil, false
}

// maxConstArgs bounds the callers that pass a constant on.
const maxConstArgs = 8

// constArg is the constant that an activation was given for a parameter of
// its function or of one around it.
func (x *Exploration) constArg(f *Frame, p *ssa.Parameter) (constant.Value, bool) {
	for range maxConstArgs {
		f = f.home(p)
		if f.Fn != p.Parent() || f.reentered || f.Caller == nil {
			return nil, false
		}
		arg := f.argument(p)
		switch a := arg.(type) {
		case *ssa.Const:
			return a.Value, a.Value != nil && a.Value.Kind() != constant.Unknown
		case *ssa.Parameter:
			f, p = f.Caller, a
		default:
			return nil, false
		}
	}
	return nil, false
}

// argument is what the call that entered f passes for a parameter, nil if f
// was not entered by a plain call of its function.
func (f *Frame) argument(p *ssa.Parameter) ssa.Value {
	call, ok := f.Site.(ssa.CallInstruction)
	if !ok {
		return nil
	}
	common := call.Common()
	if !common.IsInvoke() && !types.Identical(common.Value.Type().Underlying(), f.Fn.Signature) {
		return nil // an operation that calls it back
	}
	args := common.Args
	for i, q := range f.Fn.Params {
		if q != p {
			continue
		}
		if common.IsInvoke() {
			i--
		}
		if i < 0 || i >= len(args) || !types.Identical(args[i].Type(), p.Type()) {
			return nil
		}
		return args[i]
	}
	return nil
}

func zero(t *types.Basic) (constant.Value, bool) {
	switch {
	case t.Info()&types.IsBoolean != 0:
		return constant.MakeBool(false), true
	case t.Info()&types.IsInteger != 0:
		return constant.MakeInt64(0), true
	case t.Info()&types.IsString != 0:
		return constant.MakeString(""), true
	}
	return nil, false
}

func instrIndex(instr ssa.Instruction) int {
	for i, other := range instr.Block().Instrs {
		if other == instr {
			return i
		}
	}
	return 0
}

package condmisuse

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file tells changes that end a wait from those that do not.

// keepsWaiting reports whether the change certainly leaves who waits waiting: it
// assigns what the branch waits for to change, or counts away from that.
func (l leaf) keepsWaiting(ch *change, paths *access.Paths) bool {
	if l.test == nil || l.kind != memory {
		return false
	}
	v, waits := l.test.Cond, l.waits
	for {
		not, ok := v.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		v, waits = not.X, !waits
	}
	cmp, ok := v.(*ssa.BinOp)
	if !ok {
		if !isLoad(v, paths) {
			return false
		}
		val := assigned(ch.instr)
		return val != nil && val.Kind() == constant.Bool && constant.BoolVal(val) == waits
	}
	op, x, limit := cmp.Op, cmp.X, constantOf(cmp.Y)
	if limit == nil {
		op, x, limit = mirrored(op), cmp.Y, constantOf(cmp.X)
	}
	if limit == nil || !isLoad(x, paths) {
		return false
	}
	if val := assigned(ch.instr); val != nil && val.Kind() == limit.Kind() && val.Kind() != constant.Unknown {
		return comparable(val, op) && constant.Compare(val, op, limit) == waits
	}
	if !waits {
		op = negated(op)
	}
	switch sign := counts(ch.instr, paths); op {
	case token.GTR, token.GEQ:
		return sign > 0
	case token.LSS, token.LEQ:
		return sign < 0
	case token.NEQ:
		return sign > 0 && constant.Sign(limit) == 0
	}
	return false
}

// isLoad reports whether v is what a variable holds.
func isLoad(v ssa.Value, paths *access.Paths) bool {
	switch v := v.(type) {
	case *ssa.UnOp:
		return v.Op == token.MUL
	case *ssa.Convert:
		return isLoad(v.X, paths)
	case *ssa.Call:
		op, _ := syncapi.Classify(&v.Call, paths)
		return op.Kind == syncapi.AtomicLoad
	}
	return false
}

// comparable reports whether op orders values like v.
func comparable(v constant.Value, op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ:
		return true
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		return v.Kind() != constant.Bool
	}
	return false
}

// assigned returns the constant that instr assigns, nil if it does not.
func assigned(instr ssa.Instruction) constant.Value {
	switch instr := instr.(type) {
	case *ssa.Store:
		return constantOf(instr.Val)
	case ssa.CallInstruction:
		args := instr.Common().Args
		if fn := instr.Common().StaticCallee(); fn != nil && len(args) > 1 && len(fn.Name()) >= 5 && fn.Name()[:5] == "Store" {
			return constantOf(args[1])
		}
	}
	return nil
}

// counts tells whether instr counts a variable up (1) or down (-1) by a constant.
func counts(instr ssa.Instruction, paths *access.Paths) int {
	switch instr := instr.(type) {
	case *ssa.Store:
		sum, ok := instr.Val.(*ssa.BinOp)
		if !ok || sum.Op != token.ADD && sum.Op != token.SUB {
			return 0
		}
		load, ok := sum.X.(*ssa.UnOp)
		if !ok || load.Op != token.MUL || paths.Of(load.X) != paths.Of(instr.Addr) {
			return 0
		}
		if sum.Op == token.SUB {
			return -sign(sum.Y)
		}
		return sign(sum.Y)
	case ssa.CallInstruction:
		args := instr.Common().Args
		if fn := instr.Common().StaticCallee(); fn != nil && len(args) > 1 && len(fn.Name()) >= 3 && fn.Name()[:3] == "Add" {
			return sign(args[1])
		}
	}
	return 0
}

// sign is that of a constant, as far as it is sure: what is added to an unsigned
// variable may be meant to be subtracted.
func sign(v ssa.Value) int {
	k := constantOf(v)
	if k == nil || k.Kind() != constant.Int && k.Kind() != constant.Float {
		return 0
	}
	if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsUnsigned != 0 && constant.BitLen(k) >= 32 {
		return 0
	}
	return constant.Sign(k)
}

func constantOf(v ssa.Value) constant.Value {
	for {
		conv, ok := v.(*ssa.Convert)
		if !ok {
			break
		}
		v = conv.X
	}
	if k, ok := v.(*ssa.Const); ok {
		return k.Value
	}
	return nil
}

func mirrored(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GTR
	case token.LEQ:
		return token.GEQ
	case token.GTR:
		return token.LSS
	case token.GEQ:
		return token.LEQ
	}
	return op
}

func negated(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GEQ
	case token.LEQ:
		return token.GTR
	case token.GTR:
		return token.LEQ
	case token.GEQ:
		return token.LSS
	case token.EQL:
		return token.NEQ
	case token.NEQ:
		return token.EQL
	}
	return op
}

package wording

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

// This file finds the words of the source for what an instruction works on:
// the c of c <- v and the mu of mu.Lock(), as the user has written them.

// maxName bounds a name; a longer expression is no help in a sentence.
const maxName = 40

// Operand is the source text of what the operation at pos works on: a channel,
// or what a method is called on. It is empty if there is none that is short.
func Operand(files []*ast.File, pos token.Pos) string {
	for _, n := range syntax.Enclosing(files, pos) {
		if e := operandOf(n, pos); e != nil {
			if text := types.ExprString(ast.Unparen(e)); len(text) <= maxName {
				return text
			}
			return ""
		}
	}
	return ""
}

// operandOf is the operand of n if n is the operation that package ssa gives
// the position pos.
func operandOf(n ast.Node, pos token.Pos) ast.Expr {
	switch n := n.(type) {
	case *ast.SendStmt:
		if n.Arrow == pos {
			return n.Chan
		}
	case *ast.UnaryExpr:
		if n.OpPos == pos && n.Op == token.ARROW {
			return n.X
		}
	case *ast.RangeStmt:
		if n.For == pos {
			return n.X
		}
	case *ast.CallExpr:
		if n.Lparen == pos {
			return receiver(n)
		}
	case *ast.DeferStmt:
		if n.Defer == pos {
			return receiver(n.Call)
		}
	case *ast.SelectStmt:
		if n.Select != pos || len(n.Body.List) == 0 {
			return nil
		}
		switch s := n.Body.List[0].(*ast.CommClause).Comm.(type) {
		case *ast.SendStmt:
			return s.Chan
		case *ast.ExprStmt:
			return received(s.X)
		case *ast.AssignStmt:
			return received(s.Rhs[0])
		}
	}
	return nil
}

func receiver(call *ast.CallExpr) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

func received(e ast.Expr) ast.Expr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u.X
	}
	return nil
}

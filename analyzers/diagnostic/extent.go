package diagnostic

import (
	"go/ast"
	"go/token"

	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

// extent returns the range of the syntax that is known by pos alone. An
// instruction of package ssa has one position, and that is in the middle of its
// syntax: the parenthesis of a call, the operator of an assignment, the name behind
// the dot of a selector. A reader expects the call, the variable or the selector
// to be marked. Where an end is given, or the syntax is not found, the
// positions stay as they are.
func extent(files []*ast.File, pos, end token.Pos) (token.Pos, token.Pos) {
	if !pos.IsValid() || end > pos {
		return pos, end
	}
	_, decl := syntax.Decl(files, pos)
	if decl == nil {
		return pos, pos
	}
	var found ast.Node
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || n.End() <= pos {
			return false
		}
		if found == nil {
			found = knownBy(n, pos)
		}
		return found == nil
	})
	if found != nil {
		return found.Pos(), found.End()
	}
	return pos, pos
}

// knownBy is the syntax that an instruction made of n, with position pos,
// stands for, or nil if that is not the position of n.
func knownBy(n ast.Node, pos token.Pos) ast.Node {
	at := func(p token.Pos, known ast.Node) ast.Node {
		if p == pos {
			return known
		}
		return nil
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		return at(n.Lparen, n)
	case *ast.SelectorExpr:
		return at(n.Sel.Pos(), n)
	case *ast.IndexExpr:
		return at(n.Lbrack, n)
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 {
			return at(n.TokPos, n.Lhs[0])
		}
	case *ast.IncDecStmt:
		return at(n.TokPos, n)
	case *ast.SendStmt:
		return at(n.Arrow, n)
	case *ast.UnaryExpr:
		return at(n.OpPos, n)
	case *ast.StarExpr:
		return at(n.Star, n)
	case *ast.ReturnStmt:
		return at(n.Return, n)
	case *ast.Ident:
		// The name behind a dot belongs to its selector.
		return at(n.NamePos, n)
	}
	return nil
}

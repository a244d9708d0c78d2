package goroutineleak

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file suggests fixes for loops that a cancelled context does not end, in functions without
// results.

// leave has the case of a select statement return that ends in a break, which leaves no more
// than the statement.
func (c *checker) leave(fn *ssa.Function, pos token.Pos) (diagnostic.Fix, bool) {
	for _, n := range syntax.Enclosing(c.files, pos) {
		clause, ok := n.(*ast.CommClause)
		if !ok {
			continue
		}
		if len(clause.Body) == 0 || fn.Signature.Results().Len() > 0 {
			break
		}
		last, ok := clause.Body[len(clause.Body)-1].(*ast.BranchStmt)
		if !ok || last.Tok != token.BREAK || last.Label != nil {
			break
		}
		return diagnostic.Fix{
			Message: message.New("fix-leave"),
			Edits:   []analysis.TextEdit{{Pos: last.Pos(), End: last.End(), NewText: []byte("return")}},
		}, true
	}
	return diagnostic.Fix{}, false
}

// wake has a sleep, or a receive of which the value is not used, wait for Done of the context too.
func (c *checker) wake(ctx ssa.Value, wait ssa.Instruction) (diagnostic.Fix, bool) {
	list, i := syntax.Statement(c.files, wait.Pos())
	if list == nil || wait.Parent() != ctx.Parent() || ctx.Parent().Signature.Results().Len() > 0 || !c.means(ctx, wait.Pos()) {
		return diagnostic.Fix{}, false
	}
	stmt, ok := list[i].(*ast.ExprStmt)
	if !ok || syntax.CommentsBetween(c.files, stmt.Pos(), stmt.End()) {
		return diagnostic.Fix{}, false
	}
	end := token.NoPos
	text := "select {\ncase "
	edits := []analysis.TextEdit{}
	switch x := stmt.X.(type) {
	case *ast.UnaryExpr:
		end = x.End()
	case *ast.CallExpr:
		sel, ok := x.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Sleep" {
			return diagnostic.Fix{}, false
		}
		text += "<-"
		end = x.End()
		edits = append(edits, analysis.TextEdit{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte("After")})
	default:
		return diagnostic.Fix{}, false
	}
	done := ctx.Name() + ".Done()"
	edits = append([]analysis.TextEdit{{Pos: stmt.Pos(), End: stmt.Pos(), NewText: []byte(text)}}, edits...)
	edits = append(edits, analysis.TextEdit{Pos: end, End: end, NewText: []byte(":\ncase <-" + done + ":\nreturn\n}")})
	return diagnostic.Fix{Message: message.New("fix-select", "done", done), Edits: edits}, true
}

// means reports whether the name of a parameter or captured variable means it at pos.
func (c *checker) means(v ssa.Value, pos token.Pos) bool {
	scope := c.pkg.SSA.Pkg.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return false
	}
	_, obj := scope.LookupParent(v.Name(), pos)
	variable, ok := obj.(*types.Var)
	return ok && variable.Pos() == v.Pos()
}

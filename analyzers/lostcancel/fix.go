package lostcancel

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

// This file suggests to defer the cancel function where that ends nothing too early: the
// function cancels on its way to the end, forgets it where it returns before, and the context
// does not leave it by any way that is seen.

// deferCancel returns the edits that write "defer cancel()" behind the statement at pos, which
// makes the context.
func deferCancel(pass *analysis.Pass, pos token.Pos) []analysis.TextEdit {
	list, i := syntax.Statement(pass.Files, pos)
	body, looped := function(pass.Files, pos)
	if list == nil || body == nil || looped {
		return nil
	}
	def, ok := list[i].(*ast.AssignStmt)
	if !ok || def.Tok != token.DEFINE || len(def.Lhs) != 2 {
		return nil
	}
	ctx, cancel := defined(pass.TypesInfo, def.Lhs[0]), defined(pass.TypesInfo, def.Lhs[1])
	if ctx == nil || cancel == nil {
		return nil
	}
	k := cancels(pass.TypesInfo, list, cancel)
	if k < 0 {
		return nil // it may be meant to live on where all goes well
	}
	u := &usage{info: pass.TypesInfo, ctx: ctx, cancel: cancel, def: def, until: list[k].Pos()}
	if !u.stays(body) {
		return nil
	}
	text := cancel.Name() + "()"
	if cancel.Type().Underlying().(*types.Signature).Params().Len() > 0 {
		text = cancel.Name() + "(nil)" // with a cause
	}
	edits := []analysis.TextEdit{{Pos: def.End(), End: def.End(), NewText: []byte("\ndefer " + text)}}
	if _, deferred := list[k].(*ast.DeferStmt); deferred && k > i+1 && !syntax.CommentsBetween(pass.Files, list[k-1].End(), list[k].End()) {
		edits = append(edits, analysis.TextEdit{Pos: list[k-1].End(), End: list[k].End()})
	}
	return edits
}

// function returns the body of the function around pos, and whether pos is in a loop of it.
func function(files []*ast.File, pos token.Pos) (body *ast.BlockStmt, looped bool) {
	for _, n := range syntax.Enclosing(files, pos) {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			looped = true
		case *ast.FuncDecl, *ast.FuncLit:
			return syntax.Body(n), looped
		}
	}
	return nil, false
}

func defined(info *types.Info, e ast.Expr) types.Object {
	id, ok := e.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	return info.Defs[id]
}

// cancels returns the index of the first of some statements that calls cancel, or defers a call of
// it; -1 if none does.
func cancels(info *types.Info, list []ast.Stmt, cancel types.Object) int {
	return slices.IndexFunc(list, func(s ast.Stmt) bool {
		var fun ast.Expr
		switch s := s.(type) {
		case *ast.DeferStmt:
			fun = s.Call.Fun
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok {
				fun = call.Fun
			}
		}
		id, ok := fun.(*ast.Ident)
		return ok && info.Uses[id] == cancel
	})
}

// A usage says what a function does with a context and its cancel function.
type usage struct {
	info        *types.Info
	ctx, cancel types.Object
	def         ast.Stmt
	until       token.Pos // where cancel is called or deferred
}

// stays reports whether cancel is only called, ctx only handed to calls, and no return
// on which cancel was not deferred has a result by which the context could go on being used.
func (u *usage) stays(body *ast.BlockStmt) bool {
	ok := true
	calls := make(map[ast.Node]bool) // identifiers that are called, or whose methods are, or arguments
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ok = ok && !u.mentioned(n)
			return false
		case *ast.GoStmt:
			ok = ok && !u.mentioned(n)
			return false
		case *ast.ReturnStmt:
			ok = ok && (n.Pos() < u.def.Pos() || n.Pos() > u.until || u.plain(n))
		case *ast.CallExpr:
			calls[n.Fun] = true
			for _, arg := range n.Args {
				calls[arg] = true
			}
		case *ast.SelectorExpr:
			calls[n.X] = true
		case *ast.Ident:
			switch u.info.Uses[n] {
			case u.ctx, u.cancel:
				ok = ok && calls[n]
			}
		}
		return ok
	})
	return ok && u.cancelOnlyCalled(body)
}

// cancelOnlyCalled reports whether cancel is no argument.
func (u *usage) cancelOnlyCalled(body *ast.BlockStmt) bool {
	ok := true
	ast.Inspect(body, func(n ast.Node) bool {
		if call, isCall := n.(*ast.CallExpr); isCall {
			for _, arg := range call.Args {
				id, isIdent := arg.(*ast.Ident)
				ok = ok && !(isIdent && u.info.Uses[id] == u.cancel)
			}
		}
		return ok
	})
	return ok
}

func (u *usage) mentioned(in ast.Node) bool {
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			obj := u.info.Uses[id]
			found = found || obj == u.ctx || obj == u.cancel
		}
		return !found
	})
	return found
}

// plain reports whether the results of a return statement are constants, nil, empty composite
// literals and errors: nothing that is used with the context later.
func (u *usage) plain(ret *ast.ReturnStmt) bool {
	for _, e := range ret.Results {
		tv := u.info.Types[e]
		lit, isLit := e.(*ast.CompositeLit)
		if tv.Value == nil && !tv.IsNil() && !(isLit && len(lit.Elts) == 0) && (tv.Type == nil || !types.Implements(tv.Type, errorType())) {
			return false
		}
	}
	return len(ret.Results) > 0 || !u.namedResults()
}

// namedResults reports whether the function has results with names, which a bare return
// statement returns.
func (u *usage) namedResults() bool {
	scope := u.ctx.Parent()
	for scope != nil {
		for _, name := range scope.Names() {
			if v, ok := scope.Lookup(name).(*types.Var); ok && v.Kind() == types.ResultVar {
				return true
			}
		}
		scope = scope.Parent()
	}
	return false
}

func errorType() *types.Interface {
	return types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
}

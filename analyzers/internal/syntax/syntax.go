// Package syntax finds the syntax that stands at a position.
package syntax

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ast/astutil"
)

// Decl returns the file and the declaration in it around pos; nil if pos is in
// none. It searches in halves: a check asks this for each of its findings, and
// a large package has thousands of declarations.
func Decl(files []*ast.File, pos token.Pos) (*ast.File, ast.Decl) {
	for _, file := range files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		i, found := slices.BinarySearchFunc(file.Decls, pos, func(d ast.Decl, pos token.Pos) int {
			if d.End() <= pos {
				return -1
			}
			return max(0, cmp.Compare(d.Pos(), pos))
		})
		if !found {
			return nil, nil
		}
		return file, file.Decls[i]
	}
	return nil, nil
}

// Enclosing returns the syntax around pos as astutil.PathEnclosingInterval
// does, innermost first, up to the declaration; nil if pos is in none.
func Enclosing(files []*ast.File, pos token.Pos) []ast.Node {
	file, decl := Decl(files, pos)
	if decl == nil {
		return nil
	}
	one := *file
	one.Decls = []ast.Decl{around(decl, pos)}
	path, _ := astutil.PathEnclosingInterval(&one, pos, pos)
	path = path[:len(path)-1]
	path[len(path)-1] = decl
	return path
}

// around returns decl, or a declaration of what it declares around pos alone.
func around(decl ast.Decl, pos token.Pos) ast.Decl {
	all, ok := decl.(*ast.GenDecl)
	if !ok {
		return decl
	}
	i, found := slices.BinarySearchFunc(all.Specs, pos, func(s ast.Spec, pos token.Pos) int {
		if s.End() <= pos {
			return -1
		}
		return max(0, cmp.Compare(s.Pos(), pos))
	})
	if !found {
		return decl
	}
	one := *all
	one.Specs = []ast.Spec{all.Specs[i]}
	return &one
}

// Selector returns what the call at pos calls, if it is a selector such as
// mu.Lock; else nil. A call, as package ssa places it, is at its parenthesis, or at
// the beginning of the defer or go statement that it belongs to.
func Selector(files []*ast.File, pos token.Pos) *ast.SelectorExpr {
	for _, n := range Enclosing(files, pos) {
		var call *ast.CallExpr
		switch n := n.(type) {
		case *ast.CallExpr:
			call = n
		case *ast.DeferStmt:
			call = n.Call
		case *ast.GoStmt:
			call = n.Call
		case ast.Stmt:
			return nil
		default:
			continue
		}
		sel, _ := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return sel
	}
	return nil
}

// Statement returns the list of statements that holds the innermost one around pos, and its
// index there; nil if there is none.
func Statement(files []*ast.File, pos token.Pos) ([]ast.Stmt, int) {
	path := Enclosing(files, pos)
	for k := 1; k < len(path); k++ {
		var list []ast.Stmt
		switch n := path[k].(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		default:
			continue
		}
		for i, s := range list {
			if s == path[k-1] {
				return list, i
			}
		}
		return nil, 0
	}
	return nil, 0
}

// CommentsBetween reports whether there is a comment between two positions.
func CommentsBetween(files []*ast.File, from, to token.Pos) bool {
	for _, file := range files {
		if file.FileStart > from || from >= file.FileEnd {
			continue
		}
		for _, g := range file.Comments {
			if g.Pos() < to && g.End() > from {
				return true
			}
		}
	}
	return false
}

// Body is the body of a function declaration or literal, nil of other syntax.
func Body(fn ast.Node) *ast.BlockStmt {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return fn.Body
	case *ast.FuncLit:
		return fn.Body
	}
	return nil
}

package control

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// What touches the scheduler's state must be hidden from the race detector, and
// must not use what the runtime tells it of whatever the pragma says. Functions
// that do not touch that state are free.
func TestHidden(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	checked := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name == "init" || f.Name.Name == "setUp" || strings.HasPrefix(f.Name.Name, "parse") {
				continue // these run before any goroutine is started
			}
			hidden := f.Doc != nil && strings.Contains(f.Doc.Text()+pragmas(f.Doc), "go:norace")
			if touches(f) && !hidden {
				t.Errorf("%s: %s touches the scheduler's state and is not marked go:norace", fset.Position(f.Pos()), f.Name.Name)
			}
			if !hidden {
				continue
			}
			checked++
			if what := forbidden(f); what != "" {
				t.Errorf("%s: %s uses %s, which the race detector sees", fset.Position(f.Pos()), f.Name.Name, what)
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d functions are marked", checked)
	}
}

func pragmas(doc *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range doc.List {
		b.WriteString(c.Text)
	}
	return b.String()
}

// touches reports whether f mentions s, or a field of a *g by way of me.
func touches(f *ast.FuncDecl) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "s" || x.Name == "me") {
				found = true
			}
		}
		return true
	})
	return found
}

func forbidden(f *ast.FuncDecl) (what string) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if x, ok := n.Fun.(*ast.Ident); ok && (x.Name == "append" || x.Name == "copy") {
				what = x.Name
			}
		case *ast.MapType:
			what = "a map"
		case *ast.FuncLit:
			// The pragma does not reach into it. That is harmless in one that
			// only calls on.
			if len(n.Body.List) > 1 {
				what = "a function literal"
			}
		}
		return true
	})
	return what
}

package syntax

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/ast/astutil"
)

const source = `// Package p.
package p

import "fmt"

// A T has a comment.
type T struct{ a, b int }

var f = func(n int) { fmt.Println(n + 1) }

func (t *T) sum() int {
	for i := range t.a { // a comment
		t.b += i
	}
	return t.a +
		t.b
}

// Several have one keyword.
var (
	// c has a comment.
	c, d int // and one behind it
	e    = func() int { return c }(); g string
)

type (
	U struct {
		// h has a comment.
		h int
	}
	V = U
)

func last() {}
`

// Enclosing finds what astutil finds when it looks at the whole file.
func TestEnclosing(t *testing.T) {
	fset := token.NewFileSet()
	other, err := parser.ParseFile(fset, "other.go", "package p\n\nfunc first() {}\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(fset, "p.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	inside := 0
	for pos := file.FileStart; pos < file.FileEnd; pos++ {
		want, _ := astutil.PathEnclosingInterval(file, pos, pos)
		want = want[:len(want)-1] // the file
		declared := false
		for _, d := range file.Decls {
			declared = declared || d.Pos() <= pos && pos < d.End()
		}
		if !declared {
			want = nil
		}
		if got := Enclosing([]*ast.File{other, file}, pos); len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: %T, want %T", fset.Position(pos), got, want)
		}
		inside += len(want)
	}
	if inside == 0 {
		t.Error("no position is in a declaration")
	}
	if got := Enclosing([]*ast.File{other}, file.Decls[0].Pos()); got != nil {
		t.Errorf("%T, want nothing in a file that does not have the position", got)
	}
}

// Selector finds what a call, a deferred call and a new goroutine call.
func TestSelector(t *testing.T) {
	const source = `package p

func f() {
	run(func() {
		defer a.b.Unlock()
		go c.Lock()
		d.Lock()
		g(0)
		var e = 1
	})
}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ at, want string }{
		{"defer", "a.b.Unlock"},
		{"go c", "c.Lock"},
		{"()\n\t\tg(", "d.Lock"},
		{"(0)", ""},
		{"var", ""},
	} {
		pos := file.FileStart + token.Pos(strings.Index(source, test.at))
		got := ""
		if sel := Selector([]*ast.File{file}, pos); sel != nil {
			got = types.ExprString(sel)
		}
		if got != test.want {
			t.Errorf("Selector at %q = %q, want %q", test.at, got, test.want)
		}
	}
}

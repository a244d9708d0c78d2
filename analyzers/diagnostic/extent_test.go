package diagnostic

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// In each statement « marks the position that is known, and what is expected
// follows.
func TestExtent(t *testing.T) {
	tests := []struct{ stmt, want string }{
		{"a.mu.Lock«(x)", "a.mu.Lock(x)"},
		{"f(a.mu.Lock«(x), y)", "a.mu.Lock(x)"},
		{"_ = a.«mu", "a.mu"},
		{"_ = «a.mu", "a"},
		{"_ = m«[k]", "m[k]"},
		{"a.n «= b.n", "a.n"},
		{"a, b «= b, a", ""},
		{"a.n«++", "a.n++"},
		{"c «<- v", "c <- v"},
		{"v = «<-c", "<-c"},
		{"_ = «*p", "*p"},
		{"«return f()", "return f()"},
		{"if x { y = 1 «}", ""},
		{"«go f()", ""},
	}
	for _, tt := range tests {
		before, after, _ := strings.Cut(tt.stmt, "«")
		src := "package p\nfunc _() {\n" + before
		offset := len(src)
		src += after + "\n}\n"
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		pos := fset.File(file.FileStart).Pos(offset)
		from, to := extent([]*ast.File{file}, pos, token.NoPos)
		got := src[fset.Position(from).Offset:fset.Position(to).Offset]
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.stmt, got, tt.want)
		}
		if from, to := extent([]*ast.File{file}, pos, pos+1); from != pos || to != pos+1 {
			t.Errorf("%s: a range that was given has changed", tt.stmt)
		}
	}
	if from, to := extent(nil, 5, token.NoPos); from != 5 || to != 5 {
		t.Errorf("unknown syntax: %d to %d, want 5 to 5", from, to)
	}
	if from, to := extent(nil, token.NoPos, token.NoPos); from.IsValid() || to.IsValid() {
		t.Errorf("no position: %d to %d", from, to)
	}
}

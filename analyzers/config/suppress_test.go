package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

const suppressed = `package p

//lockstep:ignore race,leak the whole function is a demonstration
func a() {
	_ = 1 // line 5
}

func b() {
	_ = 2 //lockstep:ignore race counted elsewhere
	_ = 3 // line 10
	//lockstep:ignore race on the next line
	_ = 4 // line 12
	_ = 5 //lockstep:ignore race
	_ = 6 //lockstep:ignored race not our directive
	//lockstep:ignore race below follows more
	// of the same comment
	_ = 7 // line 17
	_ = 8
}
`

func TestMatch(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", suppressed, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	s := collect(fset, []*ast.File{f})
	for _, test := range []struct {
		rule string
		line int
		want bool
	}{
		{"race", 4, true},
		{"leak", 5, true},
		{"other", 5, false},
		{"race", 8, false},
		{"race", 9, true},
		{"race", 10, false},
		{"race", 12, true},
		{"race", 13, false}, // no reason
		{"race", 14, false},
		{"race", 17, true},
		{"race", 18, false},
	} {
		pos := fset.File(f.Pos()).LineStart(test.line)
		if got := s.Match(fset, test.rule, pos) != nil; got != test.want {
			t.Errorf("Match(%s, line %d) = %t, want %t", test.rule, test.line, got, test.want)
		}
	}
	if got := len(s.All()); got != 5 {
		t.Errorf("%d directives, want 5", got)
	}
}

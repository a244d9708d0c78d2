package control

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

const source = `package p

func before() {}
func head() bool { return true }
func body() {}
func left() {}
func right() {}
func after() {}

func f(b bool) {
	before()
	for head() {
		body()
		if b {
			left()
		} else {
			right()
		}
	}
	after()
	after()
}
`

// calls returns the calls in f by the names of what they call; of two, the
// second has a "2" behind its name.
func calls(t *testing.T) map[string]ssa.Instruction {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: importer.Default()}, fset, types.NewPackage("p", ""), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]ssa.Instruction)
	for _, b := range pkg.Func("f").Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				name := call.Call.StaticCallee().Name()
				if found[name] != nil {
					name += "2"
				}
				found[name] = call
			}
		}
	}
	return found
}

func TestReaches(t *testing.T) {
	at := calls(t)
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"before", "head", true},
		{"before", "after", true},
		{"head", "before", false},
		{"before", "before", false},
		{"head", "head", true},
		{"left", "right", true},
		{"right", "body", true},
		{"after", "left", false},
		{"after", "after2", true},
		{"after2", "after", false},
	} {
		if got := Reaches(at[test.from], at[test.to]); got != test.want {
			t.Errorf("Reaches(%s, %s) = %t, want %t", test.from, test.to, got, test.want)
		}
	}
}

func TestAvoid(t *testing.T) {
	at := calls(t)
	for _, test := range []struct {
		from, to, avoid string
		behind, start   bool
	}{
		{"before", "after", "head", false, false},
		{"before", "after", "body", true, true},
		{"left", "right", "head", false, false},
		{"body", "right", "left", true, true},
		{"body", "body", "head", false, true},
		{"left", "left", "right", true, true},
		{"head", "after", "head", true, false},
		{"before", "head", "head", true, true},
	} {
		from, to, avoid := at[test.from].Block(), at[test.to].Block(), at[test.avoid].Block()
		if got := Behind(from, to, avoid); got != test.behind {
			t.Errorf("Behind(%s, %s, %s) = %t, want %t", test.from, test.to, test.avoid, got, test.behind)
		}
		if got := From(from, to, avoid); got != test.start {
			t.Errorf("From(%s, %s, %s) = %t, want %t", test.from, test.to, test.avoid, got, test.start)
		}
	}
}

func TestDominates(t *testing.T) {
	at := calls(t)
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"before", "left", true},
		{"head", "after", true},
		{"body", "after", false},
		{"left", "right", false},
		{"after", "after2", true},
		{"after2", "after", false},
		{"after", "after", false},
	} {
		if got := Dominates(at[test.a], at[test.b]); got != test.want {
			t.Errorf("Dominates(%s, %s) = %t, want %t", test.a, test.b, got, test.want)
		}
	}
}

func TestLoop(t *testing.T) {
	at := calls(t)
	loop := Loop(at["body"].Block())
	for name, want := range map[string]bool{"before": false, "head": true, "body": true, "left": true, "right": true, "after": false} {
		if got := slices.Contains(loop, at[name].Block()); got != want {
			t.Errorf("%s in the loop of body: %v, want %v", name, got, want)
		}
	}
	if loop := Loop(at["after"].Block()); loop != nil {
		t.Errorf("Loop of a block in none = %v", loop)
	}
}

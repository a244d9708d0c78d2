package control

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
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

// function returns the function f of a package.
func function(t *testing.T, source string) *ssa.Function {
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
	return pkg.Func("f")
}

// calls returns the calls in f by the names of what they call; of two, the
// second has a "2" behind its name.
func calls(t *testing.T) map[string]ssa.Instruction {
	t.Helper()
	found := make(map[string]ssa.Instruction)
	for _, b := range function(t, source).Blocks {
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

func TestLoops(t *testing.T) {
	at := calls(t)
	loops := Loops(at["body"].Parent())
	loop := loops[at["body"].Block().Index]
	for name, want := range map[string]bool{"before": false, "head": true, "body": true, "left": true, "right": true, "after": false} {
		b := at[name].Block()
		if got := loop.Has(b); got != want {
			t.Errorf("%s in the loop of body: %v, want %v", name, got, want)
		}
		if got := loops[b.Index] == loop; got != want {
			t.Errorf("%s has the loop of body: %v, want %v", name, got, want)
		}
	}
	if loop.Exits != 1 {
		t.Errorf("%d exits of the loop, want 1", loop.Exits)
	}
	if loop := loops[at["after"].Block().Index]; loop != nil {
		t.Errorf("loop of a block in none = %v", loop)
	}
}

// Loops are what reaches itself, one beside and one within another, and a block that
// goes back to itself.
func TestLoopsReach(t *testing.T) {
	fn := function(t, `package p

func f(a, b, c func() bool) {
	for a() {
		for b() {
			if c() {
				return
			}
		}
		a()
	}
	for {
		if a() {
			break
		}
	}
	for c() && b() {
	}
again:
	if b() {
		goto again
	}
}
`)
	loops := Loops(fn)
	for _, b := range fn.Blocks {
		for _, other := range fn.Blocks {
			want := Behind(b, other, nil) && Behind(other, b, nil)
			if got := loops[b.Index] != nil && loops[b.Index].Has(other); got != want {
				t.Errorf("block %d is in the loop of %d: %v, want %v", other.Index, b.Index, got, want)
			}
		}
	}
}

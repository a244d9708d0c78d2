package randprog

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"testing"
)

// randomBytes returns a random string of a length that gives a program of some size.
func randomBytes(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, r.IntN(1500))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func TestProgramsCompile(t *testing.T) {
	fset := token.NewFileSet()
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	seeds := 200
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		src := Package("p", randomBytes(uint64(seed)))
		f, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
		if _, err := conf.Check("p", fset, []*ast.File{f}, nil); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
	}
}

func TestSameStringSameProgram(t *testing.T) {
	data := randomBytes(1)
	if first, second := Package("p", data), Package("p", data); first != second {
		t.Error("two programs of one string differ")
	}
	if Package("p", data) == Package("p", data[1:]) {
		t.Error("the programs of two strings are the same")
	}
}

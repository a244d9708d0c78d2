package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/check/randprog"
)

// FuzzSuite runs the whole suite over programs that nobody would write. It must
// not panic or fail, must come to an end, and must say the same of the same
// package whenever it is asked.
func FuzzSuite(f *testing.F) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 2))
		data := make([]byte, 100+r.IntN(900))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
	f.Add([]byte(nil))
	std := newStandard(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2048 {
			t.Skip("longer than it is worth")
		}
		// Two packages of one string: an engine that keeps something for the
		// next package gives itself away.
		sources := []string{randprog.Package("p", data), randprog.Package("q", data[len(data)/2:])}
		once := suiteSays(t, std, sources)
		slices.Reverse(sources)
		again := suiteSays(t, std, sources)
		slices.Reverse(again)
		for i := range once {
			if once[i] != again[i] {
				t.Errorf("the second time, in another order of packages, the suite says\n%s\nand the first time\n%s\nof\n%s", again[i], once[i], sources[len(sources)-1-i])
			}
		}
	})
}

// endless is longer than any of these programs can take on any machine.
const endless = 2 * time.Minute

// suiteSays runs the suite over packages of one file each, in order, and
// returns the findings of each as text.
func suiteSays(t *testing.T, std *standard, sources []string) []string {
	t.Helper()
	var says []string
	for _, src := range sources {
		pkg := std.check(t, src)
		guard := time.AfterFunc(endless, func() { panic("the suite does not come to an end on\n" + src) })
		unit, err := check.RunUnit(t.Context(), check.Options{Analyzers: analyzers.Suite(), Tier: config.Strict}, pkg)
		guard.Stop()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range unit.Problems {
			t.Errorf("%s: %s\n%s\n%s", p.Analyzer, p.Message, p.Stack, src)
		}
		var b strings.Builder
		for _, f := range unit.Findings {
			fmt.Fprintf(&b, "%s: %s: %s %v\n", f.Range.Start, f.Rule, f.Message, f.Related)
		}
		says = append(says, b.String())
	}
	return says
}

// A standard type-checks packages over the standard library's export data.
type standard struct {
	fset    *token.FileSet
	imports types.Importer
}

func newStandard(tb testing.TB) *standard {
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, randprog.Imports()...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		tb.Fatal(err)
	}
	files := make(map[string]string)
	for line := range bytes.Lines(out) {
		path, file, _ := strings.Cut(strings.TrimSpace(string(line)), "=")
		files[path] = file
	}
	s := &standard{fset: token.NewFileSet()}
	s.imports = importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	return s
}

// check parses and type-checks a package of one file, which must have no
// errors.
func (s *standard) check(t *testing.T, src string) *packages.Package {
	t.Helper()
	file, err := parser.ParseFile(s.fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	t.Cleanup(func() { s.fset.RemoveFile(s.fset.File(file.FileStart)) })
	info := check.NewTypesInfo()
	conf := types.Config{Importer: s.imports, Sizes: types.SizesFor("gc", "amd64"), GoVersion: "go1.26"}
	pkg, err := conf.Check("example.com/"+file.Name.Name, s.fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return &packages.Package{
		ID: pkg.Path(), Name: pkg.Name(), PkgPath: pkg.Path(), Fset: s.fset, Syntax: []*ast.File{file},
		Types: pkg, TypesInfo: info, TypesSizes: conf.Sizes,
	}
}

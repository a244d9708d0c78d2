// Racesuite measures the datarace check on the tests of Go's own race
// detector, which tell by their names whether they have a race.
//
// The tests are read in place in GOROOT/src/runtime/race/testdata. A report
// counts for the test that it lies in; one in a helper or in a function that
// tests call counts for the tests that reach it.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/analyzers/datarace"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
)

func main() {
	verbose := flag.Bool("v", false, "print the reports")
	flag.Parse()
	if err := run(*verbose); err != nil {
		fmt.Fprintln(os.Stderr, "racesuite:", err)
		os.Exit(3)
	}
}

func run(verbose bool) error {
	pkg, err := load()
	if err != nil {
		return err
	}
	s, err := measure(pkg)
	if err != nil {
		return err
	}
	s.print(verbose)
	return nil
}

// measure runs the check and counts its reports.
func measure(pkg *packages.Package) (*suite, error) {
	graph, err := checker.Analyze([]*analysis.Analyzer{datarace.Analyzer}, []*packages.Package{pkg}, nil)
	if err != nil {
		return nil, err
	}
	root := graph.Roots[0]
	if root.Err != nil {
		return nil, root.Err
	}
	s := newSuite(pkg)
	for _, d := range root.Diagnostics {
		s.count(d.Pos, d.Message)
	}
	return s, nil
}

// load loads all tests but the two files of cgo.
func load() (*packages.Package, error) {
	goroot, err := command.Output(context.Background(), "", "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(goroot, "src", "runtime", "race", "testdata")
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no tests in %s", dir)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasPrefix(filepath.Base(f), "cgo_") })
	cfg := &packages.Config{
		Mode:       packages.LoadSyntax,
		Dir:        dir,
		Tests:      true,
		BuildFlags: []string{"-race"},
	}
	pkgs, err := packages.Load(cfg, files...)
	if err != nil {
		return nil, err
	}
	for _, pkg := range pkgs {
		if pkg.Name != "race_test" {
			continue
		}
		if len(pkg.Errors) > 0 {
			return nil, fmt.Errorf("loading the tests in %s: %v", dir, pkg.Errors)
		}
		// What is in GOROOT and in no module passes for a dependency that is
		// analysed for its facts only.
		pkg.Module = &packages.Module{Path: "std"}
		return pkg, nil
	}
	return nil, fmt.Errorf("the files in %s are no tests of package race_test", dir)
}

type test struct {
	name     string
	file     string
	race     bool
	reported []string
}

type suite struct {
	fset  *token.FileSet
	tests []*test
	spans []span
	reach map[string][]*test // tests that reach a function that is not a test
}

type span struct {
	from, to token.Pos
	name     string
	test     *test
}

func newSuite(pkg *packages.Package) *suite {
	s := &suite{fset: pkg.Fset, reach: make(map[string][]*test)}
	uses := make(map[string][]string)
	for _, f := range pkg.Syntax {
		for _, decl := range f.Decls {
			fd, ok := decl.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			obj := pkg.TypesInfo.Defs[fd.Name].(*types.Func)
			sp := span{from: fd.Pos(), to: fd.End(), name: obj.FullName()}
			if t := asTest(fd.Name.Name); t != nil {
				t.file = filepath.Base(pkg.Fset.Position(fd.Pos()).Filename)
				sp.test = t
				s.tests = append(s.tests, t)
			}
			s.spans = append(s.spans, sp)
			ast.Inspect(fd.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if fn, ok := pkg.TypesInfo.Uses[id].(*types.Func); ok && fn.Pkg() == pkg.Types {
						uses[sp.name] = append(uses[sp.name], fn.Origin().FullName())
					}
				}
				return true
			})
		}
	}
	for _, sp := range s.spans {
		if sp.test != nil {
			seen := map[string]bool{}
			work := []string{sp.name}
			for len(work) > 0 {
				name := work[len(work)-1]
				work = work[:len(work)-1]
				if seen[name] {
					continue
				}
				seen[name] = true
				s.reach[name] = append(s.reach[name], sp.test)
				work = append(work, uses[name]...)
			}
		}
	}
	return s
}

func asTest(name string) *test {
	if strings.Contains(name, "Failing") {
		return nil
	}
	if strings.HasPrefix(name, "TestRace") {
		return &test{name: name, race: true}
	}
	if strings.HasPrefix(name, "TestNoRace") {
		return &test{name: name}
	}
	return nil
}

func (s *suite) count(pos token.Pos, text string) {
	for _, sp := range s.spans {
		if sp.from <= pos && pos < sp.to {
			line := fmt.Sprintf("%s: %s", s.fset.Position(pos), text)
			for _, t := range s.reach[sp.name] {
				t.reported = append(t.reported, line)
			}
		}
	}
}

type row struct{ races, found, clean, wrong int }

// totals counts the tests by file, and all of them.
func (s *suite) totals() (byFile map[string]*row, all row) {
	byFile = make(map[string]*row)
	for _, t := range s.tests {
		r := byFile[t.file]
		if r == nil {
			r = new(row)
			byFile[t.file] = r
		}
		hit := len(t.reported) > 0
		for _, r := range []*row{r, &all} {
			switch {
			case t.race:
				r.races++
				if hit {
					r.found++
				}
			default:
				r.clean++
				if hit {
					r.wrong++
				}
			}
		}
	}
	return byFile, all
}

func (s *suite) print(verbose bool) {
	slices.SortFunc(s.tests, func(a, b *test) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.name, b.name)) })
	for _, t := range s.tests {
		hit := len(t.reported) > 0
		switch {
		case t.race && !hit:
			fmt.Printf("missed  %s: %s\n", t.file, t.name)
		case !t.race && hit:
			fmt.Printf("false   %s: %s\n\t%s\n", t.file, t.name, strings.Join(t.reported, "\n\t"))
		case hit && verbose:
			fmt.Printf("found   %s: %s\n\t%s\n", t.file, t.name, strings.Join(t.reported, "\n\t"))
		}
	}
	byFile, all := s.totals()
	for _, f := range slices.Sorted(maps.Keys(byFile)) {
		r := byFile[f]
		fmt.Printf("%-22s %3d of %3d races, %2d of %3d false\n", f, r.found, r.races, r.wrong, r.clean)
	}
	fmt.Printf("recall %.3f (%d of %d), false-positive rate %.3f (%d of %d)\n",
		ratio(all.found, all.races), all.found, all.races, ratio(all.wrong, all.clean), all.wrong, all.clean)
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

package check

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"go/ast"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

//go:embed testdata/*.json
var toyFS embed.FS

var toyCatalogue = message.MustLoad(toyFS, "testdata")

// toy reports every call of bad, with the function that it is declared in as a
// related place, and in the strict tier every call of risky. Its fix is to call
// good instead.
var toy = &analysis.Analyzer{
	Name:       "toy",
	Doc:        "report calls of bad",
	Requires:   []*analysis.Analyzer{config.Analyzer},
	ResultType: diagnostic.ResultType,
	Run: diagnostic.Guard(func(pass *analysis.Pass) (any, error) {
		r := diagnostic.NewReporter(pass, toyCatalogue)
		eachCall(pass, func(decl *ast.FuncDecl, call *ast.CallExpr, name *ast.Ident) {
			tier := config.Default
			if name.Name == "risky" {
				tier = config.Strict
			}
			r.Report(diagnostic.Diagnostic{
				Category: "call", Tier: tier, Confidence: diagnostic.Medium,
				Pos: call.Pos(), End: call.End(),
				Message: message.New("called", "func", name.Name),
				Subject: diagnostic.Subject{Kind: diagnostic.Operation, Name: name.Name, Decl: decl.Pos()},
				Related: []diagnostic.Related{{Role: diagnostic.RoleCall, Pos: decl.Name.Pos(), End: decl.Name.End(), Message: message.New("in")}},
				Fixes: []diagnostic.Fix{{
					Message: message.New("fix"),
					Edits:   []analysis.TextEdit{{Pos: name.Pos(), End: name.End(), NewText: []byte("good")}},
				}},
			})
		})
		return r.Finish(), nil
	}),
}

// plainToy is a check of somebody else's, without a typed result.
var plainToy = &analysis.Analyzer{
	Name: "plaintoy",
	Doc:  "report calls of bad",
	Run: func(pass *analysis.Pass) (any, error) {
		eachCall(pass, func(decl *ast.FuncDecl, call *ast.CallExpr, name *ast.Ident) {
			pass.Report(analysis.Diagnostic{
				Pos: call.Pos(), Message: "plain",
				Related:        []analysis.RelatedInformation{{Pos: decl.Pos(), Message: "rel"}},
				SuggestedFixes: []analysis.SuggestedFix{{Message: "f", TextEdits: []analysis.TextEdit{{Pos: name.Pos(), NewText: []byte("very")}}}},
			})
		})
		return nil, nil
	},
}

func eachCall(pass *analysis.Pass, visit func(*ast.FuncDecl, *ast.CallExpr, *ast.Ident)) {
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "bad" || id.Name == "risky") {
						visit(decl, call, id)
					}
				}
				return true
			})
		}
	}
}

// module writes the files of a txtar archive into a new folder, with a go.mod
// unless it has one.
func module(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"+archive)
	return dir
}

func write(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func run(t *testing.T, opts Options) *Result {
	t.Helper()
	opts.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off", "PWD="+opts.Dir)
	if opts.Analyzers == nil {
		opts.Analyzers = []*analysis.Analyzer{toy}
	}
	res, err := Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// lines shows findings as file:line:col: message, with files relative to dir.
func lines(dir string, fs []*finding.Finding) []string {
	var out []string
	for _, f := range fs {
		p := f.Range.Start
		if rel, err := filepath.Rel(dir, p.File); err == nil {
			p.File = filepath.ToSlash(rel)
		}
		out = append(out, fmt.Sprintf("%s: %s", p, f.Message))
	}
	return out
}

const twice = `
-- p/p.go --
package p

func bad() {}

func good() {}

func F() {
	bad()
	bad()
}
-- p/in_test.go --
package p

func in() { bad() }
-- p/ext_test.go --
package p_test

func bad() {}

func ext() { bad() }
-- cmd/main.go --
package main

func main() {}
`

func TestFindings(t *testing.T) {
	dir := module(t, twice)
	res := run(t, Options{Dir: dir})
	want := []string{
		"p/ext_test.go:5:14: bad is called",
		"p/in_test.go:3:13: bad is called",
		"p/p.go:8:2: bad is called",
		"p/p.go:9:2: bad is called",
	}
	if got := lines(dir, res.Findings); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(res.Problems) > 0 || res.Interrupted {
		t.Errorf("problems %v, interrupted %v", res.Problems, res.Interrupted)
	}
	wantPkgs := []Package{
		{Path: "example.com/m/cmd", Name: "main", Dir: filepath.Join(dir, "cmd")},
		{Path: "example.com/m/p", Name: "p", Dir: filepath.Join(dir, "p"), Tests: true},
	}
	if !slices.Equal(res.Packages, wantPkgs) {
		t.Errorf("packages %+v\nwant     %+v", res.Packages, wantPkgs)
	}
	file := filepath.Join(dir, "p", "p.go")
	if !res.Editable(file) || res.Editable(filepath.Join(dir, "q.go")) {
		t.Error("Editable is true of the module's files, and of no others")
	}

	f := res.Findings[2]
	at := func(line, col int) finding.Position { return finding.Position{File: file, Line: line, Column: col} }
	if f.Rule != "toy" || f.Category != "call" || f.MessageKey != "called" || f.MessageArgs["func"] != "bad" ||
		f.Function != "F" || f.Package != "example.com/m/p" || f.Source != finding.Static || f.Confidence != finding.Medium {
		t.Errorf("finding %+v", f)
	}
	if f.Range != (finding.Range{Start: at(8, 2), End: at(8, 7)}) || !slices.Equal(f.Operations, []finding.Position{at(8, 2)}) {
		t.Errorf("range %v, operations %v", f.Range, f.Operations)
	}
	if f.Subject != (finding.Subject{Kind: finding.Operation, Name: "bad", Decl: at(7, 1)}) {
		t.Errorf("subject %+v", f.Subject)
	}
	if len(f.Related) != 1 || f.Related[0] != (finding.Related{Role: "call", Range: finding.Range{Start: at(7, 6), End: at(7, 7)}, Message: "in here"}) {
		t.Errorf("related %+v", f.Related)
	}
	wantEdit := finding.Edit{File: file, Offset: strings.Index(twice, "\tbad()") + 1 - strings.Index(twice, "package p"), Length: 3, New: "good"}
	if len(f.Fixes) != 1 || !slices.Equal(f.Fixes[0].Edits, []finding.Edit{wantEdit}) {
		t.Errorf("fixes %+v, want edit %+v", f.Fixes, wantEdit)
	}
}

// The fingerprint of a finding survives edits elsewhere, and tells apart two
// findings that are alike.
func TestFingerprints(t *testing.T) {
	dir := module(t, twice)
	before := run(t, Options{Dir: dir}).Findings
	write(t, dir, "-- p/p.go --\npackage p\n\n// A comment.\n\nfunc good() {}\n\nfunc F() {\n\tgood()\n\tbad()\n\tgood()\n\tbad()\n}\n\nfunc bad() {}\n")
	after := run(t, Options{Dir: dir}).Findings
	var a, b []string
	for i := range before {
		a = append(a, before[i].Fingerprint)
		b = append(b, after[i].Fingerprint)
	}
	if !slices.Equal(a, b) {
		t.Errorf("fingerprints changed:\n%q\n%q", a, b)
	}
	slices.Sort(a)
	if len(slices.Compact(a)) != len(before) {
		t.Errorf("fingerprints are not unique: %q", a)
	}
}

func TestTierIsPerRun(t *testing.T) {
	dir := module(t, "-- m.go --\npackage m\n\nfunc risky() {}\n\nfunc F() { risky() }\n")
	var wg sync.WaitGroup
	for tier, want := range map[config.Tier]int{config.Default: 0, config.Strict: 1, "": 0} {
		wg.Go(func() {
			res, err := Run(t.Context(), Options{Dir: dir, Tier: tier, Analyzers: []*analysis.Analyzer{toy}})
			if err != nil || len(res.Findings) != want {
				t.Errorf("tier %q: %d findings, want %d (%v)", tier, len(res.Findings), want, err)
			}
		})
	}
	wg.Wait()
}

func TestPlainAnalyzer(t *testing.T) {
	dir := module(t, "-- m.go --\npackage m\n\ntype T[P any] struct{}\n\nfunc (*T[P]) F() { bad() }\n\nfunc (T[P]) G() { bad() }\n\nfunc bad() {}\n")
	res := run(t, Options{Dir: dir, Analyzers: []*analysis.Analyzer{plainToy}})
	if want := []string{"m.go:5:20: plain", "m.go:7:19: plain"}; !slices.Equal(lines(dir, res.Findings), want) {
		t.Fatalf("got %q, want %q", lines(dir, res.Findings), want)
	}
	f := res.Findings[0]
	if f.Function != "(*T).F" || res.Findings[1].Function != "T.G" {
		t.Errorf("functions %q, %q", f.Function, res.Findings[1].Function)
	}
	if f.Range.End.IsValid() || len(f.Related) != 1 || len(f.Fixes) != 1 || f.Fixes[0].Edits[0].Length != 0 {
		t.Errorf("finding %+v", f)
	}
}

// Positions are those that //line directives give, here without a column; fixes are of the file itself.
func TestLineDirective(t *testing.T) {
	src := "package m\n\nfunc bad() {}\n\nfunc F() {\n//line gram.y:100\n\tbad()\n}\n"
	dir := module(t, "-- m.go --\n"+src)
	res := run(t, Options{Dir: dir})
	if want := []string{"gram.y:100: bad is called"}; !slices.Equal(lines(dir, res.Findings), want) {
		t.Fatalf("got %q, want %q", lines(dir, res.Findings), want)
	}
	f := res.Findings[0]
	want := finding.Edit{File: filepath.Join(dir, "m.go"), Offset: strings.Index(src, "\tbad()") + 1, Length: 3, New: "good"}
	if len(f.Fixes) != 1 || f.Fixes[0].Edits[0] != want {
		t.Errorf("fixes %+v, want %+v", f.Fixes, want)
	}
}

// What cgo made of a file is read, but reported of the file that the user wrote,
// and not offered for editing.
func TestCgo(t *testing.T) {
	if out, err := exec.Command("go", "env", "CGO_ENABLED").Output(); err != nil || strings.TrimSpace(string(out)) != "1" {
		t.Skip("cgo is not enabled")
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no C compiler")
	}
	dir := module(t, "-- m.go --\npackage m\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc bad() {}\n\nfunc F() int {\n\tbad()\n\treturn int(C.one())\n}\n")
	res := run(t, Options{Dir: dir})
	if got := lines(dir, res.Findings); len(got) != 1 || !strings.HasPrefix(got[0], "m.go:9:") {
		t.Fatalf("got %q, want one of m.go:9", got)
	}
	if fixes := res.Findings[0].Fixes; len(fixes) > 0 {
		t.Errorf("fixes %+v, want none", fixes)
	}
}

func TestTypeErrors(t *testing.T) {
	dir := module(t, `
-- broken/b.go --
package broken

func F() int { return undefined1 }
-- user/u.go --
package user

import "example.com/m/broken"

func bad() {}

func F() { bad(); broken.F() }
-- soft/s.go --
package soft

import "os"

func bad() {}

func F() { bad() }
-- badtest/p.go --
package badtest

func bad() {}

func F() { bad() }
-- badtest/p_test.go --
package badtest

var _ = undefined2
`)
	res := run(t, Options{Dir: dir})
	want := []string{"badtest/p.go:5:12: bad is called", "soft/s.go:7:12: bad is called", "user/u.go:7:12: bad is called"}
	if got := lines(dir, res.Findings); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	var problems []string
	for _, p := range res.Problems {
		rel, _ := filepath.Rel(dir, p.Pos.File)
		problems = append(problems, fmt.Sprintf("%s %s %s:%d: %s", p.Kind, p.Package, filepath.ToSlash(rel), p.Pos.Line, p.Message))
	}
	slices.Sort(problems)
	wantProblems := []string{
		"load example.com/m/badtest badtest/p_test.go:3: undefined: undefined2",
		"load example.com/m/broken broken/b.go:3: undefined: undefined1",
		`load example.com/m/soft soft/s.go:3: "os" imported and not used`,
	}
	if !slices.Equal(problems, wantProblems) {
		t.Errorf("got  %q\nwant %q", problems, wantProblems)
	}
}

// What is wrong within functions leaves the others to be analysed, but for those
// that mention them.
func TestSalvage(t *testing.T) {
	dir := module(t, `
-- p/p.go --
package p

import "os"

type T struct{}

func bad() {}

func (T) broken() int { return undefined1 }

func alsoBroken() { bad(); os.Exit("x") }

func init() { undefined2() }

func F() { bad() }

func G() { bad(); T{}.broken() }

func H() { bad(); f := alsoBroken; f() }
-- generic/g.go --
package generic

func bad() {}

func F() { bad() }

func G[P any]() { undefined3() }
-- outside/o.go --
package outside

var v undefined4

func bad() {}

func F() { bad() }

func G() { bad(); _ = v }
-- types/t.go --
package types

type T struct{ f undefined5 }

func bad() {}

func F() { bad() }
`)
	res := run(t, Options{Dir: dir})
	want := []string{"generic/g.go:5:12: bad is called", "outside/o.go:7:12: bad is called", "p/p.go:15:12: bad is called"}
	if got := lines(dir, res.Findings); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(res.Problems) != 6 {
		t.Errorf("problems %+v, want 6", res.Problems)
	}
}

// What an import could not find out has no type and gives no error where it is
// used: no analyzer sees a function that does.
func TestTypesThatAnImportLacks(t *testing.T) {
	dir := module(t, `
-- dep/d.go --
package dep

import "example.com/nosuch"

func Get() nosuch.T { return nosuch.T{} }

func Known() int { return 1 }
-- user/u.go --
package user

import "example.com/m/dep"

func bad() {}

func F() { dep.Get().Log(); bad() }

func G() { x := dep.Get(); bad(); x.Log(x) }

func H() { bad(); _ = dep.Known() }

func I() { bad(); F() }
`)
	typed := &analysis.Analyzer{
		Name: "typed", Doc: "look for what has no type", Run: func(pass *analysis.Pass) (any, error) {
			for id := range identifiers(pass.Files) {
				if pass.TypesInfo.ObjectOf(id) == nil && id.Name != "_" && id.Name != pass.Pkg.Name() {
					t.Errorf("%s: %s has no type", pass.Fset.Position(id.Pos()), id.Name)
				}
			}
			return nil, nil
		},
	}
	res := run(t, Options{Dir: dir, Patterns: []string{"./user"}, Analyzers: []*analysis.Analyzer{toy, typed}})
	if got, want := lines(dir, res.Findings), []string{"user/u.go:11:12: bad is called"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func identifiers(files []*ast.File) iter.Seq[*ast.Ident] {
	return func(yield func(*ast.Ident) bool) {
		for _, file := range files {
			for n := range ast.Preorder(file) {
				if id, ok := n.(*ast.Ident); ok && !yield(id) {
					return
				}
			}
		}
	}
}

// The SSA builder panics on what has no type. Where an import does not resolve, that
// is without an error at each use, and without any where the package that
// imports it is imported in turn.
func TestUnresolvedImport(t *testing.T) {
	dir := module(t, `
-- direct/d.go --
package direct

import "nowhere.example/x"

type T struct{ c *x.Client }

var (
	Client = x.New()
	All    = []x.Client{}
	Map    map[string]x.Client
)

func New() *x.Client { return x.New() }

func (t *T) Do() { t.c.Do() }

func uses() { go Client.Do() }

func counts() int { return len(All) }

func Sound() {}
-- indirect/i.go --
package indirect

import "example.com/m/direct"

func uses() { c := direct.Client; c.Do() }

func calls() { go direct.New().Do() }

func converts() { var v any = direct.Client; _ = v }

func indexes() { direct.Map["k"].Do() }

func passes() { func(...any) {}(direct.New()) }

type embeds struct{ direct.T }

func sound(e *embeds) { direct.Sound(); e.Do() }
`)
	res := run(t, Options{Dir: dir, Analyzers: []*analysis.Analyzer{ssaToy}})
	var got []string
	for _, f := range res.Findings {
		got = append(got, f.Message)
	}
	if want := []string{"built Sound", "built sound"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, p := range res.Problems {
		if p.Kind != LoadProblem {
			t.Errorf("problem %+v", p)
		}
	}
}

// ssaToy reports the functions of which it builds the SSA form.
var ssaToy = &analysis.Analyzer{
	Name: "ssatoy",
	Doc:  "build the SSA form",
	Run: func(pass *analysis.Pass) (any, error) {
		prog := ssa.NewProgram(pass.Fset, 0)
		for _, p := range pass.Pkg.Imports() {
			prog.CreatePackage(p, nil, nil, true)
		}
		prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false).Build()
		for _, file := range pass.Files {
			for _, decl := range file.Decls {
				if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil {
					pass.Report(analysis.Diagnostic{Pos: decl.Name.Pos(), Message: "built " + decl.Name.Name})
				}
			}
		}
		return nil, nil
	},
}

// Packages are loaded so many at a time; nothing that is reported shows it.
func TestBatches(t *testing.T) {
	dir := module(t, twice+"-- broken/b.go --\npackage broken\n\nvar V = undefined1\n-- user/u.go --\npackage user\n\nimport \"example.com/m/broken\"\n\nfunc bad() { bad(); _ = broken.V }\n")
	want := run(t, Options{Dir: dir})
	for _, opts := range []Options{
		{Dir: dir, batch: 1},
		{Dir: dir, batch: 2},
		{Dir: dir, batch: 1, Patterns: []string{"./user", "./broken", "./p", "./cmd", "./user"}},
	} {
		got := run(t, opts)
		if !slices.Equal(lines(dir, got.Findings), lines(dir, want.Findings)) || !slices.Equal(got.Packages, want.Packages) {
			t.Errorf("findings %q of %v\nwant     %q of %v", lines(dir, got.Findings), got.Packages, lines(dir, want.Findings), want.Packages)
		}
		if len(got.Problems) != len(want.Problems) || got.Problems[0].Message != want.Problems[0].Message {
			t.Errorf("problems %+v\nwant     %+v", got.Problems, want.Problems)
		}
	}
}

func TestInterrupted(t *testing.T) {
	dir := module(t, twice)
	ctx, cancel := context.WithCancel(t.Context())
	stopping := &analysis.Analyzer{
		Name: "stopping", Doc: "cancel the run",
		Run: func(*analysis.Pass) (any, error) { cancel(); return nil, nil },
	}
	res, err := Run(ctx, Options{Dir: dir, Analyzers: []*analysis.Analyzer{stopping, toy}})
	if err != nil || !res.Interrupted {
		t.Errorf("result %+v, error %v; want an interrupted result", res, err)
	}
	res, err = Run(ctx, Options{Dir: dir, Analyzers: []*analysis.Analyzer{toy}})
	if err != nil || !res.Interrupted || len(res.Findings) > 0 {
		t.Errorf("result %+v, error %v; want an interrupted result", res, err)
	}
}

// A requirement that fails is reported once, not again by every check.
func TestFailedRequirement(t *testing.T) {
	dir := module(t, "-- m.go --\npackage m\n")
	engine := &analysis.Analyzer{Name: "engine", Doc: "fail", Run: func(*analysis.Pass) (any, error) { return nil, errors.New("no luck") }}
	var checks []*analysis.Analyzer
	for _, name := range []string{"a", "b"} {
		checks = append(checks, &analysis.Analyzer{
			Name: name, Doc: "check", Requires: []*analysis.Analyzer{engine},
			Run: func(*analysis.Pass) (any, error) { t.Error("ran without its requirement"); return nil, nil },
		})
	}
	res := run(t, Options{Dir: dir, Analyzers: checks})
	if len(res.Problems) != 1 || res.Problems[0].Analyzer != "engine" || res.Problems[0].Kind != AnalyzerProblem ||
		!strings.Contains(res.Problems[0].Message, "no luck") {
		t.Errorf("problems %+v, want one, of engine", res.Problems)
	}
}

type nameFact struct{ Name string }

func (*nameFact) AFact() {}

// Facts reach the packages that import one, in whatever batch they are, and no
// others.
func TestFacts(t *testing.T) {
	dir := module(t, `
-- z/z.go --
package z
-- m/m.go --
package m

import _ "example.com/m/z"
-- m/m_test.go --
package m_test

import _ "example.com/m/a"
-- a/a.go --
package a

import (
	_ "example.com/m/m"
	_ "example.com/m/z"
)
`)
	names := &analysis.Analyzer{
		Name: "names", Doc: "says what packages are imported", FactTypes: []analysis.Fact{new(nameFact)},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, imp := range pass.Pkg.Imports() {
				f := new(nameFact)
				if pass.ImportPackageFact(imp, f) {
					pass.Reportf(pass.Files[0].Name.Pos(), "%s knows %s", pass.Pkg.Name(), f.Name)
				}
			}
			pass.ExportPackageFact(&nameFact{pass.Pkg.Name()})
			return nil, nil
		},
	}
	want := []string{"a knows m", "a knows z", "m knows z", "m_test knows a"}
	for _, batch := range []int{0, 1} {
		res := run(t, Options{Dir: dir, Analyzers: []*analysis.Analyzer{names}, batch: batch})
		var got []string
		for _, f := range res.Findings {
			got = append(got, f.Message)
		}
		slices.Sort(got)
		if batch == 1 { // a test may import what comes in a later batch
			got = slices.DeleteFunc(got, func(s string) bool { return s == "m_test knows a" })
			if !slices.Equal(got, want[:3]) {
				t.Errorf("batch %d: %q, want %q", batch, got, want[:3])
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("batch %d: %q, want %q", batch, got, want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	dir := module(t, "-- p/p.go --\npackage p\n")
	tests := []struct {
		patterns []string
		want     string
	}{
		{[]string{"./nosuch"}, "nosuch"},
		{[]string{"nosuch.go"}, "nosuch.go: no such file"},
		{[]string{"p"}, "for the folder, write ./p"},
		{[]string{"./p/nosuch/..."}, "nosuch"},
		{[]string{"example.com/other"}, "example.com/other"},
	}
	for _, tt := range tests {
		_, err := Run(t.Context(), Options{Dir: dir, Patterns: tt.patterns, Analyzers: []*analysis.Analyzer{toy}})
		var load *LoadError
		if !errors.As(err, &load) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want a LoadError that mentions %q", tt.patterns, err, tt.want)
		}
	}
	if _, err := Run(t.Context(), Options{Dir: filepath.Join(dir, "nosuch"), Analyzers: []*analysis.Analyzer{toy}}); err == nil {
		t.Error("no error about a folder that does not exist")
	}
}

func TestParsePosition(t *testing.T) {
	tests := map[string]finding.Position{
		"":               {},
		"-":              {},
		"a.go":           {File: "a.go"},
		"a.go:3":         {File: "a.go", Line: 3},
		"a.go:3:4":       {File: "a.go", Line: 3, Column: 4},
		`C:\a.go:3:4`:    {File: `C:\a.go`, Line: 3, Column: 4},
		"a:b.go:3:4":     {File: "a:b.go", Line: 3, Column: 4},
		"/x/a.go:30:400": {File: "/x/a.go", Line: 30, Column: 400},
	}
	for s, want := range tests {
		if got := parsePosition(s); got != want {
			t.Errorf("parsePosition(%q) = %+v, want %+v", s, got, want)
		}
	}
}

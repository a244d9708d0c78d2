package instrument

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// goCommand runs the go command in a folder.
func goCommand(t *testing.T, dir string, args ...string) (output []byte, err error) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS="+*goflags, "GOWORK=off", "GOPROXY=off", "PWD="+dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err = cmd.Output()
	if err != nil {
		err = fmt.Errorf("go %s: %w\n%s%s", strings.Join(args, " "), err, output, stderr.Bytes())
	}
	return output, err
}

// control puts the packages that the patterns match in a folder under
// control, with stubs for our packages.
func control(t *testing.T, dir string, opt Options, patterns ...string) *Result {
	t.Helper()
	output, err := goCommand(t, dir, slices.Concat([]string{"list", "-export", "-deps", "-test", "-e", "-json=" + ExportFields}, patterns)...)
	if err != nil {
		t.Fatal(err)
	}
	opt.Packages, err = ParseList(output)
	if err != nil {
		t.Fatal(err)
	}
	opt.Control, opt.Source = true, os.ReadFile
	c, err := change(opt)
	if err != nil {
		t.Fatal(err)
	}
	paths, packages := make(map[string]string), []string{"control", "controltest"}
	if *shimDir != stubs {
		packages = append(packages, "final", "goid", "leak")
	}
	for _, name := range packages {
		paths[shimPath+name] = c.home + "/" + name
	}
	for _, name := range packages {
		if err := c.layFolder(os.DirFS(*shimDir), name, name, paths); err != nil {
			t.Fatal(err)
		}
	}
	for name, src := range c.result.Overlay {
		if strings.Contains(name, "/lockstep_rt/") {
			continue
		}
		if before, err := os.ReadFile(name); err == nil {
			checkLines(t, name, before, src)
		}
	}
	return c.result
}

// overlay writes the overlay and returns the flag for it.
func overlay(t *testing.T, r *Result) string {
	t.Helper()
	file, err := r.Overlay.Write(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + file
}

// unpack writes the files of an archive into a new folder.
func unpack(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Programs do under control what they did before. The comment of an archive
// lists what is left native, by line; an archive with tests is tested.
const stubs = "testdata/control/stub"

var shimDir = flag.String("shim", stubs, "folder with packages control and controltest")
var show = flag.Bool("show", false, "print rewritten programs")
var goflags = flag.String("goflags", "", "GOFLAGS for corpora")

func TestControlPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
	files, err := filepath.Glob("testdata/control/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data, %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := exec.LookPath("gcc"); err != nil && strings.Contains(string(txtar.Format(a)), `import "C"`) {
				t.Skip("no C compiler")
			}
			controlProgram(t, a)
		})
	}
}

func controlProgram(t *testing.T, a *txtar.Archive) {
	dir := unpack(t, a)
	tests := slices.ContainsFunc(a.Files, func(f txtar.File) bool { return strings.HasSuffix(f.Name, "_test.go") })
	want, err := runProgram(t, dir, tests)
	if err != nil {
		t.Fatalf("the program itself: %v", err)
	}
	for _, values := range []bool{false, true} {
		r := control(t, dir, Options{Values: values, Tests: tests}, ".")
		if got, want := natives(r, dir), string(a.Comment); got != want {
			t.Errorf("native:\n%swant:\n%s", got, want)
		}
		if *show {
			t.Log(sources(r))
		}
		got, err := runProgram(t, dir, tests, overlay(t, r))
		if err != nil {
			t.Fatal(err, sources(r))
		}
		if stable(got) != stable(want) {
			t.Errorf("under control, values %t:\n%s\nbefore:\n%s%s", values, got, want, sources(r))
		}
	}
}

// runProgram builds the program in a folder, or its tests, and runs it. (What go
// run links stays in the build cache.)
func runProgram(t *testing.T, dir string, tests bool, flags ...string) (output []byte, err error) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program.exe")
	command, args := []string{"build"}, []string(nil)
	if tests {
		command, args = []string{"test", "-c", "-vet=off"}, []string{"-test.v"}
	}
	if _, err := goCommand(t, dir, slices.Concat(command, []string{"-o", binary}, flags, []string{"."})...); err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err = cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w\n%s%s", err, output, stderr.Bytes())
	}
	return output, err
}

// stable is the output of tests without the time that they took.
func stable(output []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(output)) {
		line, _, _ = strings.Cut(line, "s)\n")
		if i := strings.LastIndexByte(line, '('); i >= 0 && strings.HasPrefix(strings.TrimSpace(line), "---") {
			line = line[:i]
		}
		if !strings.HasPrefix(line, "ok  ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func sources(r *Result) string {
	var b strings.Builder
	for name, src := range r.Overlay {
		if !strings.Contains(name, "/lockstep_rt/") {
			fmt.Fprintf(&b, "\n-- %s --\n%s", name, src)
		}
	}
	return b.String()
}

func natives(r *Result, dir string) string {
	var b strings.Builder
	for _, n := range r.Native {
		rel, _ := filepath.Rel(dir, n.File)
		fmt.Fprintf(&b, "%s:%d: %s\n", rel, n.Line, n.Reason)
	}
	return b.String()
}

// checkLines checks that what is left of a file's tokens is on the lines where it
// was, as line directives count.
func checkLines(t *testing.T, name string, before, after []byte) {
	t.Helper()
	was, err := words(name, before)
	if err != nil {
		t.Errorf("%s does not parse: %v", name, err)
		return
	}
	is, err := words(name, after)
	if err != nil {
		t.Errorf("what %s was rewritten to does not parse: %v\n%s", name, err, after)
		return
	}
	there := make(map[word]bool)
	last := 0
	for _, w := range was {
		there[w] = true
		last = max(last, w.line)
	}
	compare := func(a, b word) int { return cmp.Or(cmp.Compare(a.line, b.line), strings.Compare(a.text, b.text)) }
	slices.SortFunc(is, compare)
	for _, w := range slices.Compact(is) {
		if !there[w] && !added(w.text) && w.line <= last {
			t.Errorf("%s: %s is on line %d, where it was not", name, w.text, w.line)
		}
	}
}

// A word is a name or a literal in a file.
type word struct {
	line int
	text string
}

// words lists those of a file that were not added to it.
func words(name string, src []byte) (list []word, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	embedded := make(map[ast.Node]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			constants(n, embedded)
		case *ast.ImportSpec:
			return n.Name == nil || !strings.HasPrefix(n.Name.Name, "lockstep_")
		case *ast.SelectorExpr:
			return !strings.HasPrefix(fmt.Sprint(n.X), "lockstep_")
		case *ast.CallExpr:
			if types.ExprString(n.Fun) == asControl+".Value" {
				return false
			}
			embeddedFields(n, embedded)
		case *ast.Ident:
			if embedded[n] {
				return true
			}
			list = append(list, word{fset.Position(n.Pos()).Line, n.Name})
		case *ast.BasicLit:
			if embedded[n] {
				return true
			}
			list = append(list, word{fset.Position(n.Pos()).Line, n.Value})
		}
		return true
	})
	return list, nil
}

// embeddedFields are those that the receiver in a call of ours may name, which the user
// did not.
func embeddedFields(call *ast.CallExpr, embedded map[ast.Node]bool) {
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		if fmt.Sprint(fun.X) != asControl && fmt.Sprint(fun.X) != asTest {
			return
		}
	case *ast.FuncLit:
		if params := fun.Type.Params.List; len(params) == 0 || len(params[0].Names) == 0 || params[0].Names[0].Name != "lockstep_r" {
			return
		}
	case *ast.ParenExpr: // a conversion
		if id, ok := fun.X.(*ast.Ident); ok {
			embedded[id] = true
		}
		return
	default:
		return
	}
	for _, x := range call.Args {
		if u, ok := x.(*ast.UnaryExpr); ok {
			x = u.X
		}
		for {
			sel, ok := x.(*ast.SelectorExpr)
			if !ok {
				break
			}
			embedded[sel.Sel] = true
			x = sel.X
		}
	}
}

// constants are the arguments that stay in the call that a go statement makes.
func constants(s *ast.GoStmt, moved map[ast.Node]bool) {
	lit, ok := s.Call.Fun.(*ast.FuncLit)
	if !ok || len(lit.Body.List) != 3 || len(s.Call.Args) > 0 {
		return
	}
	if d, ok := lit.Body.List[0].(*ast.DeferStmt); !ok || types.ExprString(d.Call.Fun) != "lockstep_g.End" {
		return
	}
	ast.Inspect(lit.Body.List[2], func(n ast.Node) bool {
		if n != nil {
			moved[n] = true
		}
		return true
	})
}

// added reports whether a word may be one that was added.
func added(text string) bool {
	if strings.Contains(text, "lockstep_") {
		return true
	}
	return slices.Contains([]string{"_", "panic", "true", "false", "new", "bool", "int", "string", "error", `"read"`, `"write"`, `"update"`, `"unreachable"`}, text) ||
		text[0] == '"' && strings.ContainsAny(text, "\t\\") || '0' <= text[0] && text[0] <= '9'
}

// What does not type-check is left to the compiler to complain about.
func TestControlBroken(t *testing.T) {
	dir := unpack(t, txtar.Parse([]byte(`-- go.mod --
module m

go 1.22
-- a.go --
package m

func f() { go g() }
-- a_test.go --
package m

import "testing"

func TestF(t *testing.T) { go f() }
-- b/b.go --
package b

func f() { go f() }
-- b/b_test.go --
package b_test

var x int = "x"
-- c/c.go --
package c; func {
`)))
	r := control(t, dir, Options{Tests: true}, "./...")
	want := `a.go:3: the package does not type-check: undefined: g
b/b_test.go:3: the package does not type-check: cannot use "x" (untyped string constant) as int value in variable declaration
c/c.go:1: it does not parse: expected 'IDENT', found '{'
`
	if got := natives(r, dir); got != want {
		t.Errorf("native:\n%swant:\n%s", got, want)
	}
	if got := len(r.Overlay); got != 3 || r.Overlay[filepath.Join(dir, "b/b.go")] == nil {
		t.Errorf("the overlay has%s", sources(r))
	}
}

// Control is for the packages of a program and what is vendored; of the module
// cache there are copies. Points in the tests are there only if they are run.
func TestComposeControl(t *testing.T) {
	source := func(name string) ([]byte, error) {
		if strings.HasSuffix(name, "cgo.go") {
			return []byte("package main\n\nimport \"C\"\n\nfunc f() { go f() }\n"), nil
		}
		return []byte("package main\n\nfunc main() { go main() }\n"), nil
	}
	c, err := change(Options{Packages: program(), Control: true, Source: source})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"/m/lockstep_rt/dependency/example.com/cached/c.go", "/m/lockstep_rt/dependency/example.com/forked/f.go",
		"/m/main.go", "/m/vendor/example.com/vendored/v.go", "/sibling/s.go"}
	if got := names(c.result.Overlay); !slices.Equal(got, want) {
		t.Errorf("overlay has %q, want %q", got, want)
	}
	if len(c.result.Native) != 1 || c.result.Native[0].Reason != usesCgo {
		t.Errorf("native: %v", c.result.Native)
	}
	for _, opt := range []Options{{Leaks: true}, {Locks: []string{"Mutex"}}} {
		opt.Control = true
		if _, err := Compose(opt); err == nil {
			t.Errorf("control together with %+v", opt)
		}
	}
}

// Rewriting is a function of the unit: it is not done again for the same one.
func TestControlCache(t *testing.T) {
	dir := unpack(t, txtar.Parse([]byte("-- go.mod --\nmodule m\n\ngo 1.22\n-- a.go --\npackage main\n\nfunc main() { go main() }\n")))
	cache := &memory{data: make(map[string][]byte)}
	first := control(t, dir, Options{Cache: cache}, ".")
	second := control(t, dir, Options{Cache: cache}, ".")
	a, _ := json.Marshal(first)
	b, _ := json.Marshal(second)
	if cache.puts != 1 || !bytes.Equal(a, b) {
		t.Errorf("%d were rewritten; %s and then %s", cache.puts, a, b)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package main\n\nfunc main() { defer main() }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if control(t, dir, Options{Cache: cache}, "."); cache.puts != 2 {
		t.Error("a changed file was not rewritten")
	}
}

type memory struct {
	data map[string][]byte
	puts int
}

func (m *memory) Get(key string) ([]byte, bool) {
	data, ok := m.data[key]
	return data, ok
}

func (m *memory) Put(key string, data []byte) {
	m.data[key] = data
	m.puts++
}

package instrument

import (
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lockstep-go/lockstep/runtime/shim/locks"
)

func TestRewrite(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data, %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in, want := a.Files[0].Data, a.Files[1].Data
		swaps := []Swap{
			{From: "sync", Names: []string{"Mutex", "RWMutex"}, To: "m/lockstep_rt/locks", As: asLocks},
			{From: "os", Names: []string{"Exit"}, To: "m/lockstep_rt/locks", As: asEnd},
		}
		calls := []Call{{Func: "main", Path: "m/lockstep_rt/locks", As: asEnd, Name: "AtEnd"}}
		out, _, _, err := rewrite("in.go", in, swaps, calls)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if string(out) != string(want) {
			t.Errorf("%s: rewritten to\n%s\nwant\n%s", file, out, want)
		}
		if out == nil {
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "out.go", out, 0); err != nil {
			t.Errorf("%s: the result does not parse: %v", file, err)
		}
		if before, after := len(strings.Split(string(in), "\n")), len(strings.Split(string(out), "\n")); after < before {
			t.Errorf("%s: %d lines became %d", file, before, after)
		}
	}
}

func TestRewriteBroken(t *testing.T) {
	if _, _, _, err := rewrite("in.go", []byte("package p; func {"), nil, nil); err == nil {
		t.Error("a file that does not parse was rewritten")
	}
}

func TestReimport(t *testing.T) {
	got, err := reimport("x.go", []byte("package p\n\nimport (\n\ta \"old/a\"\n\t\"old/b\"\n\t\"other\"\n)\n\nvar s = \"old/a\"\n"),
		map[string]string{"old/a": "new/a", "old/b": "new/b"})
	want := "package p\n\nimport (\n\ta \"new/a\"\n\t\"new/b\"\n\t\"other\"\n)\n\nvar s = \"old/a\"\n"
	if err != nil || string(got) != want {
		t.Errorf("reimport = %q, %v; want %q", got, err, want)
	}
}

// deadlockDir is go-deadlock in the module cache of this build.
func deadlockDir(t *testing.T) string {
	t.Helper()
	file, _ := runtime.FuncForPC(reflect.ValueOf((*locks.Mutex).Lock).Pointer()).FileLine(0)
	if !filepath.IsAbs(file) {
		t.Skip("this test was built with -trimpath")
	}
	return filepath.Dir(file)
}

func TestDeadlockVersion(t *testing.T) {
	if v := DeadlockVersion(); !strings.HasPrefix(v, "v0.") {
		t.Errorf("DeadlockVersion = %q", v)
	}
}

// program is a main package with a dependency of each kind.
func program() []Package {
	main := &Module{Path: "example.com/m", Dir: "/m", Main: true}
	return []Package{
		{ImportPath: "sync", Dir: "/go/src/sync", Standard: true, DepOnly: true, GoFiles: []string{"mutex.go"}},
		{
			ImportPath: "example.com/cached", Dir: "/cache/cached@v1", DepOnly: true, GoFiles: []string{"c.go"},
			Module: &Module{Path: "example.com/cached", Dir: "/cache/cached@v1", Version: "v1.0.0"},
		},
		{
			ImportPath: "example.com/forked", Dir: "/cache/fork@v1", DepOnly: true, GoFiles: []string{"f.go"},
			Module: &Module{Path: "example.com/forked", Replace: &Module{Path: "example.com/fork", Version: "v1.0.0"}},
		},
		{
			ImportPath: "example.com/sibling", Dir: "/sibling", DepOnly: true, GoFiles: []string{"s.go"}, TestGoFiles: []string{"s_test.go"},
			Module: &Module{Path: "example.com/sibling", Replace: &Module{Path: "../sibling", Dir: "/sibling"}},
		},
		{
			ImportPath: "example.com/vendored", Dir: "/m/vendor/example.com/vendored", DepOnly: true, GoFiles: []string{"v.go"},
			Module: &Module{Path: "example.com/vendored", Version: "v1.0.0"},
		},
		{
			ImportPath: "example.com/m", Name: "main", Dir: "/m", Module: main,
			GoFiles: []string{"main.go"}, CgoFiles: []string{"cgo.go"}, TestGoFiles: []string{"main_test.go"},
		},
	}
}

// compose composes with sources that all have a lock and a main function.
func compose(t *testing.T, opt Options) *Result {
	t.Helper()
	opt.Source = func(string) ([]byte, error) {
		return []byte("package main\n\nimport \"sync\"\n\nvar mu sync.Mutex\n\nfunc main() {}\n"), nil
	}
	r, err := Compose(opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func names(o Overlay) []string {
	var list []string
	for name := range maps.Keys(o) {
		if !strings.Contains(filepath.ToSlash(name), "/godeadlock/") {
			list = append(list, filepath.ToSlash(name))
		}
	}
	slices.Sort(list)
	return list
}

func TestCompose(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the test's paths are Unix paths")
	}
	shim := func(list ...string) (files []string) {
		for _, name := range list {
			files = append(files, "/m/lockstep_rt/"+name+"/"+name+".go")
		}
		return files
	}
	locks := shim("final", "goid", "locks", "stack")
	tests := program()
	embeds := program()
	embeds[5].TestEmbedFiles = []string{"main.go"}
	for _, test := range []struct {
		name string
		opt  Options
		want []string
		n    int
	}{
		{"locks of a program", Options{Packages: program(), Locks: []string{"Mutex", "RWMutex"}, Deadlock: deadlockDir(t)},
			append([]string{"/m/cgo.go", "/m/main.go", "/sibling/s.go"}, locks...), 3},
		{"locks of tests", Options{Packages: tests, Tests: true, Locks: []string{"Mutex"}, Deadlock: deadlockDir(t)},
			append([]string{"/m/cgo.go", "/m/lockstep_rt_main_test.go", "/m/main.go", "/m/main_test.go", "/sibling/s.go"}, locks...), 4},
		{"no such locks", Options{Packages: program(), Locks: []string{"RWMutex"}, Deadlock: deadlockDir(t)},
			append([]string{"/m/cgo.go", "/m/main.go"}, locks...), 0}, // the ends of main
		{"embedded source", Options{Packages: embeds, Locks: []string{"Mutex"}, Deadlock: deadlockDir(t)},
			append([]string{"/m/cgo.go", "/sibling/s.go"}, locks...), 2},
		{"leaks", Options{Packages: program(), Leaks: true},
			append([]string{"/m/cgo.go", "/m/main.go"}, shim("final", "leak")...), 0},
	} {
		r := compose(t, test.opt)
		slices.Sort(test.want)
		if got := names(r.Overlay); !slices.Equal(got, test.want) {
			t.Errorf("%s: overlay has %q\nwant %q", test.name, got, test.want)
		}
		if n := r.Swapped["Mutex"] + r.Swapped["RWMutex"]; n != test.n {
			t.Errorf("%s: %d replaced, want %d", test.name, n, test.n)
		}
		for name, src := range r.Overlay {
			if s := string(src); strings.HasSuffix(name, ".go") && strings.Contains(s, `"github.com/`) {
				t.Errorf("%s: %s imports what is not in the program", test.name, name)
			}
		}
	}
}

func TestComposeRefuses(t *testing.T) {
	if _, err := Compose(Options{Leaks: true, Locks: []string{"Mutex"}}); err == nil {
		t.Error("locks and leaks together")
	}
	none := Options{Packages: program(), Locks: []string{"Mutex"}, Source: func(string) ([]byte, error) { return []byte("package main\n"), nil }}
	if _, err := Compose(none); err == nil {
		t.Error("locks without go-deadlock")
	}
}

// Of the standard library only programs and external tests are touched.
func TestComposeStandard(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the test's paths are Unix paths")
	}
	list := []Package{
		{ImportPath: "os", Dir: "/go/src/os", Name: "os", Standard: true, DepOnly: true, GoFiles: []string{"os.go"}},
		{ImportPath: "a", Dir: "/go/src/a", Name: "a", Standard: true, GoFiles: []string{"a.go"}, TestGoFiles: []string{"a_test.go"}},
		{ImportPath: "b", Dir: "/go/src/b", Name: "b", Standard: true, TestGoFiles: []string{"main_test.go"}},
		{ImportPath: "c", Dir: "/go/src/c", Name: "c", Standard: true, XTestGoFiles: []string{"main_test.go"}},
		{ImportPath: "d", Dir: "/go/src/d", Name: "d", Standard: true, GoFiles: []string{"d.go"}},
	}
	source := func(file string) ([]byte, error) {
		if strings.HasSuffix(file, "main_test.go") {
			return []byte("package x\n\nimport \"testing\"\n\nfunc TestMain(m *testing.M) { m.Run() }\n"), nil
		}
		return []byte("package x\n\nimport \"os\"\n\nfunc f() { os.Exit(1) }\n"), nil
	}
	r, err := Compose(Options{Packages: list, Tests: true, Leaks: true, Source: source})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/go/src/a/lockstep_rt_main_test.go", "/go/src/c/main_test.go",
		"/go/src/lockstep_rt/final/final.go", "/go/src/lockstep_rt/leak/leak.go",
	}
	if got := names(r.Overlay); !slices.Equal(got, want) || !slices.Equal(r.Bare, []string{"b"}) {
		t.Errorf("overlay has %q, want %q; bare %q", got, want, r.Bare)
	}
	if main := string(r.Overlay[want[0]]); !strings.HasPrefix(main, "package a_test\n") {
		t.Errorf("TestMain is not in the external test package:\n%s", main)
	}
}

func TestParseList(t *testing.T) {
	got, err := ParseList([]byte(`{"ImportPath": "a", "Name": "a"}
{"ImportPath": "a [a.test]", "Name": "a", "ForTest": "a"}
{"ImportPath": "b [a.test]", "Name": "b", "ForTest": "a"}
{"ImportPath": "b [c.test]", "Name": "b", "ForTest": "c"}
{"ImportPath": "c [a.test]", "Name": "c", "ForTest": "a"}
{"ImportPath": "c", "Name": "c"}
{"ImportPath": "a_test [a.test]", "Name": "a_test", "ForTest": "a"}
{"ImportPath": "a.test", "Name": "main", "Dir": "/a", "GoFiles": ["/cache/_testmain.go"]}
{"ImportPath": "odd.test", "Name": "main", "Dir": "/odd", "GoFiles": ["main.go"]}`))
	var paths []string
	for _, p := range got {
		paths = append(paths, p.ImportPath)
	}
	if err != nil || strings.Join(paths, " ") != "a c odd.test b" {
		t.Errorf("ParseList = %+v, %v", got, err)
	}
	if _, err := ParseList([]byte(`{"ImportPath": `)); err == nil {
		t.Error("ParseList of half a list succeeded")
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	mine, theirs, both := filepath.Join(dir, "mine.go"), filepath.Join(dir, "theirs.go"), filepath.Join(dir, "both.go")
	users := Replacement{theirs: filepath.Join(dir, "t"), both: filepath.Join(dir, "b")}
	file, err := Overlay{mine: []byte("mine"), both: []byte("both")}.Write(dir, users)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ReadReplacement(filepath.Base(file), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(r) != 3 || r[theirs] != users[theirs] || r[both] == users[both] {
		t.Errorf("replacement %v", r)
	}
	for name, want := range map[string]string{mine: "mine", both: "both"} {
		if data, err := r.ReadFile(name); err != nil || string(data) != want {
			t.Errorf("ReadFile(%s) = %q, %v", name, data, err)
		}
	}
	gone := Replacement{mine: ""}
	if _, err := gone.ReadFile(mine); !os.IsNotExist(err) {
		t.Errorf("a file that the overlay removes: %v", err)
	}
}

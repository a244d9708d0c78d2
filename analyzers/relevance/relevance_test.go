package relevance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func parse(t *testing.T, name string, src any) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPackage(t *testing.T) {
	tests := map[string]struct {
		src  string
		want bool
	}{
		"nothing":             {`func f(a []int) (n int) { for _, x := range a { n += x }; return n }`, false},
		"quiet imports":       {`import ("fmt"; "time"; "testing"); var _ = fmt.Sprint(time.Now(), testing.Short())`, false},
		"operators":           {`func f(a, b *int) bool { return *a & *b < -1 }`, false},
		"words in comments":   {`// f does not go, lock or wait.` + "\n" + `func f() {}`, false},
		"declares Lock":       {`type T int; func (T) Lock() {}`, false},
		"go":                  {`func f() { go f() }`, true},
		"go in a literal":     {`var f = func() { go print() }`, true},
		"channel type":        {`type T struct{ c chan int }`, true},
		"channel of another":  {`import "p"; func f() { p.C <- 1 }`, true},
		"receive":             {`import "p"; func f() { <-p.C }`, true},
		"select":              {`func f() { select {} }`, true},
		"sync":                {`import "sync"; var mu sync.Mutex`, true},
		"renamed sync":        {`import s "sync"; var mu s.Mutex`, true},
		"dot sync":            {`import . "sync"; var mu Mutex`, true},
		"lock of another":     {`import "p"; func f(t *p.T) { t.Lock() }`, true},
		"unlock as a value":   {`import "p"; func f(t *p.T) func() { return t.Unlock }`, true},
		"locking function":    {`import "p"; func f(t *p.T) { p.UnlockAll(t) }`, true},
		"blocks, clocks":      {`import "p"; func f(t *p.T) { t.Block(p.Clock) }`, false},
		"timer":               {`import "time"; func f() { time.AfterFunc(1, f) }`, true},
		"parallel test":       {`import "testing"; func f(t *testing.T) { t.Parallel() }`, true},
		"finalizer":           {`import "runtime"; func f(p *int) { runtime.SetFinalizer(p, nil) }`, true},
		"group":               {`import "golang.org/x/sync/errgroup"; var g errgroup.Group`, true},
		"pool":                {`import "p"; func f(t *p.T) { t.SubmitAll(f) }`, true},
		"own directive":       {`//lockstep:ignore datarace as a test` + "\n" + `func f() {}`, true},
		"contract":            {`var n int // guarded by p.Mu`, true},
		"contract, otherwise": {`// +checklocks:p.Mu` + "\n" + `func f() {}`, true},
	}
	for name, tt := range tests {
		f := parse(t, "p.go", "package p\n"+tt.src)
		if got := Package([]*ast.File{f}); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	loud := parse(t, "a.go", "package p\nfunc f() { go f() }")
	quiet := parse(t, "b.go", "package p")
	if !Package([]*ast.File{quiet, loud}) || Package([]*ast.File{quiet}) || Package(nil) {
		t.Error("a package matters if one of its files does")
	}
}

// Whatever a check finds something in must matter, or it would not be found.
func TestWhatChecksReportMatters(t *testing.T) {
	packages := 0
	err := filepath.WalkDir("..", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || !strings.Contains(dir, "testdata") {
			return err
		}
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return err
		}
		var files []*ast.File
		wants := false
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			wants = wants || strings.Contains(string(src), "// want ")
			files = append(files, parse(t, name, src))
		}
		if wants {
			packages++
			if !Package(files) {
				t.Errorf("%s: findings are wanted, but the package is said not to matter", dir)
			}
		}
		return nil
	})
	if err != nil || packages == 0 {
		t.Errorf("%d packages with findings, error %v", packages, err)
	}
}

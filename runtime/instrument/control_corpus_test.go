package instrument

import (
	"cmp"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var corpus = flag.String("corpus", "", "folder of a module or package to copy, put under control and compile")

// TestControlCorpus compiles other people's packages under control, tests too.
func TestControlCorpus(t *testing.T) {
	if *corpus == "" || *corpus == "std" {
		t.Skip("no -corpus")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(*corpus)); err != nil {
		t.Fatal(err)
	}
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error { return os.Chmod(name, 0o755) })
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/m\n\ngo 1.26\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	broken := compileErrors(t, dir, nil)
	r := control(t, dir, Options{Tests: true, Values: true}, "./...")
	files := 0
	for name := range r.Overlay {
		if strings.HasPrefix(name, dir) && !strings.Contains(name, "lockstep_rt") {
			files++
		}
	}
	reasons := make(map[string]int)
	for _, n := range r.Native {
		reasons[n.Reason]++
		t.Logf("native: %s:%d: %s", n.File, n.Line, n.Reason)
	}
	after := compileErrors(t, dir, r)
	failed := 0
	for pkg, err := range after {
		if broken[pkg] == "" && err != "" {
			failed++
			t.Errorf("%s:\n%s", pkg, err)
		}
	}
	t.Logf("%d files rewritten; %d packages and variants compile, %d fail, %d failed before; native: %v", files, len(after)-failed, failed, len(broken), reasons)
}

// compileErrors lists the packages with what the compiler says of each.
func compileErrors(t *testing.T, dir string, r *Result) map[string]string {
	args := []string{"list", "-e", "-export", "-test", "-json=ImportPath,Error"}
	if r != nil {
		args = append(args, overlay(t, r))
	}
	cmd := exec.Command("go", append(args, "./...")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "PWD="+dir, "GOPROXY=off")
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for dec := json.NewDecoder(strings.NewReader(string(output))); dec.More(); {
		var p struct {
			ImportPath string
			Error      *PackageError
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(p.ImportPath, "lockstep_rt") && p.Error == nil || slices.Contains([]string{"", "command-line-arguments"}, p.ImportPath) {
			continue
		}
		if p.Error != nil {
			found[p.ImportPath] = p.Error.String()
		} else if r != nil {
			found[p.ImportPath] = ""
		}
	}
	return found
}

// Packages and their tests type-check under control, and no line moves.
func TestControlTypes(t *testing.T) {
	patterns := []string{"testing", "net/http", "log/slog", "os/exec", "golang.org/x/tools/go/ssa", "golang.org/x/tools/go/packages"}
	if *corpus == "std" {
		patterns = []string{"std"}
	} else if testing.Short() {
		t.Skip("it reads large packages")
	}
	output, err := goCommand(t, ".", slices.Concat([]string{"list", "-export", "-deps", "-json=" + ExportFields}, patterns)...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ParseList(output)
	if err != nil {
		t.Fatal(err)
	}
	c := &composer{opt: Options{Packages: list, Tests: true, Source: os.ReadFile, Values: true, Control: true}, home: "lockstep_rt", result: &Result{Overlay: make(Overlay)}}
	c.prepareControl()
	exports := c.export
	c.export = func(path string) string { return cmp.Or(exports(path), exports("vendor/"+path)) }
	files := 0
	for i := range list {
		p := &list[i]
		// What has the types itself cannot import ours, which name them.
		if p.DepOnly || len(p.CgoFiles) > 0 || slices.Contains([]string{"unsafe", "sync", "time", "testing", "context"}, p.ImportPath) {
			continue
		}
		for _, u := range unitsOf(t, c, p, *corpus == "std") {
			im := &imports{exports: c.export, read: os.ReadFile, fset: c.fset, packages: c.imported}
			r := u.rewrite(im)
			for _, n := range r.Native {
				t.Errorf("native: %s:%d: %s", n.File, n.Line, n.Reason)
			}
			files += len(r.Files)
			recheck(t, u, r)
		}
	}
	if files < 50 {
		t.Errorf("only %d files were rewritten", files)
	}
	t.Logf("%d files", files)
}

// unitsOf are the units of a package; its tests need the export data of what only they
// import.
func unitsOf(t *testing.T, c *composer, p *Package, tests bool) []*unit {
	u, err := c.unit(p, tests)
	if err != nil {
		t.Fatal(err)
	}
	u.external = tests && len(p.XTestGoFiles) > 0
	if !u.external {
		return []*unit{u}
	}
	ext := &unit{path: p.ImportPath + "_test", name: p.Name + "_test", dir: p.Dir, tested: u, home: c.home, tests: true, values: true}
	if err := c.addFiles(ext, p, p.XTestGoFiles, ""); err != nil {
		t.Fatal(err)
	}
	if len(u.files) == 0 {
		return []*unit{ext}
	}
	return []*unit{u, ext}
}

// recheck type-checks what a unit was rewritten to.
func recheck(t *testing.T, u *unit, r *rewriting) {
	if u.checked == nil {
		return
	}
	im := &imports{u.checked.imports.exports, os.ReadFile, u.checked.fset, maps.Clone(u.checked.imports.packages)}
	for _, name := range []string{"control", "controltest"} {
		file, err := parser.ParseFile(im.fset, "testdata/control/stub/"+name+"/"+name+".go", nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := (&types.Config{Importer: im}).Check(u.home+"/"+name, im.fset, []*ast.File{file}, nil)
		if err != nil {
			t.Fatal(err)
		}
		im.packages[pkg.Path()] = pkg
	}
	var files []*ast.File
	for _, f := range u.files {
		src := f.src
		if out, ok := r.Files[f.name]; ok {
			src = out
			checkLines(t, f.name, f.src, src)
		}
		file, err := parser.ParseFile(im.fset, f.name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			return
		}
		files = append(files, file)
	}
	config := &types.Config{Importer: im, GoVersion: u.version, Error: func(err error) { t.Error(err) }, FakeImportC: true}
	config.Check(u.path, im.fset, files, nil)
}

var tests = flag.String("tests", "", "folder, and packages below it, whose tests to run under control")

// TestControlTests runs the tests of packages with stubs for ours.
func TestControlTests(t *testing.T) {
	dir, patterns, _ := strings.Cut(*tests, " ")
	if dir == "" {
		t.Skip("no -tests")
	}
	list := strings.Fields(patterns)
	r := control(t, dir, Options{Tests: true, GoVersion: strings.TrimPrefix(runtime.Version(), "go")}, list...)
	for _, n := range r.Native {
		t.Logf("native: %s:%d: %s", n.File, n.Line, n.Reason)
	}
	output, err := goCommand(t, dir, slices.Concat([]string{"test", "-short", "-vet=off", "-count=1", overlay(t, r)}, list)...)
	t.Logf("%d files, bare %q\n%s", len(r.Overlay)-2, r.Bare, output)
	if err != nil {
		t.Error(err)
	}
}

var programs = flag.String("programs", "", "folder, and main packages below it, to compile under control")

// TestControlMains compiles programs with stubs for our packages.
func TestControlMains(t *testing.T) {
	dir, patterns, _ := strings.Cut(*programs, " ")
	if dir == "" {
		t.Skip("no -programs")
	}
	for _, pattern := range strings.Fields(patterns) {
		r := control(t, dir, Options{Values: true, GoVersion: strings.TrimPrefix(runtime.Version(), "go")}, pattern)
		for _, n := range r.Native {
			t.Logf("native: %s:%d: %s", n.File, n.Line, n.Reason)
		}
		if *show {
			t.Log(sources(r))
		}
		_, err := goCommand(t, dir, "build", "-o", os.DevNull, overlay(t, r), pattern)
		t.Logf("%s: %d files, bare %q", pattern, len(r.Overlay)-2, r.Bare)
		if err != nil {
			t.Error(err)
		}
	}
}

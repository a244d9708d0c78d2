package instrument

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var corpus = flag.String("corpus", "", "folder of a module or package to copy, put under control and compile")

// TestControlCorpus compiles other people's packages under control, tests too.
func TestControlCorpus(t *testing.T) {
	if *corpus == "" {
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

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// What the generator derives must be what is committed.
func TestDerivedFilesAreFresh(t *testing.T) {
	dir := filepath.Join("..", "..")
	files, err := derived(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		got, err := os.ReadFile(filepath.Join(dir, f.path))
		if err != nil {
			t.Errorf("%v; run \"make generate\"", err)
		} else if string(got) != string(f.data) {
			t.Errorf("analyzers/%s is stale; run \"make generate\"", f.path)
		}
	}
}

func TestChecks(t *testing.T) {
	got, err := checks(fstest.MapFS{
		"late/doc.go":               {Data: []byte("// Package late reports what comes late. It says more.\npackage late\n")},
		"late/late.go":              {Data: []byte("package late\n\nvar Analyzer = newAnalyzer()\n")},
		"early/doc.go":              {Data: []byte("// Package early reports what comes early.\npackage early\n")},
		"early/early.go":            {Data: []byte("package early\n\nvar (\n\tx int\n\tAnalyzer = &y\n)\n")},
		"config/config.go":          {Data: []byte("package config\n\nvar Analyzer = 1\n")},
		"message/message.go":        {Data: []byte("package message\n\nfunc f() { var Analyzer int }\n")},
		"message/message_test.go":   {Data: []byte("package message\n\nvar Analyzer int\n")},
		"internal/engine/engine.go": {Data: []byte("package engine\n\nvar Analyzer = 1\n")},
		"suite.go":                  {Data: []byte("package analyzers\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []check{{"early", "reports what comes early"}, {"late", "reports what comes late"}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("checks = %v, want %v", got, want)
	}
}

func TestChecksWantDoc(t *testing.T) {
	_, err := checks(fstest.MapFS{"late/late.go": {Data: []byte("package late\n\nvar Analyzer = 1\n")}})
	if err == nil || !strings.Contains(err.Error(), "analyzers/late") || !strings.Contains(err.Error(), "doc.go") {
		t.Errorf("checks: %v, want an error that names analyzers/late and doc.go", err)
	}
}

func TestNewCheckRejects(t *testing.T) {
	fsys := fstest.MapFS{"late/late.go": {Data: []byte("package late\n")}}
	for _, name := range []string{"", "Late", "late-lock", "späť", "../late", "func", "1late", "late"} {
		if files, err := newCheck(fsys, name); err == nil {
			t.Errorf("newCheck(%q) = %d files, want an error", name, len(files))
		}
	}
}

// A new check must build, pass vet, join the suite, and fail its own test
// until it is written.
func TestNewCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a copy of the module")
	}
	root := copyModule(t)
	t.Chdir(root)
	var out strings.Builder
	if err := run(&out, "fresh", nil); err != nil {
		t.Fatal(err)
	}
	if got := goCommand(t, "vet", "./analyzers/..."); got != "" {
		t.Errorf("go vet: %s", got)
	}
	if got := goCommand(t, "test", "./analyzers"); strings.Contains(got, "FAIL") {
		t.Errorf("go test ./analyzers: %s", got)
	}
	got := goCommand(t, "test", "./analyzers/fresh")
	if !strings.Contains(got, "no diagnostic was reported matching `wrong is TODO`") {
		t.Errorf("go test ./analyzers/fresh does not fail for want of the check: %s", got)
	}
	suite, err := os.ReadFile("analyzers/suite.go")
	if err != nil || !strings.Contains(string(suite), "fresh.Analyzer,") {
		t.Errorf("the suite does not have the new check: %v\n%s", err, suite)
	}
}

func copyModule(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	source := filepath.Join("..", "..", "..")
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var sub fs.FS = os.DirFS(filepath.Join(source, "analyzers"))
	if err := os.CopyFS(filepath.Join(root, "analyzers"), sub); err != nil {
		t.Fatal(err)
	}
	return root
}

// goCommand returns what a go command prints, whether or not it succeeds.
func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(out)
}

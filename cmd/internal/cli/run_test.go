package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
)

// lockstep runs a command in dir.
func lockstep(t *testing.T, dir string, args ...string) (code exitcode.Code, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = Main(t.Context(), &Env{Args: args, Dir: dir, Stdout: &out, Stderr: &err, Getenv: func(string) string { return "" }})
	return code, out.String(), err.String()
}

func TestRunUsage(t *testing.T) {
	for args, want := range map[string]string{
		"run -cpu=0":               "-cpu=0: want 1 or more",
		"run -cpu=a":               "invalid argument",
		"test -count=0":            "-count=0: want 1 or more",
		"test -parallel=-2":        "-parallel=-2: want 1 or more",
		"test -count=2 -for=1s":    "exclude each other",
		"run -timeout=-1s":         "-timeout=-1s: want a duration above zero",
		"run -for=0s":              "-for=0s: want a duration above zero",
		"run -variants=rice":       `unknown detector "rice"`,
		"run -format=none":         `unknown format "none"`,
		"run -run=X":               "unknown",
		"test -lock-timeout=never": "invalid argument",
	} {
		if code, _, stderr := lockstep(t, t.TempDir(), strings.Fields(args)...); code != exitcode.Usage || !strings.Contains(stderr, want) {
			t.Errorf("lockstep %s: code %d, want %d and %q in %q", args, code, exitcode.Usage, want, stderr)
		}
	}
}

func TestRunAndTest(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/leaky\n\ngo 1.26\n",
		"main.go": `package main

import "os"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "-leak" {
		leak()
	}
}

func leak() {
	go func() {
		select {}
	}()
}
`,
		"main_test.go": "package main\n\nimport \"testing\"\n\nfunc TestLeak(t *testing.T) { leak() }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "")
	flags := []string{"-variants=leak", "-cpu=1", "-count=1"}

	code, stdout, stderr := lockstep(t, dir, append([]string{"run"}, flags...)...)
	if code != exitcode.Clean || stdout != "" || !strings.Contains(stderr, "no findings in 1 run of 1 package (leak)") {
		t.Errorf("run: code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = lockstep(t, dir, append(append([]string{"run"}, flags...), "--", "-leak")...)
	again := "again: lockstep run -variants=leak -cpu=1 -count=1 example.com/leaky -- -leak"
	if code != exitcode.Findings || !strings.HasPrefix(stdout, "main.go:13: ") || !strings.Contains(stdout, again) || !strings.Contains(stderr, "1 finding in 1 run") {
		t.Errorf("run -- -leak: code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = lockstep(t, dir, append([]string{"test", "-format=json", "-run=Leak"}, flags...)...)
	if code != exitcode.Findings || !strings.Contains(stdout, `"rule": "goroutineleak"`) || !strings.Contains(stdout, `"-run=Leak"`) {
		t.Errorf("test: code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = lockstep(t, dir, append([]string{"test", "-run=None"}, flags...)...)
	if code != exitcode.Clean || stdout != "" {
		t.Errorf("test -run=None: code %d\n%s%s", code, stdout, stderr)
	}
}

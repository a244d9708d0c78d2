package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/cmd/internal/check/vettool"
	"github.com/lockstep-go/lockstep/cmd/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"lockstep":       main,
		"lockstep-panic": mainWithPanic,
	})
}

// mainWithPanic is lockstep with a check in its suite that panics on every
// package called panicky and fails on every package called failing.
func mainWithPanic() {
	panics := &analysis.Analyzer{
		Name:       "panics",
		Doc:        "panic",
		Requires:   []*analysis.Analyzer{config.Analyzer},
		ResultType: diagnostic.ResultType,
		Run: func(pass *analysis.Pass) (any, error) {
			switch pass.Pkg.Name() {
			case "panicky":
				var index []int
				_ = index[len(pass.Files)]
			case "failing":
				return nil, context.DeadlineExceeded
			}
			return diagnostic.NewReporter(pass, nil).Finish(), nil
		},
	}
	suite := append(analyzers.Suite(), panics)
	if vettool.IsProtocol(os.Args[1:]) {
		name, err := os.Executable()
		if err != nil {
			panic(err)
		}
		os.Exit(vettool.Main(context.Background(), name, os.Args[1:], suite, os.Stdout, os.Stderr))
	}
	os.Exit(int(cli.Main(context.Background(), &cli.Env{
		Args:   os.Args[1:],
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Getenv: os.Getenv,
		Suite:  suite,
	})))
}

// TestScript runs testdata/script/*.txtar. The go command that they use has no
// network, no configuration of the user's, and the user's build cache.
func TestScript(t *testing.T) {
	gocache, goroot := goEnv(t, "GOCACHE"), goEnv(t, "GOROOT")
	testscript.Run(t, testscript.Params{
		Dir: filepath.FromSlash("../../testdata/script"),
		Setup: func(env *testscript.Env) error {
			for _, kv := range []string{
				"GOCACHE=" + gocache, "GOENV=off", "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off",
				"GOROOT=" + goroot, "GOPATH=" + filepath.Join(env.WorkDir, "gopath"), "GOTELEMETRY=off",
				"CGO_ENABLED=0", "GIT_CEILING_DIRECTORIES=" + env.WorkDir,
			} {
				name, value, _ := strings.Cut(kv, "=")
				env.Setenv(name, value)
			}
			tool, err := lookPath("lockstep", env.Getenv("PATH"))
			env.Setenv("LOCKSTEP", tool)
			env.Setenv("LOCKSTEP_PANIC", filepath.Join(filepath.Dir(tool), "lockstep-panic"+filepath.Ext(tool)))
			return err
		},
	})
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// lookPath is exec.LookPath in another PATH than this process's.
func lookPath(name, path string) (string, error) {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, dir := range filepath.SplitList(path) {
		if file := filepath.Join(dir, name); filepath.IsAbs(file) {
			if _, err := os.Stat(file); err == nil {
				return file, nil
			}
		}
	}
	return "", exec.ErrNotFound
}

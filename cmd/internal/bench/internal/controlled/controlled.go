// Package controlled builds and runs programs under schedules, for benchmarks.
package controlled

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/instrument"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A Target is a program to build.
type Target struct {
	Dir     string   // of its module
	Pattern string   // its package
	Files   []string // or the files that it consists of
	Tests   bool     // its tests, rather than a main package
	Race    bool
}

// named are the arguments that name the target.
func (t Target) named() []string {
	if len(t.Files) > 0 {
		return t.Files
	}
	return []string{t.Pattern}
}

// Build builds a target under control, with the profile of leaked goroutines. What is
// left out of control is returned too.
func Build(t Target, binary string) ([]instrument.Native, error) {
	args := []string{"list", "-export", "-deps", "-test", "-e", "-json=" + instrument.ExportFields}
	if t.Race {
		args = append(args, "-race")
	}
	list := exec.Command("go", append(args, t.named()...)...)
	list.Dir = t.Dir
	output, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing %s in %s: %w", strings.Join(t.named(), " "), t.Dir, err)
	}
	packages, err := instrument.ParseList(output)
	if err != nil {
		return nil, err
	}
	r, err := instrument.Compose(instrument.Options{Packages: packages, Control: true, Tests: t.Tests, Source: os.ReadFile})
	if err != nil {
		return nil, err
	}
	files, err := os.MkdirTemp(filepath.Dir(binary), "overlay")
	if err != nil {
		return nil, err
	}
	overlay, err := r.Overlay.Write(files, nil)
	if err != nil {
		return nil, err
	}
	return r.Native, compile(t, binary, "-overlay="+overlay)
}

// BuildPlain builds a target as it is, with the profile of leaked goroutines.
func BuildPlain(t Target, binary string) error { return compile(t, binary) }

func compile(t Target, binary string, flags ...string) error {
	args := []string{"build"}
	if t.Tests {
		args = []string{"test", "-c", "-vet=off"}
	}
	args = append(args, "-buildvcs=false", "-o", binary)
	if t.Race {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", slices.Concat(args, flags, t.named())...)
	cmd.Dir = t.Dir
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=goroutineleakprofile", "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", strings.Join(t.named(), " "), err, out)
	}
	return nil
}

// A Run is what a run under a schedule came to.
type Run struct {
	Result         *schedule.Result // nil if the program did not live to write one
	Leaks          []byte           // profile of leaked goroutines
	Stdout, Stderr []byte
	Exit           int // -1 if it did not exit by itself
	TimedOut       bool
	Duration       time.Duration
	CPU            time.Duration
}

// Timeout is how long a run may take.
const Timeout = time.Minute

// Execute runs a program under a schedule. steps is the step limit, 0 for the usual one.
func Execute(binary, dir string, args []string, with string, steps int) (Run, error) {
	temp, err := os.MkdirTemp("", "controlled")
	if err != nil {
		return Run{}, err
	}
	defer os.RemoveAll(temp)
	file, leaks := filepath.Join(temp, "result"), filepath.Join(temp, "leaks")
	env := append(os.Environ(), "LOCKSTEP_CONTROL="+with, "LOCKSTEP_RESULT="+file, "LOCKSTEP_LEAKS="+leaks,
		"GORACE=atexit_sleep_ms=0", "GODEBUG=randautoseed=0")
	if steps > 0 {
		env = append(env, fmt.Sprint("LOCKSTEP_STEPS=", steps))
	}
	r := execute.Run(context.Background(), execute.Command{Path: binary, Args: args, Dir: dir, Env: env, Timeout: Timeout})
	run := ran(r)
	if data, err := os.ReadFile(file); err == nil {
		if res, err := schedule.ParseResult(data); err == nil {
			run.Result = res
		}
	}
	profiles, _ := filepath.Glob(leaks + ".*")
	for _, p := range profiles {
		if data, err := os.ReadFile(p); err == nil {
			run.Leaks = append(run.Leaks, data...)
		}
	}
	return run, nil
}

// Natively runs a program as it is, with arguments.
func Natively(binary, dir string, args []string) Run {
	return NativelyWithin(Timeout, binary, dir, args)
}

// NativelyWithin is [Natively] for at most some time, and with more of an environment.
func NativelyWithin(limit time.Duration, binary, dir string, args []string, env ...string) Run {
	env = slices.Concat(os.Environ(), []string{"GORACE=atexit_sleep_ms=0"}, env)
	return ran(execute.Run(context.Background(), execute.Command{Path: binary, Args: args, Dir: dir, Env: env, Timeout: limit}))
}

func ran(r execute.Result) Run {
	run := Run{Stdout: r.Stdout.Bytes(), Stderr: r.Stderr.Bytes(), Exit: -1, Duration: r.Duration, CPU: r.CPU}
	switch o := r.Outcome.(type) {
	case execute.Finished:
		run.Exit = o.Exit
	case execute.TimedOut:
		run.TimedOut = true
	}
	return run
}

// eagerFrom is after how many schedules a third of them let time jump.
const eagerFrom = 20

// Schedule is the i-th schedule to try: random walk and PCT with one to three
// changes in turn. steps is how many the last run took.
func Schedule(i, steps int) string {
	if i > eagerFrom && i%3 == 0 {
		return fmt.Sprintf("rwt:%d", i)
	}
	return Timely(i, steps)
}

// Timely is the i-th schedule of those that let time pass only when nobody can
// go on: a correct program may take a timeout for a failure.
func Timely(i, steps int) string {
	if i%2 == 1 {
		return fmt.Sprintf("rw:%d", i)
	}
	return fmt.Sprintf("pct:%d:%d:%d", i, 1+i/2%3, max(steps, 20))
}

// TestFlags are the flags with which a test binary is run under a schedule: one
// test, and room for all of its parallel subtests.
func TestFlags(name string) []string {
	return []string{"-test.run=^" + name + "$", "-test.parallel=10000", "-test.timeout=0"}
}

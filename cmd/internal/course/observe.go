package course

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/confirm"
	"github.com/lockstep-go/lockstep/cmd/internal/explore"
	"github.com/lockstep-go/lockstep/runtime/execute"
)

// A Harness reads and runs the programs of lessons.
type Harness struct {
	Analyzers []*analysis.Analyzer
	Lang      message.Lang
	Cores     []int    // values of GOMAXPROCS to run under; nil means 1, 2, 4 … up to all
	Count     int      // how often each program is run in each way; 0 means [DefaultCount]
	Env       []string // of what is run; nil means the process's own
	Progress  func(explore.Progress)
}

const (
	// DefaultCount is how often a program is run in each way.
	DefaultCount = 3
	// A program is also run as it is, on each number of cores: once, or if its
	// lesson says what it prints plainCount times, and on until that was printed
	// once, but no more than plainLimit times. Goroutines seldom run side by side
	// while the machine is busy with something else.
	plainCount = 10
	plainLimit = 100
)

// The limits of one run. The programs take milliseconds, and those that block
// do so for good. A run that is stopped is judged by what its goroutines were
// doing then, so a slow machine makes no verdict wrong.
const (
	runTimeout  = 10 * time.Second
	lockTimeout = time.Second
)

// WriteTo writes the programs of l below dir, into a module of their own, so
// that the go command takes them for what any student could have written.
func (l *Lesson) WriteTo(dir string, fsys fs.FS) error {
	sub, err := fs.Sub(fsys, l.Name)
	if err != nil {
		return err
	}
	to := filepath.Join(dir, l.Name)
	if err := os.CopyFS(to, sub); err != nil {
		return err
	}
	mod := fmt.Sprintf("module course/lesson%02d\n\ngo 1.25\n", l.Number)
	return os.WriteFile(filepath.Join(to, "go.mod"), []byte(mod), 0o666)
}

// Observe reads and runs p, which lies in its place below root. It returns
// what was observed even if ctx was done before the end; an error says that
// the program could not be observed, and says nothing about the lesson.
func (h *Harness) Observe(ctx context.Context, root string, p Program) (*Observation, error) {
	dir := filepath.Join(root, filepath.FromSlash(p.Dir))
	o := &Observation{Cores: h.cores()}
	if err := h.read(ctx, dir, o); err != nil {
		return nil, err
	}
	if err := h.run(ctx, dir, o); err != nil {
		return nil, err
	}
	if err := h.runPlain(ctx, dir, p.Expect.Output, o); err != nil {
		return nil, err
	}
	o.Merged = confirm.Merge(o.Static, o.Dynamic)
	return o, ctx.Err()
}

// environment is that of the go command and the programs. The user's workspace
// does not know the module of a lesson, and GOFLAGS may be about the user's own,
// such as -mod=vendor.
func (h *Harness) environment() []string {
	env := h.Env
	if env == nil {
		env = os.Environ()
	}
	return append(slices.Clip(env), "GOWORK=off", "GOFLAGS=", "GO111MODULE=on")
}

func (h *Harness) cores() []int {
	if h.Cores != nil {
		return h.Cores
	}
	return explore.CoresUpTo(runtime.NumCPU())
}

func (h *Harness) read(ctx context.Context, dir string, o *Observation) error {
	res, err := check.Run(ctx, check.Options{
		Dir: dir, Env: h.environment(), Patterns: []string{"."}, Analyzers: h.Analyzers, Lang: h.Lang,
	})
	if err != nil {
		return err
	}
	for _, p := range res.Problems {
		return errors.New(p.Message) // a lesson's program has no errors
	}
	o.Static = res.Findings
	return nil
}

func (h *Harness) run(ctx context.Context, dir string, o *Observation) error {
	opts := explore.Options{
		Dir: dir, Env: h.environment(), Cores: o.Cores, Count: h.Count, Lang: h.Lang,
		Timeout: runTimeout, LockTimeout: lockTimeout, Progress: h.Progress,
		Variants: []explore.Variant{explore.Race, explore.Deadlock, explore.Leak}, // whose rates lessons are about
	}
	if opts.Count == 0 {
		opts.Count = DefaultCount
	}
	out, err := explore.Run(ctx, opts)
	if err != nil {
		return err
	}
	for _, b := range out.BuildErrors {
		return errors.New(b.Output)
	}
	for _, n := range out.Notes {
		if n.Key != "no-locks" { // which the program's listing shows
			o.Notes = append(o.Notes, n.Text(h.Lang))
		}
	}
	for _, v := range out.Variants {
		o.Detectors = append(o.Detectors, string(v))
	}
	o.Dynamic, o.Runs = out.Findings, out.Runs
	for _, f := range o.Dynamic {
		f.Witness.Replay = nil // where the program lies is gone soon
	}
	return nil
}

// runPlain builds and runs the program as it is, without any detector, and
// keeps what it printed in runs that ended by themselves.
func (h *Harness) runPlain(ctx context.Context, dir string, out *Output, o *Observation) error {
	temp, err := os.MkdirTemp("", "lockstep-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	binary := filepath.Join(temp, "main")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return err
	}
	build := execute.Run(ctx, execute.Command{Path: goCommand, Args: []string{"build", "-o", binary, "."}, Dir: dir, Env: h.environment()})
	if build.Outcome != (execute.Finished{}) {
		return fmt.Errorf("go build: %v\n%s", build.Outcome, strings.TrimSpace(build.Stderr.String()))
	}
	o.Outputs = make(map[int][]string)
	for _, cores := range o.Cores {
		for n := 0; wantMore(out, n, o.Outputs[cores]); n++ {
			r := execute.Run(ctx, execute.Command{
				Path: binary, Dir: dir, Timeout: runTimeout,
				Env: append(h.environment(), "GOMAXPROCS="+strconv.Itoa(cores)),
			})
			if _, ended := r.Outcome.(execute.Finished); ended {
				o.Outputs[cores] = append(o.Outputs[cores], r.Stdout.String()+r.Stderr.String())
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}

// wantMore reports whether a program that was run n times should run again.
func wantMore(out *Output, n int, printed []string) bool {
	if out == nil {
		return n < 1
	}
	return n < plainCount || n < plainLimit && !slices.ContainsFunc(printed, out.has)
}

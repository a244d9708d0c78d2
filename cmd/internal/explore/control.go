package explore

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/detect"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// How a controlled program is told what to do; see package runtime/shim/control.
const (
	controlVariable = "LOCKSTEP_CONTROL"
	resultVariable  = "LOCKSTEP_RESULT"
	traceVariable   = "LOCKSTEP_TRACE"
)

// controlStatus is the status with which a controlled program exits that cannot
// go on.
const controlStatus = 90

// resultFile is the name of the file that a controlled program writes.
const resultFile = "result"

// trySchedule is the schedule of the n-th run of an arm. It begins with the
// default one, which shows what any order shows. Random walks and priorities take
// turns, since each finds bugs that the other misses.
func (a *arm) trySchedule(n int) schedule.Schedule {
	seed := uint64(n)
	switch {
	case a.stray:
		return schedule.Perturbed(seed)
	case n == 0:
		return schedule.List(nil)
	case n%2 == 1:
		return schedule.Random(seed)
	}
	const deepest = 3 // most bugs need no more than two changes
	return schedule.Prioritised(seed, n/2%(deepest+1), max(a.steps, 1))
}

// controlEnvironment tells a controlled program its schedule.
func controlEnvironment(env []string, j job, dir string) []string {
	env = append(env, controlVariable+"="+j.schedule.String(), resultVariable+"="+filepath.Join(dir, resultFile))
	if j.trace {
		env = append(env, traceVariable+"=1")
	}
	// Otherwise math/rand differs from run to run.
	debug := "randautoseed=0"
	for _, v := range env {
		if old, ok := strings.CutPrefix(v, "GODEBUG="); ok && old != "" {
			debug = old + "," + debug
		}
	}
	return append(env, "GODEBUG="+debug)
}

// readResult is what a controlled program wrote. A program that died on the way
// leaves an End that is empty.
func readResult(dir string) *schedule.Result {
	data, err := os.ReadFile(filepath.Join(dir, resultFile))
	if err != nil {
		return new(schedule.Result)
	}
	r, err := schedule.ParseResult(data)
	if err != nil {
		r.End = ""
	}
	return r
}

// controlled is the evidence of a controlled run beyond what detectors wrote to
// files.
func (j job) controlled(crashes []evidence.Evidence, r *schedule.Result, opt detect.Options) []evidence.Evidence {
	if j.schedule.Controlled() {
		// That goroutines wait for their turn is no deadlock.
		crashes = slices.DeleteFunc(crashes, func(e evidence.Evidence) bool {
			return e.Kind == evidence.AllAsleep || e.Kind == evidence.Hang || e.Kind == evidence.Stopped
		})
	}
	return append(crashes, detect.Controlled(r, opt)...)
}

// listTests lists the top-level tests of a target that are wanted.
func (s *session) listTests(ctx context.Context, t *target, binary string) []string {
	pattern, _, _ := strings.Cut(s.opt.RunTests, "/")
	if pattern == "" {
		pattern = "."
	}
	r := execute.Run(ctx, execute.Command{
		Path: binary, Args: []string{"-test.list=" + pattern}, Dir: t.pkg.Dir,
		Env: append(slices.Clip(s.opt.Env), "PWD="+t.pkg.Dir), Timeout: s.opt.Timeout, KeepAll: true,
	})
	if !succeeded(r) {
		s.note(message.New("tests-not-listed", "package", t.pkg.ImportPath), lastLines(r.Stderr.Bytes()))
		return nil
	}
	var tests []string
	for line := range strings.Lines(r.Stdout.String()) {
		if line = strings.TrimSpace(line); isTest.MatchString(line) {
			tests = append(tests, line)
		}
	}
	return tests
}

var isTest = regexp.MustCompile(`^Test(?:[^\p{Ll}\s]\S*)?$`)

// onlyTest is the regular expression for one test, and those of its subtests
// that are wanted.
func (s *session) onlyTest(test string) string {
	_, sub, found := strings.Cut(s.opt.RunTests, "/")
	if found {
		sub = "/" + sub
	}
	return "^" + regexp.QuoteMeta(test) + "$" + sub
}

// learn takes note of how a controlled run ended.
func (s *session) learn(j job, r *schedule.Result) {
	a := j.arm
	a.steps = r.Steps
	pkg := s.targets[j.target].pkg.ImportPath
	switch r.End {
	case schedule.Stall:
		if !a.stray {
			s.note(message.New("control-stall", "program", s.program(j), "cause", r.Cause), "")
		}
		a.stray = true
	case schedule.Steps:
		s.note(message.New("control-steps", "program", s.program(j)), "")
	}
	if j.schedule.Strategy == schedule.Listed && r.Decisions == 0 && len(r.Uncontrolled) == 0 && r.End != "" && !a.stray {
		a.over = true // there is no other schedule
	}
	if s.uncontrolled == nil {
		s.uncontrolled = make(map[string][]string)
	}
	for _, what := range r.Uncontrolled {
		if !slices.Contains(s.uncontrolled[pkg], what) {
			s.uncontrolled[pkg] = append(s.uncontrolled[pkg], what)
		}
	}
}

// program names what a job runs, in notes.
func (s *session) program(j job) string {
	pkg := s.targets[j.target].pkg.ImportPath
	if j.test != "" {
		return pkg + "." + j.test
	}
	return pkg
}

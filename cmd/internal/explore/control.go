package explore

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/detect"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/instrument"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// How a controlled program is told what to do; see package runtime/shim/control.
const (
	controlVariable = "LOCKSTEP_CONTROL"
	resultVariable  = "LOCKSTEP_RESULT"
	traceVariable   = "LOCKSTEP_TRACE"
	stepsVariable   = "LOCKSTEP_STEPS"
)

// controlStatus is the status with which a controlled program exits that cannot
// go on.
const controlStatus = 90

// resultFile is the name of the file that a controlled program writes.
const resultFile = "result"

// preemptions is up to how many preemptions schedules are enumerated. Most bugs
// need no more than two.
const preemptions = 2

// maxDecisions is how many decisions a run may make for schedules to be
// enumerated: of more than that, not even one preemption can be tried everywhere.
const maxDecisions = 2000

// aimedRuns is after how many runs those that are aimed at accused places end.
const aimedRuns = 100

// decide chooses the schedule of an arm's next run. Three ways to choose take
// turns, since each finds bugs that the others miss: enumeration, which begins
// with the default schedule, random walks, and priorities. Where places are accused,
// three of four of the first runs differ from the default schedule just there.
func (a *arm) decide(j *job) {
	n := a.made
	seed := uint64(n)
	if a.stray {
		j.schedule = schedule.Perturbed(seed)
		return
	}
	if a.usual != nil {
		if j.schedule = schedule.Random(seed).Eagerly(); n%2 == 1 {
			j.schedule = schedule.Prioritised(seed, n/2%(preemptions+2), max(a.usual.steps, 1)).Eagerly()
		}
		return
	}
	if n == 0 {
		a.systematic = schedule.NewSystematic(schedule.SystematicOptions{Preemptions: preemptions})
	}
	if a.aimed != nil && n%4 != 0 && n < aimedRuns {
		if next, ok := a.aimed.Next(); ok {
			j.schedule, j.trace, j.aimed = next, true, true
			return
		}
		a.aimed = nil
	}
	if n%3 == 0 && a.systematic != nil {
		if next, ok := a.systematic.Next(); ok {
			j.schedule, j.trace, j.enumerated = next, true, true
			return
		}
	}
	if n%2 == 1 {
		j.schedule = schedule.Random(seed)
		return
	}
	j.schedule = schedule.Prioritised(seed, n%(preemptions+2), max(a.steps, 1))
}

// controlEnvironment tells a controlled program its schedule.
func controlEnvironment(env []string, j job, dir string) []string {
	env = append(env, controlVariable+"="+j.schedule.String(), resultVariable+"="+filepath.Join(dir, resultFile))
	if j.trace {
		env = append(env, traceVariable+"=1")
	}
	if j.steps > 0 {
		env = append(env, stepsVariable+"="+strconv.Itoa(j.steps))
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
	found := detect.Controlled(r, opt)
	if j.leak { // the profile knows better what may still be woken
		found = slices.DeleteFunc(found, func(e evidence.Evidence) bool { return e.Kind == evidence.Leak })
	}
	return append(crashes, found...)
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
	if j.schedule.Controlled() {
		s.outcome.Schedules++
	}
	for i := range r.Events {
		if s.outcome.Reached == nil {
			s.outcome.Reached = make(map[finding.Position]bool)
		}
		at := r.Events[i].At
		a.timed = a.timed || r.Events[i].Op == schedule.Sleep || r.Events[i].Op == schedule.Timer
		s.outcome.Reached[finding.Position{File: at.File, Line: at.Line}] = true
	}
	pkg := s.targets[j.target].pkg.ImportPath
	switch r.End {
	case schedule.Stall:
		if !a.stray {
			s.note(message.New("control-stall", "program", s.program(j), "cause", stallCause(r)), "")
		}
		a.stray = true
	case schedule.Steps:
		s.note(message.New("control-steps", "program", s.program(j)), "")
	}
	if j.aimed && a.aimed != nil {
		a.aimed.Report(r)
	}
	if j.enumerated {
		a.enumerate(r)
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

// enumerate takes note of a run of the enumeration.
func (a *arm) enumerate(r *schedule.Result) {
	if a.systematic.Report(r); a.aimed == nil && len(a.accused) > 0 && a.systematic.Coverage().Runs == 1 {
		a.aim(r)
	}
	if c := a.systematic.Coverage(); c.Exhausted && c.Certain() {
		a.over = true // there is no other schedule
	}
	if r.Decisions > maxDecisions {
		a.systematic = nil
	}
}

// aim begins the enumeration that is aimed at accused places, with the run under
// the default schedule.
func (a *arm) aim(r *schedule.Result) {
	a.aimed = schedule.NewSystematic(schedule.SystematicOptions{Preemptions: preemptions, Only: func(next *schedule.Event) bool {
		return a.accused[finding.Position{File: next.At.File, Line: next.At.Line}]
	}})
	a.aimed.Next()
	a.aimed.Report(r)
}

// explainCoverage makes notes of the targets for which all schedules with up to
// some preemptions were run.
func (s *session) explainCoverage() {
	for i, t := range s.targets {
		runs, complete, all, arms := 0, preemptions, true, 0
		for _, a := range s.arms {
			if a.target != i || !a.controlled || a.usual != nil {
				continue
			}
			arms++
			if a.systematic == nil || a.stray {
				complete = -1
				continue
			}
			c := a.systematic.Coverage()
			if !c.Certain() {
				complete = -1
			}
			complete, all, runs = min(complete, c.Complete), all && c.Exhausted, runs+c.Runs
		}
		switch {
		case arms == 0 || complete < 0:
		case all:
			s.note(message.New("control-all", "package", t.pkg.ImportPath, "runs", strconv.Itoa(runs)), "")
		default:
			s.note(message.New("control-complete", "package", t.pkg.ImportPath, "runs", strconv.Itoa(runs), "preemptions", strconv.Itoa(complete)), "")
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

// stallCause says what a run that stalled waits for.
func stallCause(r *schedule.Result) string {
	at := schedule.ParseSite(r.Cause)
	if at.IsZero() {
		return r.Cause
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s:%d", at.Text, filepath.Base(at.File), at.Line))
}

// How much of what is left native is told.
const (
	nativeReasons = 5
	nativePlaces  = 3
)

// leftNative says what could not be put under control: a line for each reason, with
// the first places.
func leftNative(list []instrument.Native) string {
	places := make(map[string][]string)
	for _, n := range list {
		place := filepath.Base(n.File)
		if n.Line > 0 {
			place += ":" + strconv.Itoa(n.Line)
		}
		places[n.Reason] = append(places[n.Reason], place)
	}
	var lines []string
	for _, reason := range slices.Sorted(maps.Keys(places)) {
		if len(lines) == nativeReasons {
			return strings.Join(append(lines, "..."), "\n")
		}
		all := places[reason]
		text := strings.Join(all[:min(len(all), nativePlaces)], ", ")
		if more := len(all) - nativePlaces; more > 0 {
			text += fmt.Sprintf(", +%d", more)
		}
		lines = append(lines, text+": "+reason)
	}
	return strings.Join(lines, "\n")
}

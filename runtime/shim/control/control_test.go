package control

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func TestMain(m *testing.M) {
	if name := os.Getenv("LOCKSTEP_SCENARIO"); name != "" {
		scenario(name)
	}
	os.Exit(m.Run())
}

// A ran is what a run of a scenario came to.
type ran struct {
	*schedule.Result
	printed string
	errors  string
	status  int
}

func run(t *testing.T, name, with string, env ...string) ran {
	t.Helper()
	file := filepath.Join(t.TempDir(), "result")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCKSTEP_SCENARIO="+name, scheduleVariable+"="+with, resultVariable+"="+file,
		"GORACE=atexit_sleep_ms=0", "GOMAXPROCS=4")
	cmd.Env = append(cmd.Env, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%s under %s: %v\n%s", name, with, err, errs.String())
	}
	r, err := schedule.ParseResult(data)
	if err != nil {
		t.Fatalf("%s under %s: %v\n%s\n%s", name, with, err, data, errs.String())
	}
	return ran{r, out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// outcome is the end of a run and what it printed.
func (r ran) outcome() string {
	how := string(r.End)
	if r.printed != "" {
		how += " " + r.printed
	}
	if strings.Contains(r.errors, "DATA RACE") {
		how += " race"
	}
	return how
}

// seeds is under how many schedules of each kind a scenario is run.
const seeds = 8

// Every schedule leads to one of the outcomes that the program can have, and all of
// them are found.
func TestOutcomes(t *testing.T) {
	race := func(outcome string) string {
		if raceEnabled {
			return outcome + " race"
		}
		return outcome
	}
	misused := []string{"ok", "panic"}
	if raceEnabled { // an Add that is not ordered with a Wait
		misused = []string{"ok", "ok race", "panic race"}
	}
	for name, want := range map[string][]string{
		"lost-update":          {race("ok 1"), race("ok 2")},
		"guarded":              {"ok 3"},
		"lock-order":           {"ok", "deadlock"},
		"reader-writer-reader": {"ok", "deadlock"},
		"readers-first":        {"ok rw"},
		"cond":                 {"ok ready"},
		"lost-signal":          {"ok", "deadlock"},
		"cond-first-come":      {"ok 01"},
		"once":                 {"ok 11"},
		"once-in-itself":       {"deadlock"},
		"group-reused":         misused,
		"buffered":             {"ok 0 1 2 0"},
		"range":                {"ok 3"},
		"close-wakes-all":      {"ok"},
		"send-on-closed":       {race("panic")},
		"nil-channel":          {"deadlock"},
		"select":               {"ok 1", "ok 2"},
		"select-default":       {"ok 7"},
		"select-both-ways":     {"ok 0", "ok 1"},
		"timer-reset":          {"ok 2"},
		"ticker-reset":         {"ok 2"},
		"timers":               {"ok true 3s false false true"},
		"after-func":           {"ok true3"},
		"deadline":             {"ok true true context deadline exceeded"},
		"deadline-passed":      {"ok context deadline exceeded context deadline exceeded slow"},
		"deadline-outside":     {"ok 1h0m0s 1h0m0s"},
		"native-process":       {"ok <nil>"},
		"native-sleeper":       {"ok 0"},
		"native-deadline":      {"ok 1 <nil>"},
		"cancel":               {"ok after context canceled false"},
		"pool":                 {"ok"},
		"panic":                {"panic"},
		"recovered":            {"ok on"},
		"goexit":               {"ok"},
		"native-goexit":        {"exit on"},
		"goexit-of-main":       {"exit on"},
		"goexit-in-panic":      {"ok"},
		"watchdogs":            {"ok done"},
		"cond-own-lock":        {"ok"},
		"exit":                 {"exit"},
		"leak":                 {"leak"},
		"leak-late":            {"leak"},
		"spin":                 {"steps"},
		"spin-until":           {"ok stopped"},
		"native-sender":        {"ok 5"},
		"native-read":          {"ok x"},
		"native-lock":          {"ok locked"},
		"slow-start":           {"ok begun"},
		"unlocked-by-another":  {"ok locked"},
		"promoted":             {"ok read"},
		"own-lock":             {"ok LU"},
		"many":                 {"ok 1"},
		"values":               {"ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schedules := []string{"ls:"}
			for i := range seeds {
				schedules = append(schedules, fmt.Sprintf("rw:%d", i+1), fmt.Sprintf("pct:%d:3:20", i+1))
			}
			if name == "many" || name == "spin" {
				schedules = schedules[:3]
			}
			got := make(map[string]bool)
			for _, with := range schedules {
				got[run(t, name, with).outcome()] = true
			}
			slices.Sort(want)
			if list := slices.Sorted(maps.Keys(got)); !slices.Equal(list, want) {
				t.Errorf("outcomes %q, want %q", list, want)
			}
		})
	}
}

// The same schedule is the same run, with and without a trace, and so is the list
// of its deviations.
func TestReplay(t *testing.T) {
	for name := range scenarios {
		if strings.HasPrefix(name, "native-") || name == "stall" || name == "many" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := run(t, name, "rw:7")
			for _, again := range []ran{
				run(t, name, "rw:7", "GOMAXPROCS=1"),
				run(t, name, "rw:7", traceVariable+"=1"),
				run(t, name, "ls:"+first.Deviations),
				run(t, name, "ls:"+first.Deviations, traceVariable+"=1"),
			} {
				if again.Hash != first.Hash || again.Deviations != first.Deviations || again.outcome() != first.outcome() || again.status != first.status {
					t.Errorf("%s: %s %s %s; before %s %s %s", again.Schedule, again.outcome(), again.Hash, again.Deviations, first.outcome(), first.Hash, first.Deviations)
				}
			}
		})
	}
}

// Who waits for a lock that another takes first is not run in between, so the steps
// grow with the operations only.
func TestContended(t *testing.T) {
	for _, with := range []string{"ls:", "rw:1", "pct:1:3:20"} {
		if r := run(t, "contended", with); r.End != schedule.OK || r.Steps > 1500 {
			t.Errorf("%s: end %s, %d steps", with, r.End, r.Steps)
		}
	}
}

func TestStall(t *testing.T) {
	r := run(t, "stall", "ls:", stallVariable+"=200ms")
	if r.End != schedule.Stall || !strings.Contains(r.Cause, "chan receive") {
		t.Errorf("end %s, cause %q", r.End, r.Cause)
	}
}

func TestNative(t *testing.T) {
	r := run(t, "native-sender", "ls:")
	if !slices.Contains(r.Uncontrolled, "native-goroutine") {
		t.Errorf("uncontrolled: %q", r.Uncontrolled)
	}
}

// A deadlock tells who holds what and who waits for whom.
func TestWaitsFor(t *testing.T) {
	for i := range 50 {
		r := run(t, "lock-order", fmt.Sprintf("rw:%d", i+1))
		if r.End != schedule.Deadlock {
			continue
		}
		g := r.Goroutines
		if len(g) != 3 || !slices.Equal(g[1].WaitsFor, []int{3}) || !slices.Equal(g[2].WaitsFor, []int{2}) ||
			len(g[1].Holds) != 1 || g[1].Holds[0].Object != g[2].Object || g[1].State != schedule.IsBlocked || g[1].Op != schedule.Lock {
			t.Errorf("goroutines %+v", g)
		}
		if r.status != Stuck {
			t.Errorf("status %d", r.status)
		}
		return
	}
	t.Error("no deadlock")
}

func TestTrace(t *testing.T) {
	r := run(t, "values", "ls:", traceVariable+"=1")
	var got []string
	for _, e := range r.Events {
		got = append(got, string(e.Op)+" "+e.Value)
	}
	want := []string{"value 3", `send "a\"\tb"`, "value ", "value ", "end "}
	if !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
	if e := r.Events[0]; e.At.File != "s.go" || e.At.Line != 2 || e.At.Column != 2 || e.At.Text != "x" || e.Goroutine != 1 {
		t.Errorf("event %+v", e)
	}
}

// Without a schedule nothing is controlled.
func TestInactive(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCKSTEP_SCENARIO=guarded")
	if out, err := cmd.Output(); err != nil || string(out) != "3" {
		t.Errorf("printed %q, %v", out, err)
	}
}

func TestPerturb(t *testing.T) {
	for _, name := range []string{"guarded", "range", "select", "cond", "timers"} {
		if r := run(t, name, "perturb:3"); r.End != schedule.OK {
			t.Errorf("%s: %s", name, r.End)
		}
	}
}

// Racerun runs the tests of Go's own race detector under control. They tell by their
// names whether they have a race: every one that the race detector reports when they
// run as they are has to be reported under some schedule too, and none without a
// race under any. The exceptions are listed, with how their runs ended.
//
// The tests are built in place in GOROOT/src/runtime/race/testdata, and each run
// of each of them has a process of its own.
package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
)

func main() {
	most := flag.Int("n", 20, "schedules to try at most")
	natives := flag.Int("native", 3, "runs of each test as it is")
	budget := flag.Duration("for", 20*time.Second, "how long to try schedules of one test, at most")
	only := flag.String("run", "", "tests to run, by regular expression")
	verbose := flag.Bool("v", false, "print every test")
	flag.Parse()
	if err := measure(suite{most: *most, natives: *natives, budget: *budget}, *only, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "racerun:", err)
		os.Exit(1)
	}
}

func measure(s suite, only string, verbose bool) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "racerun")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	tests, err := s.build(temp)
	if err != nil {
		return err
	}
	tests = slices.DeleteFunc(tests, func(t test) bool { return !wanted.MatchString(t.name) })
	var wg sync.WaitGroup
	next := make(chan *test)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for t := range next {
				s.run(t)
			}
		})
	}
	for i := range tests {
		next <- &tests[i]
	}
	close(next)
	wg.Wait()
	report(tests, s.most, verbose)
	return nil
}

// A suite is the tests as they are and under control.
type suite struct {
	dir               string // of the tests
	plain, controlled string // binaries
	most, natives     int
	budget            time.Duration
}

// build builds both binaries and lists the tests.
func (s *suite) build(temp string) ([]test, error) {
	goroot, err := command.Output(context.Background(), "", "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	s.dir = filepath.Join(goroot, "src", "runtime", "race", "testdata")
	s.plain, s.controlled = filepath.Join(temp, "plain.test"), filepath.Join(temp, "controlled.test")
	files, err := filepath.Glob(filepath.Join(s.dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no tests in %s", s.dir)
	}
	target := controlled.Target{Dir: s.dir, Files: files, Tests: true, Race: true}
	if err := controlled.BuildPlain(target, s.plain); err != nil {
		return nil, err
	}
	left, err := controlled.Build(target, s.controlled)
	if err != nil {
		return nil, err
	}
	for _, n := range left {
		fmt.Printf("not controlled: %s:%d: %s\n", filepath.Base(n.File), n.Line, n.Reason)
	}
	list := exec.Command(s.plain, "-test.list=^Test(No)?Race")
	list.Env = append(os.Environ(), "GORACE=exitcode=0 atexit_sleep_ms=0")
	names, err := list.Output()
	if err != nil {
		return nil, err
	}
	var tests []test
	for name := range strings.FieldsSeq(string(names)) {
		// Failing are those of which the suite says that the detector gets them wrong.
		if strings.HasPrefix(name, "Test") && !strings.Contains(name, "Failing") {
			tests = append(tests, test{name: name, race: strings.HasPrefix(name, "TestRace")})
		}
	}
	return tests, nil
}

// A test is one of the suite, and what its runs came to.
type test struct {
	name     string
	race     bool // it has one
	skipped  bool // by itself
	natively int  // runs as it is that reported one
	reported bool // under control
	runs     int  // under control
	ends     map[string]int
	with     string // the schedule that reported it
}

func (s *suite) run(t *test) {
	t.ends = make(map[string]int)
	flags := append(controlled.TestFlags(t.name), "-test.v")
	for range s.natives {
		r := controlled.Natively(s.plain, s.dir, flags)
		if hasRace(r) {
			t.natively++
		}
		t.skipped = bytes.Contains(r.Stdout, []byte("--- SKIP: "+t.name+" "))
	}
	if t.skipped {
		return
	}
	steps, begin := 100, time.Now()
	for i := 1; i <= s.most && !t.reported && time.Since(begin) < s.budget; i++ {
		with := controlled.Timely(i, steps)
		r, err := controlled.Execute(s.controlled, s.dir, flags, with, 0)
		t.runs++
		switch {
		case err != nil:
			t.ends[err.Error()]++
		case r.Result == nil:
			t.ends["died"]++
		default:
			steps = r.Result.Steps
			words := string(r.Result.End)
			if r.Result.Cause != "" {
				words += " (" + r.Result.Cause + ")"
			}
			t.ends[words]++
		}
		if hasRace(r) {
			t.reported, t.with = true, with
		}
	}
}

// hasRace reports whether the race detector, or the runtime's own check of maps,
// reported a race. The suite has one in the initialization of a variable too, which is
// reported in each process and does not count.
func hasRace(r controlled.Run) bool {
	for _, out := range [][]byte{r.Stdout, r.Stderr} {
		if bytes.Contains(out, []byte("fatal error: concurrent map")) {
			return true
		}
		for part := range bytes.SplitSeq(out, []byte("==================\n")) {
			if bytes.HasPrefix(part, []byte("WARNING: DATA RACE")) && !bytes.Contains(part, []byte("_test.init()\n")) {
				return true
			}
		}
	}
	return false
}

func report(tests []test, most int, verbose bool) {
	slices.SortFunc(tests, func(a, b test) int { return cmp.Compare(a.name, b.name) })
	var races, natively, both, more, skipped, clean, fewer, wrong int
	for _, t := range tests {
		words := ""
		switch {
		case t.skipped:
			skipped++
			words = "skips itself"
		case !t.race:
			clean++
			if !t.reported && t.runs < most {
				fewer++
				words = "time was over"
			}
			if t.reported {
				wrong++
				words = "false"
			}
		default:
			races++
			if t.natively > 0 {
				natively++
			}
			switch {
			case t.natively > 0 && t.reported:
				both++
			case t.reported:
				more++
				words = "only under control"
			case t.natively > 0:
				words = "missed"
			default:
				words = "never reported"
			}
		}
		if words != "" || verbose {
			fmt.Printf("%-40s %s: %d natively, %d schedules, %v %s\n", t.name, cmp.Or(words, "as expected"), t.natively, t.runs, t.ends, t.with)
		}
	}
	fmt.Printf("%d races, %d reported as they are, of which %d under control within %d schedules; %d only under control\n", races, natively, both, most, more)
	fmt.Printf("%d tests without a race, %d reported under control, %d tried under fewer schedules; %d tests that skip themselves\n", clean, wrong, fewer, skipped)
}

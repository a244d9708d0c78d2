// Soundness runs correct programs under many schedules and counts what is said of
// them: every report is a false one, or a bug that nobody knew.
//
// The programs are the tests of modules that are known to be well tested, each in a process
// of its own under each schedule, and without control as a test of the tests: one that
// fails by itself is left out.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A corpus is packages of a module that this project depends on.
type corpus struct {
	module   string
	packages []string
}

var corpora = []corpus{
	{"golang.org/x/sync", []string{"./errgroup", "./semaphore", "./singleflight", "./syncmap"}},
	{"golang.org/x/tools", []string{"./internal/jsonrpc2", "./internal/jsonrpc2_v2", "./internal/event/export", "./internal/gocommand", "./go/packages"}},
	{"github.com/rogpeppe/go-internal", []string{"./par", "./lockedfile"}},
}

func main() {
	count := flag.Int("n", 300, "schedules for each test")
	only := flag.String("module", "", "the one module to run")
	folder := flag.String("dir", "", "a module's folder to run the tests of, rather than the usual modules")
	verbose := flag.Bool("v", false, "print every test")
	flag.Parse()
	if err := measure(*count, *only, *folder, flag.Args(), *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "soundness:", err)
		os.Exit(1)
	}
}

func measure(count int, only, folder string, packages []string, verbose bool) error {
	temp, err := os.MkdirTemp("", "soundness")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	total := new(tally)
	if folder != "" {
		for _, p := range packages {
			if err := total.measure(temp, folder, p, count, verbose); err != nil {
				return err
			}
		}
	} else {
		for _, c := range corpora {
			if only != "" && c.module != only {
				continue
			}
			dir, err := unpack(c.module, temp)
			if err != nil {
				fmt.Printf("%s: left out: %v\n", c.module, err)
				continue
			}
			for _, p := range c.packages {
				if err := total.measure(temp, dir, p, count, verbose); err != nil {
					fmt.Printf("%s %s: left out: %v\n", c.module, p, err)
				}
			}
		}
	}
	fmt.Printf("%d tests, %d runs under schedules, %d steps: %d reports, %d failures, %d tests beyond the step limit, %d that stalled; %d tests left out since they fail by themselves\n",
		total.tests, total.runs, total.steps, total.reports, total.failures, total.limited, total.stalled, total.out)
	return nil
}

// unpack copies a module from the module cache, whose files cannot be overlaid.
func unpack(module, temp string) (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", err
	}
	from := strings.TrimSpace(string(out))
	if from == "" {
		return "", fmt.Errorf("it is not in the module cache")
	}
	to := filepath.Join(temp, filepath.Base(module))
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return "", err
	}
	return to, filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
}

type tally struct {
	mu                                                           sync.Mutex
	tests, runs, steps, reports, failures, limited, stalled, out int
}

// measure runs the tests of a package.
func (t *tally) measure(temp, dir, pattern string, count int, verbose bool) error {
	where, err := os.MkdirTemp(temp, "package")
	if err != nil {
		return err
	}
	target := controlled.Target{Dir: dir, Pattern: pattern, Tests: true, Race: true}
	binary := filepath.Join(where, "controlled.test")
	left, err := controlled.Build(target, binary)
	if err != nil {
		return err
	}
	for _, n := range left {
		if verbose {
			fmt.Printf("not controlled: %s:%d: %s\n", n.File, n.Line, n.Reason)
		}
	}
	source := filepath.Join(dir, pattern)
	out, err := exec.Command(binary, "-test.list=^Test").Output()
	if err != nil {
		return err
	}
	jobs := make(chan string)
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for name := range jobs {
				t.test(binary, source, pattern, name, count, verbose)
			}
		})
	}
	for name := range strings.FieldsSeq(string(out)) {
		jobs <- name
	}
	close(jobs)
	wg.Wait()
	return nil
}

func (t *tally) test(binary, source, pattern, name string, count int, verbose bool) {
	flags := controlled.TestFlags(name)
	if plain := controlled.Natively(binary, source, flags); plain.Exit != 0 {
		t.mu.Lock()
		t.out++
		t.mu.Unlock()
		return
	}
	ends := make(map[schedule.End]int)
	said := make(map[string]int)
	runs, total, steps, limit := 0, 0, 100, 100000
	for i := 1; i <= count; i++ {
		with := controlled.Timely(i, steps)
		r, err := controlled.Execute(binary, source, flags, with, limit)
		if err != nil {
			said[err.Error()]++
			continue
		}
		runs++
		if r.Result == nil {
			said["died: "+tail(r.Stderr)]++
			continue
		}
		ends[r.Result.End]++
		steps = r.Result.Steps
		total += steps
		for _, words := range reports(r) {
			if said[words]++; said[words] == 1 {
				said[words+" first under "+with]++
			}
		}
		if ends[schedule.Stall] > 2 || ends[schedule.Steps] > 2 {
			break // more of the same
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tests++
	t.runs += runs
	t.steps += total
	t.count(ends, said)
	if verbose || len(said) > 0 || ends[schedule.Stall] > 0 || ends[schedule.Steps] > 0 {
		fmt.Printf("%s %s: %v, %d steps a run\n", pattern, name, ends, total/max(runs, 1))
		for words := range said {
			if strings.Contains(words, " first under ") {
				fmt.Println("  ", words)
			}
		}
	}
}

func (t *tally) count(ends map[schedule.End]int, said map[string]int) {
	if ends[schedule.Stall] > 0 {
		t.stalled++
	}
	if ends[schedule.Steps] > 0 {
		t.limited++
	}
	for words := range said {
		switch {
		case strings.Contains(words, " first under "):
		case strings.HasPrefix(words, "failed"):
			t.failures++
		default:
			t.reports++
		}
	}
}

// reports is what a run says of the program.
func reports(r controlled.Run) (list []string) {
	if bytes.Contains(r.Stderr, []byte("WARNING: DATA RACE")) || bytes.Contains(r.Stdout, []byte("WARNING: DATA RACE")) {
		list = append(list, "race")
	}
	if bytes.Contains(r.Leaks, []byte("(leaked)]")) {
		list = append(list, "leak")
	}
	switch r.Result.End {
	case schedule.Deadlock, schedule.Panicked:
		list = append(list, string(r.Result.End))
	case schedule.OK, schedule.Leak, schedule.Exited:
		if r.Exit != 0 && len(list) == 0 {
			list = append(list, "failed: "+tail(slices.Concat(r.Stdout, r.Stderr)))
		}
	}
	return list
}

// tail is the first line of a test's output that says why it failed.
func tail(output []byte) string {
	for line := range strings.Lines(string(output)) {
		if line = strings.TrimSpace(line); strings.Contains(line, ".go:") || strings.HasPrefix(line, "panic") {
			return line
		}
	}
	return "no reason given"
}

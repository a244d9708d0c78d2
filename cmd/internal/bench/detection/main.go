// Detection measures how soon a controlled run shows the bugs of GOROOT's 63
// kernels of real blocking bugs, of which each scenario is there once: GOROOT repeats
// most of them many times over.
//
// Beside the number of schedules until the first that shows the bug is how many of
// as many native runs show it, with the same profile of leaked goroutines.
package main

import (
	"bytes"
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

	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/instrument"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func main() {
	most := flag.Int("max", 200, "schedules to try at most")
	natives := flag.Int("native", 20, "native runs of each kernel")
	only := flag.String("run", "", "kernels to run, by regular expression")
	verbose := flag.Bool("v", false, "print the schedules")
	keep := flag.String("keep", "", "folder to work in, which is kept")
	flag.Parse()
	if err := measure(*most, *natives, *only, *verbose, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "detection:", err)
		os.Exit(1)
	}
}

func measure(most, natives int, only string, verbose bool, dir string) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "detection")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	root := strings.TrimSpace(string(goroot))
	list, err := kernels(root)
	if err != nil {
		return err
	}
	source := filepath.Join(dir, "source")
	if err := os.MkdirAll(source, 0o755); err != nil {
		return err
	}
	if list, err = write(root, source, list); err != nil {
		return err
	}
	b := bench{dir: dir, most: most, natives: natives}
	if err := b.build(source); err != nil {
		return err
	}
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(k kernel) bool { return !wanted.MatchString(k.name) })
	results := make([]result, len(list))
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range next {
				results[i] = b.measure(list[i])
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	wg.Wait()
	report(list, results, verbose, natives)
	return nil
}

type bench struct {
	dir                string
	most, natives      int
	native, controlled string // binaries
}

// build builds the kernels as they are, and under control with the race detector.
func (b *bench) build(source string) error {
	list := exec.Command("go", "list", "-export", "-deps", "-race", "-e", "-json="+instrument.ExportFields, ".")
	list.Dir = source
	output, err := list.Output()
	if err != nil {
		return err
	}
	packages, err := instrument.ParseList(output)
	if err != nil {
		return err
	}
	r, err := instrument.Compose(instrument.Options{Packages: packages, Control: true, Source: os.ReadFile})
	if err != nil {
		return err
	}
	for _, n := range r.Native {
		fmt.Printf("native: %s:%d: %s\n", filepath.Base(n.File), n.Line, n.Reason)
	}
	files := filepath.Join(b.dir, "overlay")
	if err := os.MkdirAll(files, 0o755); err != nil {
		return err
	}
	overlay, err := r.Overlay.Write(files, nil)
	if err != nil {
		return err
	}
	b.native, b.controlled = filepath.Join(b.dir, "native"), filepath.Join(b.dir, "controlled")
	for _, args := range [][]string{{"-o", b.native}, {"-race", "-o", b.controlled, "-overlay=" + overlay}} {
		cmd := exec.Command("go", append([]string{"build", "-buildvcs=false"}, append(args, ".")...)...)
		cmd.Dir = source
		cmd.Env = append(os.Environ(), "GOEXPERIMENT=goroutineleakprofile", "CGO_ENABLED=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
	}
	return nil
}

// A result is what the runs of a kernel came to.
type result struct {
	seen     int // native runs that showed the bug
	first    int // the first schedule that showed it, from 1; 0 if none did
	how      string
	schedule string
	ends     map[string]int
	spent    time.Duration
}

func (b *bench) measure(k kernel) result {
	r := result{ends: make(map[string]int)}
	for range b.natives {
		out, _ := run(b.native, k.name)
		if k.shows(out) {
			r.seen++
		}
	}
	begin := time.Now()
	steps, limit := 100, 100000
	for i := 1; i <= b.most && r.first == 0; i++ {
		with := Schedule(i, steps)
		how, end, n := b.controlledRun(k, with, limit)
		if steps = n; end == string(schedule.Steps) {
			limit = min(2*limit, longestRun)
		}
		r.ends[end]++
		if how != "" {
			r.first, r.how, r.schedule = i, how, with
		}
	}
	r.spent = time.Since(begin)
	return r
}

// eagerFrom is after how many schedules a third of them let time jump.
const eagerFrom = 20

// longestRun bounds the step limit, which is doubled where it ends a run.
const longestRun = 1600000

// Schedule is the i-th schedule to try: random walk and PCT with one to three
// changes in turn. steps is how many the last run took.
func Schedule(i, steps int) string {
	switch {
	case i > eagerFrom && i%3 == 0:
		return fmt.Sprintf("rwt:%d", i)
	case i%2 == 1:
		return fmt.Sprintf("rw:%d", i)
	}
	return fmt.Sprintf("pct:%d:%d:%d", i, 1+i/2%3, max(steps, 20))
}

// controlledRun reports how a run under a schedule showed the bug, if it did, and how it
// ended.
func (b *bench) controlledRun(k kernel, with string, limit int) (how, end string, steps int) {
	dir, err := os.MkdirTemp(b.dir, "run")
	if err != nil {
		return "", err.Error(), 0
	}
	defer os.RemoveAll(dir)
	file, leaks := filepath.Join(dir, "result"), filepath.Join(dir, "leaks")
	_, printed := run(b.controlled, k.name, "LOCKSTEP_CONTROL="+with, "LOCKSTEP_RESULT="+file, "LOCKSTEP_LEAKS="+leaks, "GORACE=atexit_sleep_ms=0",
		fmt.Sprint("LOCKSTEP_STEPS=", limit))
	data, _ := os.ReadFile(file)
	res, err := schedule.ParseResult(data)
	if err != nil {
		return "", "died", 0
	}
	profiles, _ := filepath.Glob(leaks + ".*")
	for _, p := range profiles {
		if profile, err := os.ReadFile(p); err == nil && k.shows(profile) {
			return "leak", string(res.End), res.Steps
		}
	}
	if res.End == schedule.Deadlock {
		return "deadlock", "deadlock", res.Steps
	}
	if i := bytes.Index(printed, []byte("panic: ")); i >= 0 {
		line, _, _ := bytes.Cut(printed[i:], []byte("\n"))
		return string(line), string(res.End), res.Steps
	}
	if res.End == schedule.Stall {
		return "", "stall " + res.Cause, res.Steps
	}
	return "", string(res.End), res.Steps
}

func run(binary, name string, env ...string) (stdout, stderr []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	r := execute.Run(ctx, execute.Command{Path: binary, Args: []string{name}, Env: append(os.Environ(), env...), Timeout: 50 * time.Second})
	return r.Stdout.Bytes(), r.Stderr.Bytes()
}

// shows reports whether a profile of leaked goroutines has one that leaks because
// of the kernel's bug.
func (k kernel) shows(profile []byte) bool {
	for stack := range bytes.SplitSeq(profile, []byte("\n\n")) {
		header, frames, _ := bytes.Cut(stack, []byte("\n"))
		_, reason, ok := bytes.Cut(header, []byte("["))
		reason, _, ok2 := bytes.Cut(reason, []byte(" (leaked)"))
		if !ok || !ok2 {
			continue
		}
		for line := range bytes.Lines(frames) {
			if bytes.HasPrefix(line, []byte("created by")) {
				break
			}
			said := strings.TrimSpace(string(line)) + " [" + string(reason) + "]"
			if slices.ContainsFunc(k.leaks, func(r *regexp.Regexp) bool { return r.MatchString(said) }) {
				return true
			}
		}
	}
	return false
}

func report(list []kernel, results []result, verbose bool, natives int) {
	fmt.Printf("%-22s %10s %9s  %s\n", "kernel", "native", "schedule", "how")
	var firsts []int
	ten, all, native := 0, 0, 0
	for i, k := range list {
		r := results[i]
		mark, first := "", "none"
		if k.cut {
			mark = " (cut)"
		}
		if r.first > 0 {
			all++
			firsts = append(firsts, r.first)
			first = fmt.Sprint(r.first)
			if r.first <= 10 {
				ten++
			}
		}
		if r.seen > 0 {
			native++
		}
		more := ""
		if verbose || r.first == 0 {
			more = fmt.Sprint(" ", r.schedule, r.ends)
		}
		fmt.Printf("%-22s %6d/%-3d %9s  %s%s%s %.1fs\n", k.name, r.seen, natives, first, r.how, mark, more, r.spent.Seconds())
	}
	slices.Sort(firsts)
	median := 0
	if len(firsts) > 0 {
		median = firsts[len(firsts)/2]
	}
	fmt.Printf("%d kernels: %d shown under control, %d within ten schedules, median %d; %d in %d native runs\n", len(list), all, ten, median, native, natives)
}

// Today measures controlled runs against what one does without them: the same
// kernels of real blocking bugs, each contender with the same CPU time for each.
//
// The contenders without control are
//   - repetition: the program with the race detector, again and again;
//   - stress: the program without it, many at a time, with GOMAXPROCS from 1 to 16.
//
// Both have the profile of leaked goroutines, which few have today. A report of
// the race detector, a panic, a deadlock that the runtime sees and a program that does
// not end count for them too.
//
//	go run ./cmd/internal/bench/today [-cpu 2s] [-run regexp]
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/goker"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func main() {
	budget := flag.Duration("cpu", 2*time.Second, "CPU time for each kernel and contender")
	only := flag.String("run", "", "kernels to run, by regular expression")
	flag.Parse()
	if err := measure(*budget, *only); err != nil {
		fmt.Fprintln(os.Stderr, "today:", err)
		os.Exit(1)
	}
}

func measure(budget time.Duration, only string) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "today")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "source")
	list, err := goker.Copy(context.Background(), source)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(k goker.Kernel) bool { return !wanted.MatchString(k.Name) })
	contenders, err := build(dir, source)
	if err != nil {
		return err
	}
	fmt.Printf("%-22s", "kernel")
	for _, c := range contenders {
		fmt.Printf(" %28s", c.name)
	}
	fmt.Println()
	totals := make([]total, len(contenders))
	for _, k := range list {
		fmt.Printf("%-22s", k.Name)
		for i, c := range contenders {
			s := c.search(k, budget)
			totals[i].add(s)
			fmt.Printf(" %28s", s)
		}
		fmt.Println()
	}
	for i, c := range contenders {
		fmt.Printf("%s: %d of %d kernels shown within %v of CPU time each, %s\n", c.name, totals[i].found, len(list), budget, totals[i])
	}
	return nil
}

// A contender is a way to run a kernel.
type contender struct {
	name string
	// atOnce is how many processes it runs at a time.
	atOnce int
	// run is the i-th run, from 1.
	run func(k goker.Kernel, i int) (how string, cpu time.Duration)
}

// build makes the binaries.
func build(dir, source string) ([]contender, error) {
	plain, race, under := filepath.Join(dir, "plain"), filepath.Join(dir, "race"), filepath.Join(dir, "controlled")
	target := controlled.Target{Dir: source, Pattern: "."}
	if err := controlled.BuildPlain(target, plain); err != nil {
		return nil, err
	}
	target.Race = true
	if err := controlled.BuildPlain(target, race); err != nil {
		return nil, err
	}
	if _, err := controlled.Build(target, under); err != nil {
		return nil, err
	}
	return []contender{
		{"controlled", 1, underControl(under)},
		{"-race, repeated", 1, func(k goker.Kernel, _ int) (string, time.Duration) {
			r := controlled.NativelyWithin(hang, race, "", []string{k.Name})
			return symptom(k, r), r.CPU
		}},
		{"stress", 8, func(k goker.Kernel, i int) (string, time.Duration) {
			r := controlled.NativelyWithin(hang, plain, "", []string{k.Name}, fmt.Sprint("GOMAXPROCS=", 1<<(i%5)))
			return symptom(k, r), r.CPU
		}},
	}, nil
}

// underControl runs kernels under one schedule after the other, each made with what
// the last run took. A run that is ended by the step limit is followed by longer ones.
func underControl(binary string) func(goker.Kernel, int) (string, time.Duration) {
	var steps, limit int
	return func(k goker.Kernel, i int) (string, time.Duration) {
		if i == 1 {
			steps, limit = 100, 100000
		}
		r, err := controlled.Execute(binary, "", []string{k.Name}, controlled.Schedule(i, steps), limit)
		if err != nil {
			return "", 0
		}
		if r.Result != nil {
			if steps = r.Result.Steps; r.Result.End == schedule.Steps {
				limit = min(2*limit, goker.LongestRun)
			}
		}
		return k.Found(r), r.CPU
	}
}

// hang is how long a program runs that does not end: kernels take a second at most.
const hang = 10 * time.Second

// symptom is what one sees without control, "" if nothing.
func symptom(k goker.Kernel, r controlled.Run) string {
	switch {
	case k.Leaks(r.Stdout):
		return "leak"
	case bytes.Contains(r.Stderr, []byte("WARNING: DATA RACE")):
		return "race"
	case bytes.Contains(r.Stderr, []byte("fatal error: all goroutines are asleep")):
		return "deadlock"
	case bytes.Contains(r.Stderr, []byte("panic: ")), bytes.Contains(r.Stderr, []byte("fatal error: ")):
		return "panic"
	case r.TimedOut:
		return "hang"
	}
	return ""
}

// A search is what a contender came to for one kernel.
type search struct {
	how     string // "" if it found nothing
	runs    int
	cpu     time.Duration
	elapsed time.Duration
}

func (s search) String() string {
	how := s.how
	if how == "" {
		how = "none"
	}
	if len(how) > 8 {
		how = how[:8]
	}
	return fmt.Sprintf("%-8s %4d runs %5.2fs %5.1fs", how, s.runs, s.cpu.Seconds(), s.elapsed.Seconds())
}

// search runs a kernel until the bug shows or the CPU time is used up. Kernels that
// sleep take little of that, so time itself is limited too.
func (c contender) search(k goker.Kernel, budget time.Duration) search {
	begin := time.Now()
	var mu sync.Mutex
	var s search
	next := func() int {
		mu.Lock()
		defer mu.Unlock()
		if s.how != "" || s.cpu >= budget || time.Since(begin) > longest*budget {
			return 0
		}
		s.runs++
		return s.runs
	}
	var wg sync.WaitGroup
	for range c.atOnce {
		wg.Go(func() {
			for i := next(); i > 0; i = next() {
				how, cpu := c.run(k, i)
				mu.Lock()
				s.cpu += cpu
				if s.how == "" {
					s.how = how
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	s.elapsed = time.Since(begin)
	return s
}

// longest is how many times its CPU time a search may take at most.
const longest = 10

// A total sums up the searches of a contender.
type total struct {
	found, runs  int
	cpu, elapsed time.Duration
}

func (t *total) add(s search) {
	if s.how != "" {
		t.found++
	}
	t.runs += s.runs
	t.cpu += s.cpu
	t.elapsed += s.elapsed
}

func (t total) String() string {
	return fmt.Sprintf("%d runs, %.1fs of CPU time and %.1fs in all", t.runs, t.cpu.Seconds(), t.elapsed.Seconds())
}

// Detection measures how soon a controlled run shows the bugs of GOROOT's 63
// kernels of real blocking bugs, of which each scenario is there once: GOROOT repeats
// most of them many times over.
//
// Beside the number of schedules until the first that shows the bug is how many of
// as many native runs show it, with the same profile of leaked goroutines.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/goker"
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
	source := filepath.Join(dir, "source")
	list, err := goker.Copy(context.Background(), source)
	if err != nil {
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
	list = slices.DeleteFunc(list, func(k goker.Kernel) bool { return !wanted.MatchString(k.Name) })
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
	b.native, b.controlled = filepath.Join(b.dir, "native"), filepath.Join(b.dir, "controlled")
	if err := controlled.BuildPlain(controlled.Target{Dir: source, Pattern: "."}, b.native); err != nil {
		return err
	}
	left, err := controlled.Build(controlled.Target{Dir: source, Pattern: ".", Race: true}, b.controlled)
	for _, n := range left {
		fmt.Printf("not controlled: %s:%d: %s\n", filepath.Base(n.File), n.Line, n.Reason)
	}
	return err
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

func (b *bench) measure(k goker.Kernel) result {
	r := result{ends: make(map[string]int)}
	for range b.natives {
		if k.Leaks(controlled.Natively(b.native, "", []string{k.Name}).Stdout) {
			r.seen++
		}
	}
	begin := time.Now()
	steps, limit := 100, 100000
	for i := 1; i <= b.most && r.first == 0; i++ {
		with := controlled.Schedule(i, steps)
		how, end, n := b.controlledRun(k, with, limit)
		if steps = n; end == string(schedule.Steps) {
			limit = min(2*limit, goker.LongestRun)
		}
		r.ends[end]++
		if how != "" {
			r.first, r.how, r.schedule = i, how, with
		}
	}
	r.spent = time.Since(begin)
	return r
}

// controlledRun reports how a run under a schedule showed the bug, if it did, and how it
// ended.
func (b *bench) controlledRun(k goker.Kernel, with string, limit int) (how, end string, steps int) {
	r, err := controlled.Execute(b.controlled, "", []string{k.Name}, with, limit)
	switch {
	case err != nil:
		return "", err.Error(), 0
	case r.Result == nil:
		return "", "died", 0
	}
	return k.Found(r), string(r.Result.End), r.Result.Steps
}

func report(list []goker.Kernel, results []result, verbose bool, natives int) {
	fmt.Printf("%-22s %10s %9s  %s\n", "kernel", "native", "schedule", "how")
	var firsts []int
	ten, all, native := 0, 0, 0
	for i, k := range list {
		r := results[i]
		mark, first := "", "none"
		if k.Cut {
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
		fmt.Printf("%-22s %6d/%-3d %9s  %s%s%s %.1fs\n", k.Name, r.seen, natives, first, r.how, mark, more, r.spent.Seconds())
	}
	slices.Sort(firsts)
	median := 0
	if len(firsts) > 0 {
		median = firsts[len(firsts)/2]
	}
	fmt.Printf("%d kernels: %d shown under control, %d within ten schedules, median %d; %d in %d native runs\n", len(list), all, ten, median, native, natives)
}

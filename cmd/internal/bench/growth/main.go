// Growth measures how the cost of each check and engine grows with the size of
// a package: CPU seconds for a generated package of n, 2n and 4n lines, and by
// what factor they grow from the first to the last. A factor of 4 is linear.
//
// The packages are of several shapes, since what grows too fast does so in the
// number of functions, the size of one, the depth of calls, or the number of
// function literals.
//
// Beside the checks and engines stand the type checker, which is Go's, and x/tools' SSA
// builder by itself, on the same source: where these grow too fast, so must what
// is built on them.
//
//	go run ./cmd/internal/bench/growth [-lines 50000] [-shape flat] [-cpuprofile file]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

func main() {
	lines := flag.Int("lines", 50_000, "lines of the largest package")
	shape := flag.String("shape", "", "only the shape of this `name`")
	profile := flag.String("cpuprofile", "", "write a CPU profile to `file`")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *lines, *shape, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(3)
	}
}

func run(ctx context.Context, w io.Writer, lines int, only, profile string) error {
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	std, err := newStandard(ctx)
	if err != nil {
		return err
	}
	suite := analyzers.Suite()
	clock := newClock(suite)
	found := false
	for _, s := range shapes {
		if only != "" && only != s.name {
			continue
		}
		found = true
		var costs []map[string]time.Duration
		for _, part := range []int{4, 2, 1} {
			cost, err := measure(ctx, std, suite, clock, s.source(lines/part))
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			costs = append(costs, cost)
		}
		print(w, s.name, lines, costs)
	}
	if !found {
		return fmt.Errorf("no shape %q", only)
	}
	return nil
}

// measure runs the suite over one package and returns the cost of each analyzer, of
// loading, and of building the SSA form with nothing of ours.
func measure(ctx context.Context, std *standard, suite []*analysis.Analyzer, c *clock, src string) (map[string]time.Duration, error) {
	runtime.GC()
	c.spent = make(map[string]time.Duration)
	begun := cpu()
	pkg, err := std.load(src)
	if err != nil {
		return nil, err
	}
	c.spent["(types)"] = cpu() - begun
	unit, err := check.RunUnit(ctx, check.Options{Analyzers: suite}, pkg)
	if err != nil {
		return nil, err
	}
	for _, p := range unit.Problems {
		return nil, errors.New(p.Message)
	}
	c.spent["(all)"] = cpu() - begun
	if c.spent["(go/ssa)"], err = std.buildSSA(src); err != nil {
		return nil, err
	}
	return c.spent, nil
}

// A clock adds up what each analyzer spends. An analyzer's requirements have
// been run when it is.
type clock struct{ spent map[string]time.Duration }

// newClock replaces the functions of the analyzers, and of what they require,
// by ones that are timed. The analyzers are this process's alone.
func newClock(suite []*analysis.Analyzer) *clock {
	c := new(clock)
	for _, a := range check.Required(suite) {
		run := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			begun := cpu()
			defer func() { c.spent[a.Name] += cpu() - begun }()
			return run(pass)
		}
	}
	return c
}

// least is what an analyzer must cost to be listed.
const least = 50 * time.Millisecond

func print(w io.Writer, shape string, lines int, costs []map[string]time.Duration) {
	fmt.Fprintf(w, "%s: CPU seconds\n%-16s %8d %8d %8d lines  growth\n", shape, "", lines/4, lines/2, lines)
	last := costs[len(costs)-1]
	var names []string
	for name := range last {
		if last[name] >= least {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(a, b) })
	for _, name := range names {
		fmt.Fprintf(w, "%-16s", name)
		for _, c := range costs {
			fmt.Fprintf(w, " %8.2f", c[name].Seconds())
		}
		growth := "-" // too short to be compared
		if costs[0][name] >= least/4 {
			growth = fmt.Sprintf("%.1f", last[name].Seconds()/costs[0][name].Seconds())
		}
		fmt.Fprintf(w, "        %5s\n", growth)
	}
}

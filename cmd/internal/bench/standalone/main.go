// Standalone measures what lockstep check costs against staticcheck's
// concurrency checks (-checks SA2*), both cold, in CPU seconds and peak memory.
//
// The two take turns, so that a machine that slows down slows both; what counts
// is the ratio within a round. staticcheck keeps results in a cache of its own
// and gets an empty one in every round; lockstep keeps none. Go's build
// cache, from which both take what the compiler knows of dependencies, is warm. The
// code is that of golang.org/x/tools, in the module cache, and of this module.
//
//	go run ./cmd/internal/bench/standalone [-rounds n]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What a run is to stay below.
const (
	goalRatio  = 1.0 / 3
	goalMemory = 600 << 20
)

func main() {
	rounds := flag.Int("rounds", 3, "how often to measure each")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "standalone:", err)
		os.Exit(3)
	}
}

// A corpus is a module whose packages are checked.
type corpus struct{ name, dir string }

// A contender is one way to check a module.
type contender struct {
	name    string
	command func(round int) *exec.Cmd
}

// A cost is that of one process with all that it waited for.
type cost struct {
	cpu    time.Duration
	memory int64 // peak of the largest process in bytes, or 0 if unknown
}

func run(ctx context.Context, w io.Writer, rounds int) error {
	temp, err := os.MkdirTemp("", "standalone-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)

	contenders, err := build(ctx, temp)
	if err != nil {
		return err
	}
	corpora, err := find(ctx)
	if err != nil {
		return err
	}
	for _, c := range corpora {
		costs := make([][]cost, len(contenders))
		for round := range rounds + 1 {
			for i, contender := range contenders {
				cost, err := measure(ctx, contender.command(round), c.dir)
				if err != nil {
					return fmt.Errorf("%s on %s: %w", contender.name, c.name, err)
				}
				if round > 0 { // round 0 fills the build cache
					costs[i] = append(costs[i], cost)
				}
			}
		}
		print(w, c.name, contenders, costs)
	}
	return nil
}

// build builds both programs. The last is the one to compare with.
func build(ctx context.Context, temp string) ([]contender, error) {
	lockstep, staticcheck := filepath.Join(temp, "lockstep.exe"), filepath.Join(temp, "staticcheck.exe")
	for file, pkg := range map[string]string{
		lockstep:    "github.com/lockstep-go/lockstep/cmd/lockstep",
		staticcheck: "honnef.co/go/tools/cmd/staticcheck",
	} {
		if _, err := output(ctx, "go", "build", "-o", file, pkg); err != nil {
			return nil, err
		}
	}
	return []contender{
		{"lockstep", func(int) *exec.Cmd { return exec.CommandContext(ctx, lockstep, "check", "./...") }},
		{"staticcheck", func(round int) *exec.Cmd {
			cmd := exec.CommandContext(ctx, staticcheck, "-checks", "SA2*", "./...")
			cache := filepath.Join(temp, fmt.Sprintf("cache%d-%d", round, time.Now().UnixNano()))
			cmd.Env = append(os.Environ(), "STATICCHECK_CACHE="+cache)
			return cmd
		}},
	}, nil
}

func find(ctx context.Context) ([]corpus, error) {
	tools, err := output(ctx, "go", "list", "-m", "-f", "x/tools@{{.Version}}\n{{.Dir}}", "golang.org/x/tools")
	if err != nil {
		return nil, err
	}
	own, err := output(ctx, "go", "list", "-m", "-f", "{{.Path}}\n{{.Dir}}")
	if err != nil {
		return nil, err
	}
	var corpora []corpus
	for _, out := range []string{tools, own} {
		name, dir, _ := strings.Cut(out, "\n")
		corpora = append(corpora, corpus{name, dir})
	}
	return corpora, nil
}

// measure runs a command. That it finds something, or cannot load some
// package, is no error; that it says what is wrong with its use is.
func measure(ctx context.Context, cmd *exec.Cmd, dir string) (cost, error) {
	cmd.Dir = dir
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil || exit.ExitCode() == 2) {
		return cost{}, err
	}
	state := cmd.ProcessState
	return cost{state.UserTime() + state.SystemTime(), peakMemory(state)}, nil
}

func print(w io.Writer, corpus string, contenders []contender, costs [][]cost) {
	fmt.Fprintf(w, "%s, CPU seconds (user and system) of each round:\n", corpus)
	base := costs[len(costs)-1]
	for i, c := range contenders {
		fmt.Fprintf(w, "%-12s", c.name)
		var ratios []float64
		var peak int64
		for round, cost := range costs[i] {
			fmt.Fprintf(w, " %6.1f", cost.cpu.Seconds())
			ratios = append(ratios, cost.cpu.Seconds()/base[round].cpu.Seconds())
			peak = max(peak, cost.memory)
		}
		slices.Sort(ratios)
		ratio := ratios[len(ratios)/2]
		if peak > 0 {
			fmt.Fprintf(w, "   peak %4d MB", peak>>20)
		}
		if i < len(contenders)-1 {
			fmt.Fprintf(w, "   median ratio %.2f (goal %.2f: %s", ratio, goalRatio, verdict(ratio <= goalRatio))
			if peak > 0 {
				fmt.Fprintf(w, "; memory goal %d MB: %s", goalMemory>>20, verdict(peak < goalMemory))
			}
			fmt.Fprint(w, ")")
		}
		fmt.Fprintln(w)
	}
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

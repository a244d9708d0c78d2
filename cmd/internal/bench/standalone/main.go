// Standalone measures what lockstep check costs against staticcheck's
// concurrency checks (-checks SA2*), both cold, in CPU seconds and peak memory.
//
// The two take turns. staticcheck keeps results in a cache of its own
// and gets an empty one in every round; lockstep keeps none. Go's build
// cache, from which both take what the compiler knows of dependencies, is warm. The
// code is that of golang.org/x/tools, in the module cache, and of this module.
//
//	go run ./cmd/internal/bench/standalone [-rounds n]
package main

import (
	"cmp"
	"context"
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

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/turns"
)

// What a run is to stay below.
const (
	goalRatio  = 1.0 / 3
	goalMemory = 600 << 20
)

func main() {
	rounds := turns.RoundsFlag(flag.CommandLine)
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
		costs, err := turns.Take(ctx, contenders, c.dir, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		turns.Print(w, c.name, contenders, costs, func(i int, ratio float64) string {
			return remark(costs[i], ratio, i == len(costs)-1)
		})
	}
	return nil
}

// build builds both programs. The last is the one to compare with. That one finds
// something, or cannot load some package, is no error; that it says what is wrong
// with its use is.
func build(ctx context.Context, temp string) ([]turns.Contender, error) {
	lockstep, staticcheck := filepath.Join(temp, "lockstep.exe"), filepath.Join(temp, "staticcheck.exe")
	for file, pkg := range map[string]string{
		lockstep:    "github.com/lockstep-go/lockstep/cmd/lockstep",
		staticcheck: "honnef.co/go/tools/cmd/staticcheck",
	} {
		if _, err := command.Output(ctx, "", "go", "build", "-o", file, pkg); err != nil {
			return nil, err
		}
	}
	return []turns.Contender{
		{Name: "lockstep", Failed: 2, Command: func(int) (*exec.Cmd, error) {
			return exec.CommandContext(ctx, lockstep, "check", "./..."), nil
		}},
		{Name: "staticcheck", Failed: 2, Command: func(round int) (*exec.Cmd, error) {
			cmd := exec.CommandContext(ctx, staticcheck, "-checks", "SA2*", "./...")
			cache := filepath.Join(temp, fmt.Sprintf("cache%d-%d", round, time.Now().UnixNano()))
			cmd.Env = append(os.Environ(), "STATICCHECK_CACHE="+cache)
			return cmd, nil
		}},
	}, nil
}

func find(ctx context.Context) ([]corpus, error) {
	tools, err := command.Output(ctx, "", "go", "list", "-m", "-f", "x/tools@{{.Version}}\n{{.Dir}}", "golang.org/x/tools")
	if err != nil {
		return nil, err
	}
	own, err := command.Output(ctx, "", "go", "list", "-m", "-f", "{{.Path}}\n{{.Dir}}")
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

// remark says what the costs of a contender come to; base is set for the one to
// compare with.
func remark(costs []turns.Cost, ratio float64, base bool) string {
	var b strings.Builder
	peak := slices.MaxFunc(costs, func(a, b turns.Cost) int { return cmp.Compare(a.Memory, b.Memory) }).Memory
	if peak > 0 {
		fmt.Fprintf(&b, "   peak %4d MB", peak>>20)
	}
	if !base {
		fmt.Fprintf(&b, "   median ratio %.2f (goal %.2f: %s", ratio, goalRatio, verdict(ratio <= goalRatio))
		if peak > 0 {
			fmt.Fprintf(&b, "; memory goal %d MB: %s", goalMemory>>20, verdict(peak < goalMemory))
		}
		b.WriteString(")")
	}
	return b.String()
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

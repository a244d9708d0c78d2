// Vetcost measures what go vet costs with lockstep as its tool, with the same
// checks behind x/tools' unitchecker, and with go vet's own checks, in CPU
// seconds.
//
// The three take turns, so that a machine that slows down slows all of them; what
// counts is the ratio within a round. Each go vet run is cold: go's cache of vet
// results knows a tool by its contents and its flags, and every round has a
// tool, or a flag, of its own. The build cache is warm. The code is that of
// golang.org/x/tools, copied out of the module cache to a temporary folder,
// and that of lockstep itself.
//
//	go run ./cmd/internal/bench/vetcost [-rounds n]
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

func main() {
	rounds := flag.Int("rounds", 3, "how often to measure each")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "vetcost:", err)
		os.Exit(3)
	}
}

// A contender is one way to run go vet.
type contender struct {
	name string
	args func(round int) ([]string, error) // of go vet, other in every round
}

func run(ctx context.Context, w io.Writer, rounds int) error {
	temp, err := os.MkdirTemp("", "vetcost-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)

	tools, err := copyTools(ctx, temp)
	if err != nil {
		return err
	}
	own, err := output(ctx, "", "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	contenders := []contender{
		{"lockstep", tool(ctx, temp, "lockstep", "github.com/lockstep-go/lockstep/cmd/lockstep")},
		{"unitchecker", tool(ctx, temp, "unitchecker", "github.com/lockstep-go/lockstep/cmd/internal/bench/vetcost/unitchecker")},
		{"go vet", func(round int) ([]string, error) {
			return []string{fmt.Sprintf("-printf.funcs=vetcost%d%d", time.Now().UnixNano(), round)}, nil
		}},
	}
	for _, c := range []corpus{tools, {"lockstep", own}} {
		costs, err := measure(ctx, c, contenders, rounds)
		if err != nil {
			return err
		}
		print(w, c, contenders, costs)
	}
	return nil
}

// A corpus is a module to vet.
type corpus struct{ name, dir string }

// measure lets the contenders vet the corpus in turn and returns the cost of
// each in each round.
func measure(ctx context.Context, corpus corpus, contenders []contender, rounds int) ([][]time.Duration, error) {
	costs := make([][]time.Duration, len(contenders))
	for round := range rounds + 1 {
		for i, c := range contenders {
			args, err := c.args(round)
			if err != nil {
				return nil, err
			}
			cost, err := vet(ctx, corpus.dir, args)
			if err != nil {
				return nil, fmt.Errorf("%s on %s: %w", c.name, corpus.name, err)
			}
			if round > 0 { // round 0 fills the build cache
				costs[i] = append(costs[i], cost)
			}
		}
	}
	return costs, nil
}

func print(w io.Writer, corpus corpus, contenders []contender, costs [][]time.Duration) {
	fmt.Fprintf(w, "%s, CPU seconds (user and system) of each round:\n", corpus.name)
	base := costs[len(costs)-1]
	for i, c := range contenders {
		fmt.Fprintf(w, "%-12s", c.name)
		var ratios []float64
		for round, cost := range costs[i] {
			fmt.Fprintf(w, " %6.1f", cost.Seconds())
			ratios = append(ratios, cost.Seconds()/base[round].Seconds())
		}
		slices.Sort(ratios)
		fmt.Fprintf(w, "   median ratio to go vet %.2f\n", ratios[len(ratios)/2])
	}
}

// tool builds a vet tool once and returns the arguments that select it, as a
// file of other contents in every round.
func tool(ctx context.Context, temp, name, pkg string) func(round int) ([]string, error) {
	var program []byte
	return func(round int) ([]string, error) {
		file := filepath.Join(temp, name)
		if program == nil {
			if _, err := output(ctx, "", "go", "build", "-o", file, pkg); err != nil {
				return nil, err
			}
			var err error
			if program, err = os.ReadFile(file); err != nil {
				return nil, err
			}
		}
		// What follows the program in its file is not loaded.
		file += fmt.Sprint(round)
		own := fmt.Appendf(slices.Clone(program), "\nround %d at %d\n", round, time.Now().UnixNano())
		return []string{"-vettool=" + file}, os.WriteFile(file, own, 0o700)
	}
}

// vet runs go vet and returns the CPU time of all its processes. That it finds
// something is no error.
func vet(ctx context.Context, dir string, args []string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"vet"}, args...), "./...")...)
	cmd.Dir = dir
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		return 0, err
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// copyTools copies golang.org/x/tools at the version in go.mod.
func copyTools(ctx context.Context, temp string) (corpus, error) {
	out, err := output(ctx, "", "go", "list", "-m", "-f", "{{.Version}}\n{{.Dir}}", "golang.org/x/tools")
	if err != nil {
		return corpus{}, err
	}
	version, from, _ := strings.Cut(out, "\n")
	dir := filepath.Join(temp, "tools")
	return corpus{"golang.org/x/tools@" + version, dir}, os.CopyFS(dir, os.DirFS(from))
}

func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

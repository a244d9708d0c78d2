// Package turns measures commands that do the same job against each other.
//
// They take turns, so that a machine that slows down slows all of them; what
// counts is the ratio within a round.
package turns

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

// A Contender is one way to do the job.
type Contender struct {
	Name string
	// Command is for one round, from 0. It may differ from those of other
	// rounds, so that nothing is found in a cache.
	Command func(round int) (*exec.Cmd, error)
	// Failed is the exit code, if not 0, by which the command says that it has
	// not done the job. Other codes tell what it found.
	Failed int
}

// A Cost is that of one process with all that it waited for.
type Cost struct {
	CPU    time.Duration // user and system
	Memory int64         // peak of the largest process in bytes, or 0 if unknown
}

// RoundsFlag defines the flag -rounds, and returns where its value will be: at
// least one round, or there is nothing to compare.
func RoundsFlag(flags *flag.FlagSet) *int {
	rounds := 3
	flags.Func("rounds", "how often to measure each: a `number` from 1 (default 3)", func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return errors.New("want a number from 1")
		}
		rounds = n
		return nil
	})
	return &rounds
}

// Take lets the contenders do their job in a folder, one round more than asked
// for, and returns the cost of each in each round but the first, which fills the
// build cache.
func Take(ctx context.Context, contenders []Contender, dir string, rounds int) ([][]Cost, error) {
	costs := make([][]Cost, len(contenders))
	for round := range rounds + 1 {
		for i, c := range contenders {
			cost, err := measure(ctx, c, dir, round)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Name, err)
			}
			if round > 0 {
				costs[i] = append(costs[i], cost)
			}
		}
	}
	return costs, nil
}

func measure(ctx context.Context, c Contender, dir string, round int) (Cost, error) {
	cmd, err := c.Command(round)
	if err != nil {
		return Cost{}, err
	}
	cmd.Dir = dir
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil || exit.ExitCode() == c.Failed) {
		return Cost{}, err
	}
	state := cmd.ProcessState
	return Cost{state.UserTime() + state.SystemTime(), peakMemory(state)}, nil
}

// Print prints the costs of a job, and of each contender what remark says of the
// median, over the rounds, of its ratio to the last one.
func Print(w io.Writer, job string, contenders []Contender, costs [][]Cost, remark func(i int, ratio float64) string) {
	fmt.Fprintf(w, "%s, CPU seconds (user and system) of each round:\n", job)
	base := costs[len(costs)-1]
	for i, c := range contenders {
		fmt.Fprintf(w, "%-12s", c.Name)
		var ratios []float64
		for round, cost := range costs[i] {
			fmt.Fprintf(w, " %6.1f", cost.CPU.Seconds())
			ratios = append(ratios, cost.CPU.Seconds()/base[round].CPU.Seconds())
		}
		slices.Sort(ratios)
		fmt.Fprintln(w, remark(i, ratios[len(ratios)/2]))
	}
}

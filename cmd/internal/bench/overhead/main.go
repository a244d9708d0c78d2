// Overhead measures what control costs, against the same program with the race
// detector alone: CPU time for each operation by which goroutines synchronise, with few
// and with many goroutines, and for starting a process.
//
// Both binaries run in turns. What an operation costs is the time of a run less
// that of one that does nothing, which is the price of each schedule.
//
//	go run ./cmd/internal/bench/overhead [-n operations] [-goroutines 1,10,100,1000]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
)

// kinds are the operations of testdata/ops.
var kinds = []string{"start", "mutex", "own-mutex", "rwmutex", "channel", "select", "atomic", "waitgroup"}

func main() {
	count := flag.Int("n", 20000, "operations in a run")
	goroutines := flag.String("goroutines", "1,10,100,1000", "how many goroutines share them")
	only := flag.String("op", strings.Join(kinds, ","), "operations to measure")
	rounds := flag.Int("rounds", 3, "how often to measure each")
	with := flag.String("schedule", "rw:1", "schedule")
	keep := flag.String("keep", "", "folder for the binaries, which are kept")
	flag.Parse()
	m := measurement{count: *count, rounds: *rounds, with: *with}
	if err := m.run(*keep, strings.Split(*only, ","), strings.Split(*goroutines, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "overhead:", err)
		os.Exit(1)
	}
}

type measurement struct {
	count, rounds     int
	with              string
	plain, controlled string // binaries
	result            string // file
}

func (m *measurement) run(dir string, kinds, goroutines []string) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "overhead")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	if err := m.build(dir); err != nil {
		return err
	}
	idle, err := m.start()
	if err != nil {
		return err
	}
	fmt.Printf("%d operations in all, schedule %s, race detector in both; CPU time for each operation, ratio to the plain binary\n", m.count, m.with)
	fmt.Printf("%-10s", "operation")
	for _, n := range goroutines {
		fmt.Printf(" %26s", n+" goroutines")
	}
	fmt.Println()
	for _, kind := range kinds {
		fmt.Printf("%-10s", kind)
		for _, n := range goroutines {
			c, err := m.compare(kind, n, idle)
			if err != nil {
				return err
			}
			fmt.Printf(" %26s", c)
		}
		fmt.Println()
	}
	return nil
}

func (m *measurement) build(dir string) error {
	source := filepath.Join(dir, "source")
	if err := os.MkdirAll(source, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "main.go"} {
		src, err := os.ReadFile(filepath.Join("cmd/internal/bench/overhead/testdata/ops", name))
		if err != nil {
			return fmt.Errorf("run this in the root of the module: %w", err)
		}
		if err := os.WriteFile(filepath.Join(source, name), src, 0o644); err != nil {
			return err
		}
	}
	m.plain, m.controlled, m.result = filepath.Join(dir, "plain"), filepath.Join(dir, "controlled"), filepath.Join(dir, "result")
	target := controlled.Target{Dir: source, Pattern: ".", Race: true}
	if err := controlled.BuildPlain(target, m.plain); err != nil {
		return err
	}
	_, err := controlled.Build(target, m.controlled)
	return err
}

// pair is what the plain and the controlled binary took, by operation or by process.
type pair struct{ plain, controlled time.Duration }

func (p pair) String() string {
	ratio := "-"
	if p.plain > 0 {
		ratio = fmt.Sprintf("%.1f×", float64(p.controlled)/float64(p.plain))
	}
	return fmt.Sprintf("%s/%s %6s", short(p.controlled), short(p.plain), ratio)
}

func short(d time.Duration) string {
	if d >= 10*time.Microsecond {
		return d.Round(100 * time.Nanosecond).String()
	}
	return fmt.Sprintf("%dns", d.Nanoseconds())
}

// startRuns is how many processes are started to see what that costs.
const startRuns = 20

// start measures processes that do nothing.
func (m *measurement) start() (pair, error) {
	var plain, under []time.Duration
	var elapsed time.Duration
	for range startRuns {
		p, err := m.cpu(m.plain, "mutex", "1", 0)
		if err != nil {
			return pair{}, err
		}
		before := time.Now()
		c, err := m.cpu(m.controlled, "mutex", "1", 0)
		if err != nil {
			return pair{}, err
		}
		elapsed += time.Since(before)
		plain, under = append(plain, p), append(under, c)
	}
	idle := pair{median(plain), median(under)}
	fmt.Printf("a process that does nothing: %s of CPU time, %s under control: %.0f schedules a second in turn\n",
		short(idle.plain), short(idle.controlled), startRuns/elapsed.Seconds())
	return idle, nil
}

// compare measures an operation.
func (m *measurement) compare(kind, goroutines string, idle pair) (pair, error) {
	var plain, under []time.Duration
	for range m.rounds {
		p, err := m.cpu(m.plain, kind, goroutines, m.count)
		if err != nil {
			return pair{}, err
		}
		c, err := m.cpu(m.controlled, kind, goroutines, m.count)
		if err != nil {
			return pair{}, err
		}
		plain, under = append(plain, p-idle.plain), append(under, c-idle.controlled)
	}
	n := time.Duration(m.count)
	return pair{median(plain) / n, median(under) / n}, nil
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// cpu is the CPU time of a run. A controlled one has to end by itself.
func (m *measurement) cpu(binary, kind, goroutines string, count int) (time.Duration, error) {
	cmd := exec.Command(binary, kind, goroutines, strconv.Itoa(count))
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", "GODEBUG=randautoseed=0")
	if binary == m.controlled {
		cmd.Env = append(cmd.Env, "LOCKSTEP_CONTROL="+m.with, "LOCKSTEP_RESULT="+m.result, "LOCKSTEP_STEPS=1000000000")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

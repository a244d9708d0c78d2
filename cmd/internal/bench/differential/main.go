// Differential runs the programs of Go's own test suite natively and under schedules,
// and counts the runs under control that come to something else: each is a defect of the
// rewriter or of the scheduler, or a program that depends on a processor of its own.
//
// The programs are those in GOROOT/test that are one file, are to be run, and have
// something to do with goroutines. Those that natively do not do the same twice
// are left out. Every run is repeated by its deviations.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func main() {
	o := options{}
	flag.IntVar(&o.count, "n", 5, "random schedules of each kind for each program")
	flag.BoolVar(&o.race, "race", false, "under the race detector")
	flag.BoolVar(&o.all, "all", false, "programs without goroutines too")
	flag.StringVar(&o.only, "only", "", "a regular expression that the names of programs have to match")
	flag.StringVar(&o.corpus, "corpus", "", "folder of the programs, rather than GOROOT/test")
	flag.BoolVar(&o.verbose, "v", false, "print every program that is left out")
	flag.Parse()
	if err := measure(o); err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
		os.Exit(1)
	}
}

type options struct {
	count              int
	race, all, verbose bool
	only, corpus       string
}

func measure(o options) error {
	if o.corpus == "" {
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return err
		}
		o.corpus = filepath.Join(strings.TrimSpace(string(root)), "test")
	}
	if _, err := os.Stat(o.corpus); errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("skipped: there is no %s; only whole distributions of Go have their tests\n", o.corpus)
		return nil
	}
	temp, err := os.MkdirTemp("", "differential")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	m, err := copyPrograms(o, filepath.Join(temp, "module"))
	if err != nil {
		return err
	}
	m.native, m.controlled = filepath.Join(temp, "native"), filepath.Join(temp, "controlled")
	if err := m.build(); err != nil {
		return err
	}
	t := m.run()
	fmt.Printf("%d programs, %d runs under schedules: %d differences, %d runs beyond the step limit; %d of %d replays differ; %d programs left out since natively they do not do the same twice\n",
		t.programs, t.runs, t.differences, t.limited, t.strayed, t.replays, t.out)
	return nil
}

// A module has each program in a folder of its own.
type module struct {
	options
	dir                string
	programs           []string
	native, controlled string // folders of binaries
}

var (
	toRun      = regexp.MustCompile(`(?m)\A(//go:build .*\n+)?// run\s*$`)
	concurrent = regexp.MustCompile(`\bgo (func|\w)|\bchan\b|<-|\bselect \{|"(sync|sync/atomic|context|time)"`)
)

// copyPrograms copies the programs of the corpus to a module in dir.
func copyPrograms(o options, dir string) (*module, error) {
	m := &module{options: o, dir: dir}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(o.corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(o.corpus, path)
		if err != nil {
			return err
		}
		if !toRun.Match(src) || !o.all && !concurrent.Match(src) || !only.MatchString(filepath.ToSlash(rel)) {
			return nil
		}
		name := strings.ReplaceAll(strings.TrimSuffix(filepath.ToSlash(rel), ".go"), "/", "-")
		if err := write(filepath.Join(dir, name, "main.go"), src); err != nil {
			return err
		}
		m.programs = append(m.programs, name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	lang := strings.TrimPrefix(version.Lang(runtime.Version()), "go")
	return m, write(filepath.Join(dir, "go.mod"), []byte("module differential\n\ngo "+lang+"\n"))
}

func write(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

// build builds all programs. Those that do not build natively have no binary; they
// are removed, for the same command to build all others under control.
func (m *module) build() error {
	target := controlled.Target{Dir: m.dir, Pattern: "./...", Race: m.race}
	for _, dir := range []string{m.native, m.controlled} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	if err := controlled.BuildPlain(target, m.native+string(filepath.Separator)); err != nil && m.verbose {
		fmt.Println(err)
	}
	for _, p := range m.programs {
		if !exists(filepath.Join(m.native, p)) {
			if err := os.RemoveAll(filepath.Join(m.dir, p)); err != nil {
				return err
			}
		}
	}
	if _, err := controlled.Build(target, m.controlled+string(filepath.Separator)); err != nil {
		fmt.Println(err)
	}
	return nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

type tally struct {
	mu                                                          sync.Mutex
	programs, runs, differences, limited, replays, strayed, out int
}

func (m *module) run() *tally {
	t := new(tally)
	jobs := make(chan string)
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for p := range jobs {
				m.program(t, p)
			}
		})
	}
	for _, p := range m.programs {
		jobs <- p
	}
	close(jobs)
	wg.Wait()
	return t
}

// longest is how long a schedule may be: it has to fit into the environment.
const longest = 100 << 10

// program compares the runs of a program.
func (m *module) program(t *tally, name string) {
	dir := filepath.Join(m.dir, name)
	native, binary := filepath.Join(m.native, name), filepath.Join(m.controlled, name)
	if !exists(native) {
		t.leave(m, name, "it does not build")
		return
	}
	want := controlled.Natively(native, dir, nil)
	again := controlled.Natively(native, dir, nil)
	switch {
	case want.Exit < 0:
		t.leave(m, name, "it does not end by itself")
		return
	case !same(want, again):
		t.leave(m, name, "two runs differ")
		return
	}
	t.mu.Lock()
	t.programs++
	t.mu.Unlock()
	if !exists(binary) {
		t.differs(name, "-", "it does not build under control")
		return
	}
	schedules := []string{"ls:"}
	for i := range m.count {
		schedules = append(schedules, fmt.Sprintf("rw:%d", i+1), fmt.Sprintf("pct:%d:3:100", i+1))
	}
	for _, with := range schedules {
		run, err := controlled.Execute(binary, dir, nil, with, 0)
		if err != nil {
			t.differs(name, with, err.Error())
			continue
		}
		t.compare(name, with, want, run)
		if r := run.Result; r != nil && len(r.Uncontrolled) == 0 && len(r.Deviations) < longest {
			t.replay(binary, dir, name, with, r)
		}
	}
}

// same reports whether two runs came to the same. What the runtime prints of a
// failure has addresses in it.
func same(a, b controlled.Run) bool {
	return a.Exit == b.Exit && bytes.Equal(a.Stdout, b.Stdout) && (a.Exit != 0 || bytes.Equal(a.Stderr, b.Stderr))
}

func (t *tally) compare(name, with string, want, run controlled.Run) {
	t.mu.Lock()
	t.runs++
	limited := run.Result != nil && run.Result.End == schedule.Steps
	if limited {
		t.limited++
	}
	t.mu.Unlock()
	switch {
	case limited || same(want, run):
	case run.Result == nil:
		t.differs(name, with, fmt.Sprintf("no result, exit status %d after %v\n%s", run.Exit, run.Duration, head(run.Stderr)))
	default:
		t.differs(name, with, fmt.Sprintf("end %s, exit status %d, %s\n%s%s", run.Result.End, run.Exit, run.Result.Cause, head(run.Stdout), head(run.Stderr)))
	}
}

// replay repeats a run by its deviations.
func (t *tally) replay(binary, dir, name, with string, r *schedule.Result) {
	again, err := controlled.Execute(binary, dir, nil, "ls:"+r.Deviations, 0)
	t.mu.Lock()
	t.replays++
	strayed := err != nil || again.Result == nil || again.Result.Hash != r.Hash || again.Result.End != r.End
	if strayed {
		t.strayed++
	}
	t.mu.Unlock()
	if strayed {
		fmt.Printf("%s under %s: the replay differs\n", name, with)
	}
}

func (t *tally) differs(name, with, how string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.differences++
	fmt.Printf("%s under %s: %s\n", name, with, how)
}

func (t *tally) leave(m *module, name, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out++
	if m.verbose {
		fmt.Printf("%s: left out: %s\n", name, why)
	}
}

// head is the beginning of what a program printed.
func head(text []byte) []byte {
	const most = 600
	if len(text) > most {
		return append(text[:most:most], "…\n"...)
	}
	return text
}

package explore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/detect"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/instrument"
)

// How the programs and what is linked into them are told what to do; see
// packages runtime/shim/leak and runtime/shim/locks.
const (
	leaksVariable        = "LOCKSTEP_LEAKS"
	leaksWatchVariable   = "LOCKSTEP_LEAKS_WATCH"
	locksVariable        = "LOCKSTEP_LOCKS"
	locksTimeoutVariable = "LOCKSTEP_LOCKS_TIMEOUT"
)

// Statuses with which a program exits since a detector found something.
const (
	stuckStatus = 97 // no goroutine can ever run again; package runtime/shim/leak
	raceStatus  = 66 // of the race detector
)

// reportTime is what a run is given beyond its timeout, so that what is linked
// into it can write its profile before the run is stopped.
const reportTime = time.Second

// run makes the planned runs.
func (s *session) run(ctx context.Context) {
	var ready []flavour
	total := 0
	for _, f := range s.flavours {
		built := 0
		for _, t := range s.targets {
			if t.binaries[f] != "" {
				built++
			}
		}
		if built > 0 {
			ready = append(ready, f)
			s.outcome.Variants = append(s.outcome.Variants, f.variants()...)
		}
		total += built * len(s.opt.Cores) * s.opt.Count
	}
	if len(ready) == 0 {
		return
	}
	rounds := s.opt.Count
	if s.opt.For > 0 {
		rounds, total = 0, 0
	}
	s.ends = make(map[endKey]*endCount)

	began := time.Now()
	jobs := make(chan job)
	var workers sync.WaitGroup
	var mu sync.Mutex // guards s.tally, s.ends, s.outcome and calls of Progress
	for range s.opt.Parallel {
		workers.Go(func() {
			for j := range jobs {
				done := s.runJob(ctx, j)
				mu.Lock()
				s.count(j, done)
				s.progress(s.running(j, total, time.Since(began)))
				mu.Unlock()
			}
		})
	}
	for j := range plan(len(s.targets), ready, s.opt.Cores, rounds) {
		if s.opt.For > 0 && j.round > 0 && time.Since(began) >= s.opt.For {
			break
		}
		if s.targets[j.target].binaries[j.flavour] == "" {
			continue
		}
		if j.round == 0 && s.opt.Progress != nil {
			mu.Lock()
			s.progress(s.running(j, total, time.Since(began)))
			mu.Unlock()
		}
		select {
		case jobs <- j:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(jobs)
	workers.Wait()
}

func (s *session) running(j job, total int, elapsed time.Duration) Progress {
	found := make(map[evidence.Key]bool)
	for _, o := range s.tally.Observations() {
		if o.Evidence.Kind.Bug() {
			found[o.Key()] = true
		}
	}
	return Progress{
		Package: s.targets[j.target].pkg.ImportPath, Variants: j.flavour.variants(), Cores: j.cores,
		Done: s.outcome.Runs, Total: total, Elapsed: elapsed, Found: len(found),
	}
}

// A done is a run that was made.
type done struct {
	result execute.Result
	// What each variant showed. A crash is counted for all of them.
	evidence map[Variant][]evidence.Evidence
}

// runJob makes one run.
func (s *session) runJob(ctx context.Context, j job) done {
	t := s.targets[j.target]
	dir, err := os.MkdirTemp(s.temp, "run")
	if err != nil {
		return done{result: execute.Result{Outcome: execute.StartFailed{Err: err}}}
	}
	defer os.RemoveAll(dir)
	c := execute.Command{
		Path: t.binaries[j.flavour], Args: s.arguments(), Dir: s.opt.Dir, Env: s.environment(j, dir),
		Timeout: s.opt.Timeout + reportTime, Dump: true, MaxOutput: s.opt.MaxOutput,
	}
	if s.opt.Tests {
		c.Dir = t.pkg.Dir
	}
	c.Env = append(c.Env, "PWD="+c.Dir)
	r := execute.Run(ctx, c)
	return done{r, s.collect(j, dir, c.Dir, r)}
}

// arguments are those of the program.
func (s *session) arguments() []string {
	if !s.opt.Tests {
		return s.opt.Args
	}
	args := []string{"-test.paniconexit0", "-test.timeout=0"}
	if s.opt.RunTests != "" {
		args = append(args, "-test.run="+s.opt.RunTests)
	}
	return append(args, s.opt.Args...)
}

// environment is that of a run whose detectors write to files in dir: there
// the program's own output cannot get between the lines of a report.
func (s *session) environment(j job, dir string) []string {
	env := append(slices.Clone(s.opt.Env), "GOMAXPROCS="+strconv.Itoa(j.cores))
	if !slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, "GOTRACEBACK=") }) {
		env = append(env, "GOTRACEBACK=all") // a deadlock has more than one goroutine
	}
	if j.flavour.race {
		// The log's path is quoted: it may have spaces.
		env = append(env, fmt.Sprintf("GORACE=atexit_sleep_ms=0 halt_on_error=0 log_path='%s'", filepath.Join(dir, string(Race))))
	}
	if j.flavour.leak {
		env = append(env, leaksVariable+"="+filepath.Join(dir, string(Leak)))
		if j.flavour.race { // where the runtime does not notice that all goroutines are asleep
			env = append(env, leaksWatchVariable+"="+s.opt.Timeout.String())
		}
	}
	if j.flavour.deadlock {
		env = append(env, locksVariable+"="+filepath.Join(dir, string(Deadlock)),
			locksTimeoutVariable+"="+s.opt.LockTimeout.String())
	}
	return env
}

// collect reads what the detectors wrote.
func (s *session) collect(j job, dir, cwd string, r execute.Result) map[Variant][]evidence.Evidence {
	scope := s.scope()
	opt := detect.Options{
		User: func(f evidence.Frame) bool { return !instrument.Ours(f.File) && scope.User(f) }, Dir: cwd, Source: s.tc.overlay.ReadFile,
		Survived: r.Outcome == execute.Finished{},
	}
	found := make(map[Variant][]evidence.Evidence)
	crashes := detect.Crashes(r.Stderr.Bytes(), opt)
	parsers := map[Variant]func([]byte, detect.Options) []evidence.Evidence{
		Race: detect.Races, Leak: detect.Leaks, Deadlock: detect.Locks,
	}
	for _, v := range j.flavour.variants() {
		files, _ := filepath.Glob(filepath.Join(dir, string(v)+".*"))
		slices.Sort(files)
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil {
				found[v] = append(found[v], parsers[v](data, opt)...)
			}
		}
		if v == j.flavour.variants()[0] {
			found[v] = append(found[v], crashes...)
		}
	}
	if j.flavour.race { // "limit on simultaneously alive goroutines" goes to stderr, reports never do
		for _, e := range detect.Races(r.Stderr.Bytes(), opt) {
			if !e.Kind.Bug() {
				found[Race] = append(found[Race], e)
			}
		}
	}
	return found
}

// scope says which code is the user's.
func (s *session) scope() evidence.Scope {
	sc := evidence.Scope{Outside: []string{s.tc.env.GOROOT, s.tc.env.GOMODCACHE}}
	add := func(dir string) {
		if dir != "" && !slices.Contains(sc.Roots, dir) {
			sc.Roots = append(sc.Roots, dir)
		}
	}
	for _, p := range s.packages {
		m := p.Module
		switch {
		case !p.DepOnly && (p.Standard || m == nil):
			add(p.Dir)
		case m != nil && m.Main:
			add(m.Dir)
		case m != nil && m.Replace != nil && m.Replace.Version == "":
			add(cmp.Or(m.Replace.Dir, m.Dir))
		}
	}
	return sc
}

// An endKey is a way in which runs of a target ended without success.
type endKey struct {
	target int
	how    message.Key
	words  string // what tells ends of one kind apart
}

type endCount struct {
	runs   int
	first  message.Message
	detail string
}

// count adds a run to what is known.
func (s *session) count(j job, d done) {
	if d.result.Outcome == (execute.Interrupted{}) && len(d.evidence) == 0 && d.result.Duration == 0 {
		return // not even started
	}
	s.outcome.Runs++
	s.targets[j.target].runs++
	bug := false
	for _, v := range j.flavour.variants() {
		found := d.evidence[v]
		bug = bug || slices.ContainsFunc(found, func(e evidence.Evidence) bool { return e.Kind.Bug() })
		s.tally.Add(evidence.Run{Variant: string(v), Cores: j.cores, Command: s.replay(j, v), Evidence: found})
	}
	s.countEnd(j, d.result, bug)
}

// countEnd notes how a run ended if that is worth a word: a run that shows
// no bug but does not succeed, and one that a limit stopped.
func (s *session) countEnd(j job, r execute.Result, bug bool) {
	pkg := s.targets[j.target].pkg.ImportPath
	add := func(words string, limited bool, detail string, m message.Message) {
		key := endKey{j.target, m.Key, words}
		if s.ends[key] == nil {
			s.ends[key] = &endCount{first: m, detail: detail}
		}
		s.ends[key].runs++
		s.outcome.Limited = s.outcome.Limited || limited
	}
	// Without the stacks that a program was told to print.
	words, _, _ := bytes.Cut(r.Stderr.Bytes(), []byte("SIGQUIT: quit\n"))
	printed := lastLines(append(slices.Clone(r.Stdout.Bytes()), words...))
	forced := ""
	if r.Forced {
		forced = "-forced"
	}
	switch o := r.Outcome.(type) {
	case execute.TimedOut:
		if !bug || r.Forced {
			add("", !bug, printed, message.New(message.Key("end-timeout"+forced), "package", pkg, "limit", s.opt.Timeout.String()))
		}
	case execute.OutputLimit:
		add("", true, "", message.New(message.Key("end-output"+forced), "package", pkg, "limit", fmt.Sprintf("%d MB", o.Bytes>>20)))
	case execute.StartFailed:
		s.outcome.BuildErrors = append(s.outcome.BuildErrors, BuildError{pkg, o.Err.Error()})
	case execute.Finished:
		expected := o.Exit == 0 || o.Exit == stuckStatus || o.Exit == raceStatus
		if !bug && !expected {
			add(o.String(), false, printed, message.New("end-failed", "package", pkg, "status", o.String()))
		}
	}
	if r.Strays > 0 {
		add("", true, "", message.New("end-strays", "package", pkg))
	}
}

// explainEnds makes notes of the ends that were counted.
func (s *session) explainEnds() {
	type counted struct {
		key endKey
		*endCount
	}
	var list []counted
	for k, c := range s.ends {
		list = append(list, counted{k, c})
	}
	slices.SortFunc(list, func(a, b counted) int {
		return cmp.Or(cmp.Compare(a.key.target, b.key.target), cmp.Compare(a.key.how, b.key.how), cmp.Compare(a.key.words, b.key.words))
	})
	for _, c := range list {
		m := c.first
		m.Args["runs"] = strconv.Itoa(c.runs)
		m.Args["total"] = strconv.Itoa(s.targets[c.key.target].runs)
		s.note(m, c.detail)
	}
}

// maxLines is how much of a program's output goes with a note.
const maxLines = 10

// lastLines is the end of what a program printed.
func lastLines(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if n := len(lines) - maxLines; n > 0 {
		lines = append([]string{"..."}, lines[n:]...)
	}
	for i, line := range lines {
		if len(line) > 300 {
			lines[i] = strings.ToValidUTF8(line[:300], "") + "..."
		}
	}
	return strings.Join(lines, "\n")
}

// replay is the command that repeats the runs of a job under one variant.
func (s *session) replay(j job, v Variant) []string {
	t := s.targets[j.target]
	cmd := []string{"lockstep", "run"}
	if s.opt.Tests {
		cmd[1] = "test"
	}
	cmd = append(cmd, "-variants="+string(v), "-cpu="+strconv.Itoa(j.cores))
	if s.opt.For > 0 {
		cmd = append(cmd, "-for="+s.opt.For.String())
	} else {
		cmd = append(cmd, "-count="+strconv.Itoa(s.opt.Count))
	}
	if s.opt.Timeout != s.opt.defaultTimeout() {
		cmd = append(cmd, "-timeout="+s.opt.Timeout.String())
	}
	if v == Deadlock && s.opt.LockTimeout != DefaultLockTimeout {
		cmd = append(cmd, "-lock-timeout="+s.opt.LockTimeout.String())
	}
	if s.opt.Tags != "" {
		cmd = append(cmd, "-tags="+s.opt.Tags)
	}
	if s.opt.RunTests != "" {
		cmd = append(cmd, "-run="+s.opt.RunTests)
	}
	cmd = append(cmd, t.args...)
	if len(s.opt.Args) > 0 {
		cmd = append(append(cmd, "--"), s.opt.Args...)
	}
	return cmd
}

package explore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
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
	"github.com/lockstep-go/lockstep/runtime/schedule"
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
	p := s.plan(ctx)
	s.arms = p.arms
	if len(p.arms) == 0 {
		return
	}
	s.begin()
	began := time.Now()
	var workers sync.WaitGroup
	for range s.opt.Parallel {
		workers.Go(func() {
			for {
				var j job
				more := false
				s.locked(func() {
					if more = ctx.Err() == nil; !more {
						return
					}
					if j, more = p.next(time.Since(began)); more {
						j.limit = p.patience(time.Since(began), s.least(j), s.opt.Timeout, s.targets[j.target].bugs > 0)
						s.progress(s.running(j, p.total(), time.Since(began)))
					}
				})
				if !more {
					return
				}
				s.make(ctx, j)
				s.locked(func() { s.progress(s.running(j, p.total(), time.Since(began))) })
			}
		})
	}
	workers.Wait()
}

// least is the shortest time in which a run can tell why it hangs.
func (s *session) least(j job) time.Duration {
	if j.flavour.deadlock {
		return s.opt.LockTimeout + time.Second
	}
	return time.Second
}

// make makes a run, and looks for small schedules that show what it was the
// first to show.
func (s *session) make(ctx context.Context, j job) {
	began := time.Now()
	d := s.runJob(ctx, j)
	var news []evidence.Key
	s.locked(func() { news = s.count(j, d) })
	var proofs map[evidence.Key]*proof
	if j.flavour.controlled && len(news) > 0 {
		proofs = s.prove(ctx, j, d, news)
	}
	s.locked(func() {
		maps.Copy(s.proofs, proofs)
		j.arm.spent += time.Since(began)
	})
}

// locked calls f while no other worker looks at what they share.
func (s *session) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// plan plans the runs of what could be built.
func (s *session) plan(ctx context.Context) *plan {
	p := &plan{rounds: s.opt.Count, limit: s.opt.For}
	if s.opt.For > 0 {
		p.rounds = 0
	}
	ready := make(map[flavour]bool)
	for i, t := range s.targets {
		for _, f := range inOrder(s.flavours, s.opt.Tests) {
			if t.binaries[f] == "" {
				continue
			}
			ready[f] = true
			switch {
			case !f.controlled:
				p.arms = append(p.arms, &arm{target: i, flavour: f, cores: s.opt.Cores})
			case s.opt.Tests:
				for _, test := range s.listTests(ctx, t, t.binaries[f]) {
					p.control(arm{target: i, flavour: f, test: test, accused: s.opt.Accused})
				}
			default:
				p.control(arm{target: i, flavour: f, accused: s.opt.Accused})
			}
		}
	}
	for _, f := range s.flavours {
		if ready[f] {
			s.outcome.Variants = append(s.outcome.Variants, f.variants()...)
		}
	}
	return p
}

func (s *session) running(j job, total int, elapsed time.Duration) Progress {
	return Progress{
		Package: s.targets[j.target].pkg.ImportPath, Variants: j.variants(), Cores: j.cores,
		Done: s.outcome.Runs, Total: total, Elapsed: elapsed, Found: len(s.known), Last: s.last,
	}
}

// A done is a run that was made.
type done struct {
	result execute.Result
	// What each variant showed. A crash is counted for all of them.
	evidence map[Variant][]evidence.Evidence
	control  *schedule.Result // of a controlled run
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
		Path: t.binaries[j.flavour], Args: s.arguments(j), Dir: s.opt.Dir, Env: s.environment(j, dir),
		Timeout: cmp.Or(j.limit, s.opt.Timeout) + reportTime, Dump: true, MaxOutput: s.opt.MaxOutput,
	}
	if s.opt.Tests {
		c.Dir = t.pkg.Dir
	}
	c.Env = append(c.Env, "PWD="+c.Dir)
	d := done{result: execute.Run(ctx, c)}
	if j.flavour.controlled {
		d.control = readResult(dir)
	}
	d.evidence = s.collect(j, dir, c.Dir, d)
	return d
}

// arguments are those of the program.
func (s *session) arguments(j job) []string {
	if !s.opt.Tests {
		return s.opt.Args
	}
	args := []string{"-test.paniconexit0", "-test.timeout=0"}
	if j.flavour.controlled { // which a subtest that may run must not wait for
		args = append(args, "-test.parallel=10000")
	}
	switch {
	case j.test != "":
		args = append(args, "-test.run="+s.onlyTest(j.test))
	case s.opt.RunTests != "":
		args = append(args, "-test.run="+s.opt.RunTests)
	}
	return append(args, s.opt.Args...)
}

// environment is that of a run whose detectors write to files in dir: there
// the program's own output cannot get between the lines of a report.
func (s *session) environment(j job, dir string) []string {
	env := slices.Clone(s.opt.Env)
	if j.cores > 0 {
		env = append(env, "GOMAXPROCS="+strconv.Itoa(j.cores))
	}
	if !slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, "GOTRACEBACK=") }) {
		env = append(env, "GOTRACEBACK=all") // a deadlock has more than one goroutine
	}
	if j.flavour.race {
		// The log's path is quoted: it may have spaces.
		env = append(env, fmt.Sprintf("GORACE=atexit_sleep_ms=0 halt_on_error=0 log_path='%s'", filepath.Join(dir, string(Race))))
	}
	if j.flavour.leak {
		env = append(env, leaksVariable+"="+filepath.Join(dir, string(Leak)))
		scheduled := j.flavour.controlled && j.schedule.Controlled() // and sees that by itself
		if j.flavour.race && !scheduled {                            // where the runtime does not notice that all goroutines are asleep
			env = append(env, leaksWatchVariable+"="+cmp.Or(j.limit, s.opt.Timeout).String())
		}
	}
	if j.flavour.deadlock {
		env = append(env, locksVariable+"="+filepath.Join(dir, string(Deadlock)),
			locksTimeoutVariable+"="+s.opt.LockTimeout.String())
	}
	if j.flavour.controlled {
		env = controlEnvironment(env, j, dir)
	}
	return env
}

// collect reads what the detectors wrote.
func (s *session) collect(j job, dir, cwd string, d done) map[Variant][]evidence.Evidence {
	scope, r := s.scope(), d.result
	opt := detect.Options{
		User: func(f evidence.Frame) bool { return !instrument.Ours(f.File) && scope.User(f) }, Dir: cwd, Source: s.tc.overlay.ReadFile,
		Survived: r.Outcome == execute.Finished{},
	}
	found := make(map[Variant][]evidence.Evidence)
	crashes := detect.Crashes(r.Stderr.Bytes(), opt)
	parsers := map[Variant]func([]byte, detect.Options) []evidence.Evidence{
		Race: detect.Races, Leak: detect.Leaks, Deadlock: detect.Locks,
	}
	first := j.variants()[0]
	for _, v := range []Variant{Race, Leak, Deadlock} {
		files, _ := filepath.Glob(filepath.Join(dir, string(v)+".*"))
		slices.Sort(files)
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil {
				to := v
				if j.flavour.controlled {
					to = first
				}
				found[to] = append(found[to], parsers[v](data, opt)...)
			}
		}
	}
	if j.flavour.controlled {
		crashes = j.controlled(crashes, d.control, opt)
		s.functions.name(crashes)
	}
	found[first] = append(found[first], crashes...)
	if j.flavour.race { // "limit on simultaneously alive goroutines" goes to stderr, reports never do
		for _, e := range detect.Races(r.Stderr.Bytes(), opt) {
			if !e.Kind.Bug() {
				found[first] = append(found[first], e)
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

// count adds a run to what is known, and returns the bugs that no run showed
// before.
func (s *session) count(j job, d done) (news []evidence.Key) {
	if d.result.Outcome == (execute.Interrupted{}) && len(d.evidence) == 0 && d.result.Duration == 0 {
		return nil // not even started
	}
	s.outcome.Runs++
	s.targets[j.target].runs++
	bug, first := false, true
	for _, v := range j.variants() {
		found := d.evidence[v]
		for i := range found {
			if !found[i].Kind.Bug() {
				continue
			}
			bug = true
			key := found[i].Key()
			if !s.known[key] {
				j.arm.found++
				s.targets[j.target].bugs++
				if first { // what follows may be what it leads to
					s.last, first = s.brief(found[i], v), false
				}
			}
			if !s.known[key] || v.byControl() && s.proofs[key] == nil && !slices.Contains(news, key) {
				news = append(news, key)
			}
			s.known[key] = true
		}
		s.tally.Add(evidence.Run{Variant: string(v), Cores: j.cores, Command: s.replay(j, v), Evidence: found})
	}
	if d.control != nil {
		s.learn(j, d.control)
		if _, late := d.result.Outcome.(execute.TimedOut); late { // nobody knows what it would have done
			j.arm.systematic, j.arm.aimed = nil, nil
		}
		s.improve(j, d)
	}
	s.countEnd(j, d.result, bug)
	return news
}

// brief names a bug by its rule and place.
func (s *session) brief(e evidence.Evidence, v Variant) string {
	o := evidence.Observation{Evidence: e, Variant: string(v)}
	for _, f := range Translate([]evidence.Observation{o}, Translation{Lang: s.opt.Lang}) {
		return f.Rule + " " + Translation{Lang: s.opt.Lang}.short(f.Range.Start)
	}
	return ""
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
		limit := cmp.Or(j.limit, s.opt.Timeout)
		if short := limit < s.opt.Timeout && s.targets[j.target].ended; !short && (!bug || r.Forced) {
			m := message.New(message.Key("end-timeout"+forced), "package", pkg, "limit", limit.Round(100*time.Millisecond).String())
			if limit < s.opt.Timeout {
				m = message.New("end-late", "package", pkg, "limit", s.opt.For.String())
			}
			add("", !bug, printed, m)
		}
	case execute.OutputLimit:
		add("", true, "", message.New(message.Key("end-output"+forced), "package", pkg, "limit", fmt.Sprintf("%d MB", o.Bytes>>20)))
	case execute.StartFailed:
		s.outcome.BuildErrors = append(s.outcome.BuildErrors, BuildError{pkg, o.Err.Error()})
	case execute.Finished:
		s.targets[j.target].ended = true
		expected := o.Exit == 0 || o.Exit == stuckStatus || o.Exit == raceStatus || o.Exit == controlStatus
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
	if v.byControl() {
		return s.proofOf(j, j.schedule).replay
	}
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

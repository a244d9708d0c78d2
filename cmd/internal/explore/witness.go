package explore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/instrument"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// What minimising one schedule may cost.
const (
	minimiseRuns = 150
	searchRuns   = 60
	shortenRuns  = 40
	minimiseTime = 5 * time.Second
)

// mostMinimised is for how many bugs of a session schedules are minimised, in no
// more than half of the time that there is.
const mostMinimised = 20

// longRun is how many steps a run may have for nobody to mind reading it.
const longRun = 60

// A proof is the smallest known schedule that shows a piece of evidence.
type proof struct {
	witness schedule.Witness
	replay  []string
	sure    bool // it replays exactly
	steps   int  // of the run, up to what it shows; 0 if unknown
	telling bool // it shows what harm is done
}

// prove finds, for pieces of evidence that one run of j showed first, small
// schedules that show them, and makes sure that these are replayed exactly.
func (s *session) prove(ctx context.Context, j job, d done, keys []evidence.Key) map[evidence.Key]*proof {
	proofs := make(map[evidence.Key]*proof)
	for _, key := range keys {
		proofs[key] = s.proofOf(j, j.schedule)
	}
	ds, err := schedule.ParseDeviations(d.control.Deviations)
	if err != nil || d.control.End == "" || !j.schedule.Controlled() {
		return proofs
	}
	p := &prover{session: s, job: j, known: make(map[string]map[evidence.Key]bool), steps: make(map[string]int), lost: make(map[string]bool)}
	again := p.run(ctx, j.schedule.Replay(ds))
	if ctx.Err() != nil {
		return proofs
	}
	if again.control.Hash != d.control.Hash {
		s.nondeterministic(j, d.control, again.control)
		return proofs
	}
	for _, key := range keys {
		smallest := p.minimise(ctx, ds, key)
		proofs[key] = s.proofOf(j, j.schedule.Replay(smallest))
		proofs[key].sure = true
		replay := proofs[key].witness.Schedule.String()
		proofs[key].steps, proofs[key].telling = p.steps[replay], key.Kind() == evidence.DataRace && p.lost[replay]
	}
	return proofs
}

// nondeterministic notes that the same decisions led to different runs.
func (s *session) nondeterministic(j job, results ...*schedule.Result) {
	var causes []string
	for _, r := range results {
		for _, what := range r.Uncontrolled {
			if !slices.Contains(causes, what) {
				causes = append(causes, what)
			}
		}
	}
	m := message.New("control-differs", "program", s.program(j), "causes", strings.Join(causes, ", "))
	if len(causes) == 0 {
		m = message.New("control-differs-unknown", "program", s.program(j))
	}
	s.locked(func() { s.note(m, "") })
}

// A prover remembers what schedules of one job showed.
type prover struct {
	*session
	job   job
	known map[string]map[evidence.Key]bool
	steps map[string]int  // until the first race report, or else the end
	lost  map[string]bool // an update was lost, as far as was told
}

func (p *prover) run(ctx context.Context, s schedule.Schedule) done {
	j := p.job
	j.schedule = s
	d := p.runJob(ctx, j)
	shown := make(map[evidence.Key]bool)
	for _, list := range d.evidence {
		for i := range list {
			shown[list[i].Key()] = true
		}
	}
	p.known[s.String()], p.steps[s.String()] = shown, d.control.Steps
	p.lost[s.String()] = losesUpdate(d.control.Events)
	for _, e := range d.control.Events {
		if e.Races > 0 {
			p.steps[s.String()] = e.Step
			break
		}
	}
	return d
}

// minimise is the smallest part of ds found that shows evidence with the given
// key.
func (p *prover) minimise(ctx context.Context, ds schedule.Deviations, key evidence.Key) schedule.Deviations {
	enough := false
	p.locked(func() {
		p.minimised++
		enough = p.minimised > mostMinimised || p.opt.For > 0 && p.proving > p.opt.For/2
	})
	if enough {
		return ds
	}
	began := time.Now()
	defer func() { p.locked(func() { p.proving += time.Since(began) }) }()
	most := minimiseTime
	if p.opt.For > 0 {
		most = min(most, max(p.opt.For/4, time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	// What showed one thing may show the other as well.
	for text, shown := range p.known {
		if s, err := schedule.Parse(text); err == nil && shown[key] && shorter(s.Deviations, ds) {
			ds = s.Deviations
		}
	}
	m, _ := schedule.Minimise(ctx, p.job.schedule.Replay(ds), minimiseRuns, func(ctx context.Context, s schedule.Schedule) (bool, error) {
		if _, ok := p.known[s.String()]; !ok {
			p.run(ctx, s)
			if err := ctx.Err(); err != nil {
				delete(p.known, s.String())
				return false, err
			}
		}
		return p.known[s.String()][key], nil
	})
	return p.shorten(ctx, p.search(ctx, m.Deviations, key), key)
}

// shorten looks for a schedule that shows evidence with the given key in fewer
// steps than ds, if these are many, by switching early. The default schedule
// switches by itself, in the end: it may show a bug after a thousand turns of a
// loop that one deviation shows in the first. And of a race it prefers one that
// loses an update: the detector reports a race whether or not it does harm.
func (p *prover) shorten(ctx context.Context, ds schedule.Deviations, key evidence.Key) schedule.Deviations {
	p.job.trace = key.Kind() == evidence.DataRace
	defer func() { p.job.steps = 0 }()
	try := func(ds schedule.Deviations) (steps int, shown bool) {
		s := p.job.schedule.Replay(ds).String()
		if _, ok := p.known[s]; !ok || p.job.trace {
			p.run(ctx, p.job.schedule.Replay(ds))
		}
		return p.steps[s], p.known[s][key]
	}
	lost := func(ds schedule.Deviations) bool { return p.lost[p.job.schedule.Replay(ds).String()] }
	least, shown := try(ds)
	for k := 1; k <= shortenRuns && shown && ctx.Err() == nil && (least > longRun || p.job.trace && !lost(ds)); k++ {
		p.job.steps = max(least, longRun)
		early := schedule.Deviations{{Decision: k, Option: 1}}
		steps, shown := try(early)
		if shown && ctx.Err() == nil && (steps < least/2 || lost(early) && !lost(ds)) {
			ds, least = early, steps
		}
	}
	return ds
}

// losesUpdate reports whether a goroutine read a variable and wrote it after
// another goroutine had.
func losesUpdate(events []schedule.Event) bool {
	type update struct {
		variable schedule.Site
		stale    bool
	}
	begun := make(map[int]update) // by goroutine
	for _, e := range events {
		if e.Op != schedule.Access {
			continue
		}
		mine := begun[e.Goroutine]
		switch {
		case e.Kind == "read":
			begun[e.Goroutine] = update{variable: e.At}
			continue
		case mine.variable == e.At && mine.stale:
			return true
		}
		delete(begun, e.Goroutine)
		for g, u := range begun {
			if u.variable.Text == e.At.Text {
				u.stale = true
				begun[g] = u
			}
		}
	}
	return false
}

// search looks for a schedule with fewer deviations than ds has that shows
// evidence with the given key: leaving out finds only parts of what there is.
func (p *prover) search(ctx context.Context, ds schedule.Deviations, key evidence.Key) schedule.Deviations {
	if len(ds) < 2 || p.job.schedule.Eager {
		return ds
	}
	all := schedule.NewSystematic(schedule.SystematicOptions{Preemptions: 1})
	for range searchRuns {
		next, ok := all.Next()
		if !ok {
			break
		}
		p.job.trace = true
		d := p.run(ctx, next)
		if ctx.Err() != nil {
			break
		}
		if p.known[next.String()][key] && len(next.Deviations) < len(ds) {
			return next.Deviations
		}
		all.Report(d.control)
	}
	return ds
}

// improve keeps the schedule of a run as the proof of what it showed if it is
// shorter than the one that is known.
func (s *session) improve(j job, d done) {
	ds, err := schedule.ParseDeviations(d.control.Deviations)
	if err != nil || d.control.End == "" || !j.schedule.Controlled() {
		return
	}
	for _, list := range d.evidence {
		for i := range list {
			key := list[i].Key()
			p := s.proofs[key]
			if p == nil || !p.sure || p.telling || p.steps > 0 && d.control.Steps > p.steps {
				continue
			}
			old := p.witness.Schedule
			if old.Eager && !j.schedule.Eager || old.Eager == j.schedule.Eager && shorter(ds, old.Deviations) {
				s.proofs[key] = s.proofOf(j, j.schedule.Replay(ds))
				s.proofs[key].sure, s.proofs[key].steps = true, d.control.Steps
			}
		}
	}
}

// shorter is a strict order, so that what it chooses does not depend on the
// order of maps.
func shorter(a, b schedule.Deviations) bool {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a.String(), b.String())) < 0
}

// proofOf is the proof by a schedule of j's program.
func (s *session) proofOf(j job, sched schedule.Schedule) *proof {
	t := s.targets[j.target]
	w := schedule.Witness{Package: strings.Join(t.args, ","), Test: j.test, Schedule: sched, Hash: schedule.ShortHash(s.sourceHash(t))}
	cmd := []string{"lockstep", "replay"}
	if s.opt.Tags != "" {
		cmd = append(cmd, "-tags="+s.opt.Tags)
	}
	if s.opt.Timeout != s.opt.defaultTimeout() {
		cmd = append(cmd, "-timeout="+s.opt.Timeout.String())
	}
	cmd = append(cmd, w.String())
	if len(s.opt.Args) > 0 {
		cmd = append(append(cmd, "--"), s.opt.Args...)
	}
	return &proof{witness: w, replay: cmd}
}

// sourceHash is a hash of the user's source that a target is made of. It knows
// import paths and names of files, but no folders, so it is equal on other
// machines.
func (s *session) sourceHash(t *target) string {
	s.hashing.Lock()
	defer s.hashing.Unlock()
	if t.hash == "" {
		t.hash = s.computeHash(t)
	}
	return t.hash
}

func (s *session) computeHash(t *target) string {
	byPath := make(map[string]*instrument.Package)
	for i := range s.packages {
		byPath[s.packages[i].ImportPath] = &s.packages[i]
	}
	scope := s.scope()
	h := sha256.New()
	seen := map[string]bool{t.pkg.ImportPath: true}
	queue := []*instrument.Package{t.pkg}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		files, imports := slices.Concat(p.GoFiles, p.CgoFiles), slices.Clone(p.Imports)
		if s.opt.Tests && p == t.pkg {
			files = slices.Concat(files, p.TestGoFiles, p.XTestGoFiles)
			imports = slices.Concat(imports, p.TestImports, p.XTestImports)
		}
		slices.Sort(files)
		for _, name := range files {
			if !filepath.IsAbs(name) {
				name = filepath.Join(p.Dir, name)
			}
			src, err := s.tc.overlay.ReadFile(name)
			if err == nil && scope.User(evidence.Frame{File: name}) {
				fmt.Fprintf(h, "%q %q %d\n", p.ImportPath, path.Base(filepath.ToSlash(name)), len(src))
				h.Write(src)
			}
		}
		slices.Sort(imports)
		for _, i := range imports {
			if q := byPath[i]; q != nil && !q.Standard && !seen[i] {
				seen[i] = true
				queue = append(queue, q)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

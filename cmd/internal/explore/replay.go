package explore

import (
	"context"
	"os"
	"slices"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// ReplayOptions say what to replay and how. What to run and which tests is
// taken from the witness.
type ReplayOptions struct {
	Options
	Witness schedule.Witness
	Times   int // runs to make; 0 means one
	// Values makes one more run, without the race detector, that tells what
	// variables hold.
	Values bool
}

// A Replayed is what replaying a schedule came to.
type Replayed struct {
	// Outcome has the findings of the first run, and how often they were seen
	// in all.
	Outcome
	// Run is the first run, with its events, and with the values of variables if
	// they were asked for and could be told; nil if none was made. Its End is empty
	// if the program died on the way.
	Run *schedule.Result
	// Races are the two accesses of each race that the first run showed.
	Races  [][2]schedule.Site
	Ended  execute.Outcome // of the first run's process
	Output string          // the end of what it printed
	// Same counts the runs that were equal to the first, itself included.
	Same int
	// Changed says that the source is not that for which the schedule was found.
	Changed bool
}

// Replay runs a program under one schedule, exactly, as often as asked for.
// Errors are those of [Run].
func Replay(ctx context.Context, opt ReplayOptions) (*Replayed, error) {
	w := opt.Witness
	opt.Tests, opt.Patterns, opt.RunTests = w.Test != "", w.Files(), ""
	opt.Variants = []Variant{Race, Controlled}
	o := opt.Options.withDefaults()
	s, err := newSession(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(s.temp)
	if err := s.findTargets(); err != nil {
		return nil, err
	}
	s.chooseFlavours()
	s.flavours = slices.DeleteFunc(s.flavours, func(f flavour) bool { return !f.controlled })
	s.lacking = false // without the race detector the schedule is the same
	s.build(ctx)
	r := &Replayed{}
	if len(s.targets) == 1 && ctx.Err() == nil {
		s.repeat(ctx, r, w, max(opt.Times, 1))
	}
	if r.Run != nil {
		if opt.Values {
			s.addValues(ctx, r, w)
		}
		r.Run.Events = slices.DeleteFunc(r.Run.Events, func(e schedule.Event) bool { return e.Op == schedule.Choice })
	}
	s.finish(ctx)
	r.Outcome = *s.outcome
	return r, nil
}

// repeat runs the session's program under the schedule of w.
func (s *session) repeat(ctx context.Context, r *Replayed, w schedule.Witness, times int) {
	f := s.flavours[0]
	if s.targets[0].binaries[f] == "" {
		return
	}
	s.outcome.Variants = f.variants()
	s.begin()
	a := &arm{flavour: f, test: w.Test, cores: []int{0}}
	hash := schedule.ShortHash(s.sourceHash(s.targets[0]))
	r.Changed = w.Hash != "" && w.Hash != hash[:min(len(hash), len(w.Hash))]
	for n := range times {
		if ctx.Err() != nil {
			return
		}
		j := a.job()
		j.schedule, j.trace = w.Schedule, n == 0
		d := s.runJob(ctx, j)
		for _, k := range s.count(j, d) {
			s.proofs[k] = s.proofOf(j, w.Schedule)
		}
		if n == 0 {
			r.Run, r.Ended, r.Output = d.control, d.result.Outcome, lastLines(slices.Concat(d.result.Stdout.Bytes(), d.result.Stderr.Bytes()))
			r.Races = races(d)
		}
		if d.control.Hash == r.Run.Hash && d.control.End == r.Run.End {
			r.Same++
		}
	}
	s.unfit(w, r)
	if r.Run.End == schedule.Steps || r.Run.End == schedule.Stall {
		s.outcome.Limited = true
	}
	if r.Same < times {
		s.nondeterministic(a.job(), r.Run)
	}
}

// unfit notes that the program does not make the decisions of the schedule.
func (s *session) unfit(w schedule.Witness, r *Replayed) {
	if w.Schedule.Strategy == schedule.Listed && r.Run.End != "" && r.Run.Deviations != w.Schedule.Deviations.String() {
		s.note(message.New("replay-unfit", "witness", w.String()), "")
	}
}

// begin prepares for runs.
func (s *session) begin() {
	s.ends = make(map[endKey]*endCount)
	s.proofs = make(map[evidence.Key]*proof)
	s.known = make(map[evidence.Key]bool)
}

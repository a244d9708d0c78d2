package explore

import (
	"cmp"
	"slices"
	"time"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A flavour is one way to build a program. The race detector and the leak
// profile share a build and its runs. Replaced locks need a build of their own:
// go-deadlock's bookkeeping orders accesses that race otherwise, and keeps locks
// reachable that would show a leak.
//
// A controlled program has a scheduler in it, so it needs a build of its own too;
// with the race detector where that works.
type flavour struct {
	race, leak, deadlock, controlled bool
}

// variants lists the variants that runs of f count for.
func (f flavour) variants() (vs []Variant) {
	if f.controlled {
		return []Variant{Controlled} // whatever sees the bug, the schedule shows it
	}
	if f.race {
		vs = append(vs, Race)
	}
	if f.leak {
		vs = append(vs, Leak)
	}
	if f.deadlock {
		vs = append(vs, Deadlock)
	}
	return vs
}

// flavours lists the fewest builds that serve the given variants. A controlled
// program is watched by what there is, whether or not it is wanted by itself.
func flavours(vs []Variant, watched flavour) (fs []flavour) {
	shared := flavour{race: slices.Contains(vs, Race), leak: slices.Contains(vs, Leak)}
	if shared != (flavour{}) {
		fs = append(fs, shared)
	}
	if slices.Contains(vs, Deadlock) {
		fs = append(fs, flavour{deadlock: true})
	}
	if slices.Contains(vs, Controlled) {
		watched.controlled = true
		fs = append(fs, watched)
	}
	return fs
}

// inOrder are flavours in the order of their first runs: what sees bugs soon comes
// first. That is a schedule for a program, and for tests, which are run one by one
// under schedules, a run of all of them. Replaced locks come last: they wait for
// timeouts.
func inOrder(fs []flavour, tests bool) []flavour {
	rank := func(f flavour) int {
		switch {
		case f.deadlock:
			return 3
		case f.controlled && tests:
			return 2
		case f.controlled:
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(fs), func(a, b flavour) int { return cmp.Compare(rank(a), rank(b)) })
}

// CoresUpTo lists 1, 2, 4 and so on, and n.
func CoresUpTo(n int) (cores []int) {
	for c := 1; c < n; c *= 2 {
		cores = append(cores, c)
	}
	return append(cores, n)
}

// A job is one run to be made.
type job struct {
	arm    *arm
	target int // index
	flavour
	cores int    // 0 leaves them as they are
	test  string // the one test to run; "" for all that are wanted
	// Of a controlled run: how to make decisions, and whether to tell all events.
	schedule schedule.Schedule
	trace    bool
	steps    int           // limit; 0 is the usual one
	limit    time.Duration // of the run
	// enumerated says that the schedule is one of an enumeration.
	enumerated bool
	aimed      bool // of the one that is aimed at accused places
}

// An arm is a way to spend time: a target in a flavour and, controlled, one of its
// tests, so that a schedule is about one thing.
type arm struct {
	target int
	flavour
	test  string
	cores []int // to be tried in turns

	made  int           // jobs that were given out
	over  bool          // further runs would show nothing new
	spent time.Duration // by jobs that are done
	found int           // different bugs that it was the first to show
	steps int           // of its last controlled run
	stray bool          // control does not work here, so its runs are perturbed

	// usual is the arm that this one follows with eager schedules, if there are
	// timers; nil for all others.
	usual *arm
	timed bool // there were timers

	systematic *schedule.Systematic // enumerates schedules; nil if there are too many
	// aimed enumerates those that differ at accused places only; nil if there are none.
	aimed   *schedule.Systematic
	accused map[finding.Position]bool
}

// idle reports whether an arm has nothing to do, or nothing yet.
func (a *arm) idle() bool { return a.over || a.usual != nil && (!a.usual.timed || a.usual.stray) }

// variants lists the variants that runs of j count for.
func (j job) variants() []Variant {
	if j.schedule.Eager {
		return []Variant{early}
	}
	return j.flavour.variants()
}

// job is the next run of an arm.
func (a *arm) job() job {
	j := job{arm: a, target: a.target, flavour: a.flavour, test: a.test, cores: a.cores[a.made%len(a.cores)]}
	if a.controlled {
		a.decide(&j)
	}
	a.made++
	return j
}

// usually is how long a run takes.
func (a *arm) usually() time.Duration { return a.spent / time.Duration(max(a.made, 1)) }

// yields is what an arm has brought for the time that it took.
func (a *arm) yields() float64 {
	return float64(a.found+1) / max(a.spent, time.Millisecond).Seconds()
}

// A plan says what to run next. It has one owner.
//
// With a number of rounds, every arm makes a run with each number of cores in
// each round, the same in all: so a plan that is cut short has tried
// everything as evenly as it could.
//
// With time, every arm makes its first round, in order, so that what is
// quickly seen is seen soon; once time is over, the first run of it only. Then the arm goes on that has the greatest
//
//	(bugs that it was the first to show + 1) / time spent
//
// So arms share the time evenly as long as none finds anything, and one that has
// found n bugs gets n+1 times as much. Controlled arms, of which there may be many,
// do without their first round once time is over twice, but for one in each target.
type plan struct {
	arms   []*arm
	rounds int           // 0: by time
	limit  time.Duration // if rounds is 0
	at     int           // arm of the round
	round  int
}

// control adds the arms for a program under control: as usual, and with time that
// passes early.
func (p *plan) control(a arm) {
	a.cores = []int{0}
	usual, eager := a, a
	eager.usual = &usual
	p.arms = append(p.arms, &usual, &eager)
}

// next is the next job, elapsed after the plan began. It reports false if there
// is none.
func (p *plan) next(elapsed time.Duration) (job, bool) {
	for ; len(p.arms) > 0 && (p.rounds == 0 && p.round == 0 || p.round < p.rounds); p.at, p.round = 0, p.round+1 {
		for ; p.at < len(p.arms); p.at++ {
			a := p.arms[p.at]
			if a.idle() || a.made >= (p.round+1)*len(a.cores) || p.rounds == 0 && p.late(a, elapsed) {
				continue
			}
			return a.job(), true
		}
	}
	if p.rounds > 0 || elapsed >= p.limit {
		return job{}, false
	}
	var best *arm
	for _, a := range p.arms {
		if !a.idle() && elapsed+a.usually() < p.limit && (best == nil || a.yields() > best.yields()) {
			best = a
		}
	}
	if best == nil {
		return job{}, false
	}
	return best.job(), true
}

// late reports whether there is no time left even for the first round of a.
func (p *plan) late(a *arm, elapsed time.Duration) bool {
	return elapsed+a.usually() >= p.limit && a.made > 0 || elapsed >= 2*p.limit && !p.first(a)
}

// patience is how long a run may take that begins elapsed after the plan did, if the
// user allows it most. It may take all the time that is left, but half of that
// if the program is known to have a bug: it may hang each time. Those that come
// late have a little, and no run has less than the least in which it can tell
// why it hangs.
func (p *plan) patience(elapsed, least, most time.Duration, known bool) time.Duration {
	if p.rounds > 0 {
		return most
	}
	left := p.limit - elapsed
	if known {
		left /= 2
	}
	return min(most, max(left, p.limit/10, least))
}

// first reports whether a is not controlled, or the first of the controlled
// arms of its target.
func (p *plan) first(a *arm) bool {
	return !a.controlled || a.usual == nil && a == p.arms[slices.IndexFunc(p.arms, func(b *arm) bool { return b.controlled && b.target == a.target })]
}

// total is the number of jobs, 0 if it is unknown.
func (p *plan) total() (n int) {
	for _, a := range p.arms {
		if !a.idle() {
			n += p.rounds * len(a.cores)
		}
	}
	return n
}

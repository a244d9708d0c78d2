package schedule

import "slices"

// How schedules are enumerated
//
// A run that is told a list of deviations takes the default at all decisions
// after the last of them. Each option that it did not take there is one more
// schedule: its list and one deviation more. So every schedule is made exactly
// once, from the one that lacks its last deviation, and there is no need to keep
// a program's states.
//
// What is bounded is the number of preemptions: deviations that stop a goroutine
// which could go on (Musuvathi and Qadeer, "Iterative context bounding for
// systematic testing of multithreaded programs", 2007). Choosing who comes after a
// goroutine that waits, has ended or yields is free, and so is the case of a
// select. Schedules with fewer preemptions come first.
//
// # Reduction
//
// Steps of different goroutines on different objects can be exchanged. Of all
// orders that become equal by such exchanges one suffices. The prefix of a run is
// identified by its happens-before relation (history.go), which is equal for equal
// prefixes whatever their order. What can happen next depends on that and on who
// goes on; so an option that was taken before after an equal prefix, with no
// more preemptions, is not taken again.
//
// That keeps every result within the bound: what the second one could still do,
// with what is left of the bound, the first one could as well. Sleep sets and
// partial-order reduction alone do not have this property: they may keep, of
// equal orders, the one that has more preemptions than the bound allows (Coons,
// Musuvathi and McKinley, "Bounded partial-order reduction", 2013).

// Systematic enumerates all schedules with up to a number of preemptions. It is
// used in turns: [Systematic.Next] says what to run, [Systematic.Report] is told
// what that did. It has one owner.
type Systematic struct {
	bound   int
	reduce  bool
	only    func(*Event) bool
	most    int         // pending schedules to keep
	pending [][]*branch // by preemptions; the last made comes first
	held    int
	seen    map[situation]int // least number of preemptions with which a choice was made
	current *branch
	cover   Coverage
}

// A branch is a schedule: that of its parent and a deviation.
type branch struct {
	parent      *branch
	deviation   Deviation
	preemptions int
}

func (b *branch) deviations() (ds Deviations) {
	if b.parent == nil {
		return nil
	}
	return append(b.parent.deviations(), b.deviation)
}

// A situation is a choice after a prefix.
type situation struct {
	past   digest
	chosen digest // the goroutine
	option int    // of a select, -1 for a goroutine
}

// SystematicOptions say what to enumerate.
type SystematicOptions struct {
	Preemptions int // bound; below zero for none
	// Everything turns reduction off.
	Everything bool
	// Only, if not nil, says at which choices other options are taken than the
	// default: those before the given event. Coverage is then that of the schedules that
	// differ there only; of those with as many preemptions the first made comes first.
	Only func(next *Event) bool
	// Pending bounds the schedules that are kept to be run later; 0 means a million.
	Pending int
}

// NewSystematic begins an enumeration.
func NewSystematic(opt SystematicOptions) *Systematic {
	if opt.Pending <= 0 {
		opt.Pending = 1 << 20
	}
	s := &Systematic{bound: opt.Preemptions, reduce: !opt.Everything, only: opt.Only, most: opt.Pending, seen: make(map[situation]int)}
	s.cover.Complete = -1
	s.push(new(branch))
	return s
}

func (s *Systematic) push(b *branch) {
	if s.held >= s.most {
		s.cover.Dropped++
		return
	}
	for len(s.pending) <= b.preemptions {
		s.pending = append(s.pending, nil)
	}
	s.pending[b.preemptions] = append(s.pending[b.preemptions], b)
	s.held++
}

// Next is the next schedule to run, with a trace. It reports false if there is
// none left, or the last one was not reported.
func (s *Systematic) Next() (Schedule, bool) {
	if s.current != nil {
		return Schedule{}, false
	}
	for n, list := range s.pending {
		if len(list) == 0 {
			continue
		}
		k := len(list) - 1
		if s.only != nil { // what is likely is likely early
			k = 0
		}
		s.current = list[k]
		s.pending[n] = slices.Delete(list, k, k+1)
		s.held--
		return List(s.current.deviations()), true
	}
	return Schedule{}, false
}

// Report tells what the schedule of the last Next did. A run that died has the
// events up to then and an empty End.
func (s *Systematic) Report(r *Result) {
	b := s.current
	if b == nil {
		return
	}
	s.current = nil
	s.cover.Runs++
	switch {
	case r.Deviations != "" && r.Deviations != b.deviations().String():
		s.cover.Strayed++
		return
	case r.End == Steps || r.End == Stall:
		s.cover.Cut++
	case len(r.Uncontrolled) > 0:
		s.cover.Uncontrolled++
	}
	s.expand(b, r.Events)
	s.settle()
}

// settle finds out how far the enumeration is.
func (s *Systematic) settle() {
	if s.cover.Dropped > 0 || s.cover.Strayed > 0 {
		return
	}
	for n, list := range s.pending {
		if len(list) > 0 {
			return
		}
		s.cover.Complete = n
	}
	s.cover.Complete = max(s.cover.Complete, s.bound)
	s.cover.Exhausted = !s.cover.beyond
}

// expand makes the schedules that deviate once more than b, which made the
// given events.
func (s *Systematic) expand(b *branch, events []Event) {
	past := newHistory()
	chosen := b.deviations()
	// What this run itself chose. A choice is made again where a goroutine passes
	// a point without an operation: nothing has happened since.
	own := make(map[situation]bool)
	for i := range events {
		e := &events[i]
		if e.Op != Choice {
			past.add(e)
			continue
		}
		if e.Decision <= b.deviation.Decision {
			option := 0
			if len(chosen) > 0 && chosen[0].Decision == e.Decision {
				option, chosen = chosen[0].Option, chosen[1:]
			}
			own[situated(past, e, option)] = true
			continue
		}
		if s.only == nil || s.only(following(events[i:])) {
			s.branch(b, past, e)
		}
		at := situated(past, e, 0)
		if !s.visit(at, b.preemptions) && !own[at] {
			s.cover.Equal++
			return
		}
		own[at] = true
	}
}

// following is the first event after the choices that a run's rest begins with.
func following(events []Event) *Event {
	for i := range events {
		if events[i].Op != Choice {
			return &events[i]
		}
	}
	return new(Event)
}

// branch makes the schedules that deviate from b at the choice e.
func (s *Systematic) branch(b *branch, past *history, e *Event) {
	for option := 1; option < e.Options; option++ {
		preemptions := b.preemptions
		if preempts(e, option) {
			preemptions++
		}
		switch {
		case s.bound >= 0 && preemptions > s.bound:
			s.cover.beyond = true
		case s.visit(situated(past, e, option), preemptions):
			s.push(&branch{b, Deviation{e.Decision, option}, preemptions})
		default:
			s.cover.Equal++
		}
	}
}

// situated is an option of the choice e.
func situated(past *history, e *Event, option int) situation {
	at := situation{past: past.sum, option: -1}
	if len(e.Among) == 0 {
		at.chosen, at.option = past.name(e.Goroutine), option
	} else if option < len(e.Among) {
		at.chosen = past.name(e.Among[option])
	}
	return at
}

// visit reports whether an option was not yet taken in an equal situation with
// as few preemptions, and notes that it is.
func (s *Systematic) visit(at situation, preemptions int) bool {
	if least, ok := s.seen[at]; ok && least <= preemptions && s.reduce {
		return false
	}
	if s.reduce {
		s.seen[at] = preemptions
	}
	return true
}

// preempts reports whether an option stops a goroutine that could go on.
func preempts(e *Event, option int) bool {
	return option > 0 && len(e.Among) > 0 && e.Among[0] == e.Goroutine
}

// A Coverage says how far an enumeration came.
type Coverage struct {
	Runs int
	// Complete is the greatest number of preemptions such that every schedule
	// with no more of them was run, or one that is equal to it by exchanging
	// independent steps; -1 if there is none.
	Complete int
	// Exhausted says that this holds of all schedules, however many preemptions
	// they have.
	Exhausted bool
	Equal     int // choices left out since an equal one was made

	// What takes from the meaning of Complete.
	Cut          int // runs that were stopped by the step limit or stalled
	Strayed      int // runs that did not make the decisions that they were told
	Dropped      int // schedules for which there was no room
	Uncontrolled int // runs in which something happened that is not controlled

	beyond bool // there are schedules with more preemptions than the bound
}

// Certain reports whether nothing takes from the meaning of Complete and
// Exhausted.
func (c Coverage) Certain() bool {
	return c.Cut == 0 && c.Strayed == 0 && c.Dropped == 0 && c.Uncontrolled == 0
}

// Coverage says how far the enumeration is.
func (s *Systematic) Coverage() Coverage { return s.cover }

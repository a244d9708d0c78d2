package explore

import (
	"context"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// addValues runs the schedule of w once more in a build that tells what
// variables hold, and adds that to the events of the run that was made.
//
// The run that finds bugs cannot tell: to read a variable so as to show it is an
// access of its own, which the race detector would see. Nor is it any step of
// the program, so that the schedule leads to the same run.
func (s *session) addValues(ctx context.Context, r *Replayed, w schedule.Witness) {
	t := s.targets[0]
	s.values = true
	f := flavour{controlled: true}
	b := &builder{session: s}
	s.progress(Progress{Building: true, Package: t.pkg.ImportPath, Variants: f.variants()})
	b.prepare(ctx, f)
	if len(b.attempts) == 0 {
		return // there is a note about that
	}
	var binary string
	var failed execute.Result
	for _, a := range b.attempts {
		if binary, failed = b.compile(ctx, t, f, a.overlay); binary != "" {
			break
		}
	}
	if ctx.Err() != nil {
		return
	}
	if binary == "" {
		s.note(message.New("values-not-built"), compilerErrors(failed))
		return
	}
	t.binaries[f] = binary
	j := (&arm{flavour: f, test: w.Test, cores: []int{0}}).job()
	j.schedule, j.trace = w.Schedule, true
	told := s.runJob(ctx, j).control
	events, same := withValues(r.Run.Events, told.Events)
	if !same || told.Hash != r.Run.Hash {
		if ctx.Err() == nil {
			s.note(message.New("values-differ"), "")
		}
		return
	}
	r.Run.Events = events
}

// withValues adds the values among the events told to those of an equal run. It
// reports whether the two are equal but for that.
func withValues(events, told []schedule.Event) ([]schedule.Event, bool) {
	var all []schedule.Event
	for _, e := range told {
		if e.Op == schedule.Value {
			all = append(all, e)
			continue
		}
		if len(events) == 0 || !alike(events[0], e) {
			return nil, false
		}
		all, events = append(all, events[0]), events[1:]
	}
	return all, len(events) == 0
}

// alike reports whether two events are the same step of a run.
func alike(a, b schedule.Event) bool {
	return a.Goroutine == b.Goroutine && a.Op == b.Op && a.Object == b.Object && a.At == b.At && a.Blocked == b.Blocked
}

// races are the places of the two accesses of each race that a run showed.
func races(d done) (list [][2]schedule.Site) {
	for _, found := range d.evidence {
		for i := range found {
			if found[i].Kind != evidence.DataRace || len(found[i].Operations) < 2 {
				continue
			}
			var pair [2]schedule.Site
			for k := range pair {
				if p := place(found[i].Operations[k]); p.IsValid() {
					pair[k] = schedule.Site{File: p.File, Line: p.Line}
				}
			}
			list = append(list, pair)
		}
	}
	return list
}

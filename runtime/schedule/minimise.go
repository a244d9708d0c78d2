package schedule

import (
	"context"
	"slices"
)

// A Minimal is what [Minimise] came to.
type Minimal struct {
	Deviations Deviations
	Runs       int // that were needed
	// Proven says that the run fails with no single deviation left out. It is
	// false if the budget was used up before.
	Proven bool
}

// Minimise looks for a small part of the deviations of a listed schedule that
// fails with which it still fails. In the default schedule a goroutine goes on until it has
// to wait, so that each deviation less is, as a rule, a context switch less.
//
// It first cuts off what comes after the failure is certain, by bisection, and
// then applies delta debugging (Zeller and Hildebrandt, "Simplifying and
// Isolating Failure-Inducing Input", 2002). Since a decision's number depends
// on those before, leaving a deviation out is tried twice: with the numbers of
// the later ones as they are, and with their distances as they are.
//
// Fails runs a schedule and reports whether it fails in the way in question.
// It is called at most budget times, never twice with the same schedule, and
// always in the same order for the same answers. If it returns an error, or ctx
// is done, the smallest schedule known to fail is returned with that error.
func Minimise(ctx context.Context, from Schedule, budget int, fails func(context.Context, Schedule) (bool, error)) (Minimal, error) {
	m := &minimiser{ctx: ctx, budget: budget, from: from, run: fails, best: from.Deviations, known: map[string]bool{from.Deviations.String(): true}}
	if len(m.best) > 0 && !m.try(nil) {
		m.prefix()
		m.ddmin()
	}
	m.options()
	return Minimal{m.best, m.runs, m.err == nil && !m.spent}, m.err
}

type minimiser struct {
	ctx    context.Context
	run    func(context.Context, Schedule) (bool, error)
	from   Schedule
	budget int
	runs   int
	spent  bool // something was left out for want of budget
	err    error
	best   Deviations      // the smallest known to fail
	known  map[string]bool // whether a schedule fails
}

// try runs a schedule, and remembers it as the best one if it fails. The best
// is never replaced by a longer one, since candidates are made by leaving out
// of it.
func (m *minimiser) try(ds Deviations) bool {
	key := ds.String()
	failed, ok := m.known[key]
	if !ok {
		if m.err == nil {
			m.err = m.ctx.Err()
		}
		if m.err != nil || m.runs >= m.budget {
			m.spent = true
			return false
		}
		m.runs++
		failed, m.err = m.run(m.ctx, m.from.Replay(ds))
		failed = failed && m.err == nil
		m.known[key] = failed
	}
	if failed {
		m.best = ds
	}
	return failed
}

// prefix looks for the shortest failing beginning.
func (m *minimiser) prefix() {
	all := m.best
	passing, failing := 0, len(all)
	for failing-passing > 1 && !m.spent {
		middle := passing + (failing-passing)/2
		if m.try(slices.Clip(all[:middle])) {
			failing = middle
		} else {
			passing = middle
		}
	}
}

// ddmin leaves out stretches, shorter and shorter ones, until no single
// deviation can be left out.
func (m *minimiser) ddmin() {
	size := (len(m.best) + 1) / 2
	for !m.spent && len(m.best) > 0 {
		if m.pass(size) {
			size = min(size, (len(m.best)+1)/2)
			continue
		}
		if size == 1 {
			return
		}
		size = (size + 1) / 2
	}
}

// pass tries once to leave out each stretch of the given size, the last ones
// first, and reports whether it could.
func (m *minimiser) pass(size int) (smaller bool) {
	for from := len(m.best) - size; from > -size && !m.spent; from -= size {
		low, high := max(from, 0), from+size
		if high > len(m.best) {
			continue
		}
		if m.try(without(m.best, low, high)) || m.try(closed(m.best, low, high)) {
			smaller = true
		}
	}
	return smaller
}

// options replaces options by lower ones.
func (m *minimiser) options() {
	for i := range m.best {
		for option := 1; option < m.best[i].Option && !m.spent; option++ {
			ds := slices.Clone(m.best)
			ds[i].Option = option
			if m.try(ds) {
				break
			}
		}
	}
}

// without is ds but for those from low to high.
func without(ds Deviations, low, high int) Deviations {
	return slices.Concat(ds[:low], ds[high:])
}

// closed is without, with the distances between the rest as they were.
func closed(ds Deviations, low, high int) Deviations {
	last := 0
	if low > 0 {
		last = ds[low-1].Decision
	}
	shift := ds[high-1].Decision - last
	rest := without(ds, low, high)
	for i := low; i < len(rest); i++ {
		rest[i].Decision -= shift
	}
	return rest
}

package interleaving

import (
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A racePair are the two accesses of a race. First is -1 where only the second
// could be found among the rows.
type racePair struct{ First, Second int }

// markRaces finds the rows of the two accesses of each race. A report is
// printed while the second access happens, so the row of that is the last one
// before the number of reports rose. The first access is the last one of another
// goroutine that belongs to the report, or, without a report, to the same
// variable.
func (r *Run) markRaces(reported []Race, rises []int) {
	used := make([]bool, len(reported))
	for _, rise := range rises {
		second := rise - 1
		for second >= 0 && !isAccess(r.rows[second]) {
			second--
		}
		if second < 0 || r.rows[second].Goroutine != r.rows[rise-1].Goroutine {
			continue
		}
		first := -1
		for k, race := range reported {
			if used[k] {
				continue
			}
			if first = r.partner(second, race); first >= 0 {
				used[k] = true
				break
			}
		}
		if first < 0 {
			first = r.lastBefore(second, func(n row) bool { return sameVariable(n, r.rows[second]) })
		}
		r.addRace(first, second)
	}
	for k, race := range reported {
		if !used[k] {
			r.addRace(r.nearest(race))
		}
	}
}

func (r *Run) addRace(first, second int) {
	pair := racePair{first, second}
	if second < 0 || slices.Contains(r.races, pair) {
		return
	}
	r.races = append(r.races, pair)
	for _, i := range []int{first, second} {
		if i >= 0 && r.rows[i].Race == 0 {
			r.rows[i].Race = len(r.races)
		}
	}
}

// partner is the other access of the race that the row second is one of, -1 if
// it is none of it.
func (r *Run) partner(second int, race Race) int {
	for k, at := range race.Accesses {
		if !sameLine(r.rows[second].At, at) {
			continue
		}
		other := race.Accesses[1-k]
		if first := r.lastBefore(second, func(n row) bool { return sameLine(n.At, other) }); first >= 0 {
			return first
		}
	}
	return -1
}

// nearest are the rows of the two accesses of a race that follow each other most
// closely, -1 and -1 if there are none.
func (r *Run) nearest(race Race) (first, second int) {
	first, second = -1, -1
	var last [2][]int // at each access: the last row, and the last one of another goroutine
	for i, n := range r.rows {
		if !isAccess(n) {
			continue
		}
		for k, at := range race.Accesses {
			if !sameLine(n.At, at) {
				continue
			}
			for _, j := range last[1-k] {
				if before := r.rows[j]; before.Goroutine != n.Goroutine && conflict(before, n) && (second < 0 || i-j < second-first) {
					first, second = j, i
				}
			}
		}
		for k, at := range race.Accesses {
			if sameLine(n.At, at) {
				last[k] = r.remember(last[k], i)
			}
		}
	}
	return first, second
}

// remember puts a row before those known: the last ones of each goroutine and
// kind of access, latest first. A few are enough to find one that conflicts.
func (r *Run) remember(rows []int, i int) []int {
	kept := []int{i}
	for _, j := range rows {
		if r.rows[j].Goroutine != r.rows[i].Goroutine || r.rows[j].Kind != r.rows[i].Kind {
			kept = append(kept, j)
		}
	}
	return kept[:min(len(kept), 6)]
}

// lastBefore is the last access before a row, of another goroutine, that
// conflicts with it and that want wants.
func (r *Run) lastBefore(i int, want func(row) bool) int {
	for j := i - 1; j >= 0; j-- {
		if n := r.rows[j]; n.Goroutine != r.rows[i].Goroutine && isAccess(n) && conflict(n, r.rows[i]) && want(n) {
			return j
		}
	}
	return -1
}

func isAccess(n row) bool { return n.Op == schedule.Access || n.Op == schedule.Atomic }

func conflict(a, b row) bool { return a.Kind != "read" || b.Kind != "read" }

func sameLine(a, b schedule.Site) bool { return a.File == b.File && a.Line == b.Line }

// sameVariable reports whether two accesses can be to one variable by what it is
// called: "a.balance" and "b.balance" can.
func sameVariable(a, b row) bool {
	last := func(text string) string { return text[strings.LastIndexByte(text, '.')+1:] }
	return last(a.At.Text) == last(b.At.Text)
}

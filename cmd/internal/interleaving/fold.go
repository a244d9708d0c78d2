package interleaving

import (
	"cmp"
	"slices"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// maxRows is how many rows are shown before some are folded.
const maxRows = 40

// A piece is a row to show, or several that are folded: the rows [From, To).
type piece struct {
	From, To int
	Folded   bool
}

// fold chooses the rows that matter, if there are more than max: how the run
// began and ended, the races, what those who are stuck took and wait for, and
// then the waits and switches nearest to what is to be explained: the first race
// of a run that came to no other harm, or else the end.
func (r *Run) fold(max int) []piece {
	keep := make([]bool, len(r.rows))
	if len(r.rows) <= max {
		for i := range keep {
			keep[i] = true
		}
		return pieces(keep)
	}
	weight := r.weigh()
	order := make([]int, len(r.rows))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	focus := r.focus()
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(distance(a, focus), distance(b, focus)))
	})
	for _, i := range order[:max] {
		keep[i] = weight[i] > light
	}
	return pieces(keep)
}

// focus is the row that is to be explained.
func (r *Run) focus() int {
	if r.harmless() && len(r.races) > 0 {
		return r.races[0].Second
	}
	return len(r.rows) - 1
}

// harmless reports whether nothing is to be said of how the run ended.
func (r *Run) harmless() bool {
	return slices.Contains([]schedule.End{schedule.OK, schedule.Steps, schedule.Exited}, r.result.End)
}

func distance(a, b int) int { return max(a-b, b-a) }

// The weights of rows, the heavier the rather shown.
const (
	light   = iota
	before  // what another goroutine goes on or waits after
	switchy // another goroutine goes on, or a wait
	starts  // a goroutine
	near    // the beginning and the end, and what is beside heavy rows
	heavy   // why the run ended as it did
)

func (r *Run) weigh() []int {
	weight := make([]int, len(r.rows))
	raise := func(i, to int) {
		if i >= 0 && i < len(weight) {
			weight[i] = max(weight[i], to)
		}
	}
	last := len(r.rows) // that has to do with what is to be explained
	if r.harmless() && len(r.races) > 0 {
		last = 0
		for _, pair := range r.races {
			last = max(last, pair.Second+1)
		}
	}
	for i, n := range r.rows {
		switch {
		case n.starts():
			raise(i, starts)
		case i > last:
		case n.Switched || n.Blocked || n.Waited:
			raise(i, switchy)
			raise(i-1, before)
		}
	}
	for i := range min(3, len(weight)) {
		raise(i, near)
	}
	ends := 6
	if r.harmless() && len(r.races) > 0 {
		ends = 2
	}
	for i := range min(ends, len(weight)) {
		raise(len(weight)-1-i, near)
	}
	for _, pair := range r.races {
		for _, i := range []int{pair.First, pair.Second} {
			raise(i, heavy)
			raise(i-1, near)
			raise(i+1, near)
		}
		raise(r.goesOn(pair), heavy)
	}
	taken := r.taken()
	for _, l := range r.lanes {
		if l.State != schedule.IsBlocked {
			continue
		}
		raise(l.born, near)
		raise(l.last, heavy)
		for _, h := range l.Holds {
			if i, ok := taken[holding{l.ID, h.Object}]; ok {
				raise(i, heavy)
				raise(i-1, near)
				raise(i+1, near)
			}
		}
	}
	return weight
}

// goesOn is the row in which the goroutine of a race's first access goes on with
// the same variable: what it read before the second may be out of date. It is -1
// if there is none.
func (r *Run) goesOn(pair racePair) int {
	if pair.First < 0 {
		return -1
	}
	first := r.rows[pair.First]
	for i := pair.Second + 1; i < len(r.rows); i++ {
		if n := r.rows[i]; n.Goroutine == first.Goroutine {
			if isAccess(n) && sameVariable(n, first) {
				return i
			}
			return -1
		}
	}
	return -1
}

type holding struct{ goroutine, object int }

// taken are the rows in which goroutines last took locks.
func (r *Run) taken() map[holding]int {
	rows := make(map[holding]int)
	for i, n := range r.rows {
		for _, c := range n.Changes {
			if h := c.Hold; h != nil && h.Take {
				rows[holding{h.Goroutine, h.Object}] = i
			}
		}
	}
	return rows
}

// pieces joins neighbours that are not kept. A single one takes no more room
// than the line that would stand for it.
func pieces(keep []bool) []piece {
	var all []piece
	for i := 0; i < len(keep); {
		j := i + 1
		if !keep[i] {
			for j < len(keep) && !keep[j] {
				j++
			}
		}
		all = append(all, piece{From: i, To: j, Folded: !keep[i] && j > i+1})
		i = j
	}
	return all
}

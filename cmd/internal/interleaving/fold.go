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
// then the waits and switches nearest to the end.
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
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight[b], weight[a]) })
	for _, i := range order[:max] {
		keep[i] = true
	}
	return pieces(keep)
}

// The weights of rows, the heavier the rather shown.
const (
	light   = iota
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
	for i, n := range r.rows {
		switch {
		case n.starts():
			raise(i, starts)
		case n.Switched || n.Blocked || n.Waited:
			raise(i, switchy)
		}
	}
	for i := range min(3, len(weight)) {
		raise(i, near)
	}
	for i := range min(6, len(weight)) {
		raise(len(weight)-1-i, near)
	}
	for _, pair := range r.races {
		for _, i := range []int{pair.First, pair.Second} {
			raise(i, heavy)
			raise(i-1, near)
			raise(i+1, near)
		}
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
			}
		}
	}
	return weight
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

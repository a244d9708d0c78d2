package interleaving

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A Run is a controlled run, ready to be shown: one lane a goroutine, and what
// they did row by row.
//
// Everything that a renderer says at a row follows from the rows up to it. What
// a row changes is written down with it, so that a player need not know what
// operations mean.
type Run struct {
	result *schedule.Result
	lanes  []lane // in the order of numbers
	rows   []row
	races  []racePair
	names  names
	files  map[string][]string // lines of the source files
}

// A lane is a goroutine.
type lane struct {
	schedule.Goroutine
	first, last int // its first and last row; -1 if it has none
	born        int // the row of its go statement; -1 if it was there from the beginning
	subtest     bool
}

// A row is something that a goroutine did.
type row struct {
	schedule.Event
	Switched bool   // another goroutine had the row before
	Waited   bool   // ends a wait that an earlier row began
	Before   string // of an update: what the variable held before; Value is what it holds after
	HeldBy   []int  // where the goroutine begins to wait: who holds what it needs
	Race     int    // number of the race that this is an access of, from 1; 0 is none
	Changes  []change
}

// starts reports whether the row starts a goroutine, which may be a subtest.
func (n row) starts() bool { return (n.Op == schedule.Go || n.Op == schedule.TestRun) && n.To > 0 }

// A change is what a row changes. Exactly one of its parts is set.
type change struct {
	State *stateChange
	Hold  *holdChange
	Value *valueChange
}

type stateChange struct {
	Goroutine int
	State     schedule.State
	Object    int // that it waits for
}

type holdChange struct {
	Goroutine, Object int
	Take              bool
}

type valueChange struct{ Name, Value string }

// New returns what r tells. Races may be nil: then the accesses are taken from
// the events around which the number of reports rose. Source returns the
// content of a source file; if it is nil or fails, statements and excerpts are
// left out.
func New(r *schedule.Result, races []Race, source func(file string) ([]byte, error)) *Run {
	run := &Run{result: r, names: nameObjects(r)}
	run.files = readSources(r, source)
	b := builder{run: run, waiting: make(map[int]bool), holders: make(map[int][]int)}
	for i := range r.Events {
		b.event(i)
	}
	run.lanes = makeLanes(r, run.rows)
	run.markRaces(races, b.rises)
	return run
}

// A builder makes the rows of a run from its events.
type builder struct {
	run     *Run
	waiting map[int]bool  // goroutines that began to wait
	holders map[int][]int // of each lock
	races   int
	rises   []int // the rows before which the number of reports rose
}

func (b *builder) event(i int) {
	e := b.run.result.Events[i]
	if e.Races > b.races {
		b.races = e.Races
		b.rises = append(b.rises, len(b.run.rows))
	}
	if e.Op == schedule.Start || e.Op == schedule.Choice || b.mergeValue(e) {
		return // nothing that the program does
	}
	if e.To == e.Goroutine {
		e.To = 0
	}
	n := row{Event: e, Waited: b.waiting[e.Goroutine] && !e.Blocked}
	if k := len(b.run.rows); k > 0 {
		n.Switched = b.run.rows[k-1].Goroutine != e.Goroutine
	}
	b.states(&n)
	b.holds(&n)
	if e.Value != "" && (e.Op == schedule.Value || e.Op == schedule.Access) {
		n.Changes = append(n.Changes, change{Value: &valueChange{e.At.Text, e.Value}})
	}
	b.run.rows = append(b.run.rows, n)
}

// mergeValue joins what a variable holds with the access that it was read with,
// where that is the row before.
func (b *builder) mergeValue(e schedule.Event) bool {
	if e.Op != schedule.Value || len(b.run.rows) == 0 {
		return false
	}
	last := &b.run.rows[len(b.run.rows)-1]
	if last.Op != schedule.Access || last.Goroutine != e.Goroutine || last.Value != "" ||
		last.At.Text != e.At.Text || last.At.Line != e.At.Line || last.At.File != e.At.File {
		return false
	}
	if last.Kind == "update" && last.Before == "" {
		last.Before = e.Value
	} else {
		last.Value = e.Value
	}
	last.Changes = append(last.Changes, change{Value: &valueChange{e.At.Text, e.Value}})
	return true
}

func (b *builder) states(n *row) {
	set := func(g int, state schedule.State, object int) {
		n.Changes = append(n.Changes, change{State: &stateChange{g, state, object}})
	}
	switch {
	case n.starts():
		set(n.To, schedule.IsRunnable, 0)
	case n.Op == schedule.Finish:
		set(n.Goroutine, schedule.IsDone, 0)
	}
	if n.Blocked {
		b.waiting[n.Goroutine] = true
		n.HeldBy = slices.Clone(b.holders[n.Object])
		set(n.Goroutine, schedule.IsBlocked, n.Object)
	} else if n.Waited {
		delete(b.waiting, n.Goroutine)
		if n.Op != schedule.Finish {
			set(n.Goroutine, schedule.IsRunnable, 0)
		}
	}
}

func (b *builder) holds(n *row) {
	if n.Blocked || n.Object == 0 {
		return
	}
	switch n.Op {
	case schedule.TryLock:
		if n.Value != "true" {
			return
		}
		fallthrough
	case schedule.Lock, schedule.RLock, schedule.WLock:
		b.holders[n.Object] = append(b.holders[n.Object], n.Goroutine)
		n.Changes = append(n.Changes, change{Hold: &holdChange{n.Goroutine, n.Object, true}})
	case schedule.Unlock, schedule.RUnlock, schedule.WUnlock:
		held := b.holders[n.Object]
		if len(held) == 0 {
			return
		}
		// Who unlocks need not be who locked.
		k := max(slices.Index(held, n.Goroutine), 0)
		n.Changes = append(n.Changes, change{Hold: &holdChange{held[k], n.Object, false}})
		b.holders[n.Object] = slices.Delete(slices.Clone(held), k, k+1)
	}
}

// makeLanes lists the goroutines of a run. One that died has no list of its own;
// then they are those of the events.
func makeLanes(r *schedule.Result, rows []row) []lane {
	known := make(map[int]*lane)
	lanes := []*lane{}
	get := func(g int) *lane {
		if known[g] == nil {
			known[g] = &lane{Goroutine: schedule.Goroutine{ID: g}, first: -1, last: -1, born: -1}
			lanes = append(lanes, known[g])
		}
		return known[g]
	}
	for _, g := range r.Goroutines {
		get(g.ID).Goroutine = g
	}
	for i, n := range rows {
		l := get(n.Goroutine)
		if l.first < 0 {
			l.first = i
		}
		l.last = i
		if n.starts() {
			child := get(n.To)
			child.born = i
			child.Created, child.Parent, child.subtest = n.At, n.Goroutine, n.Op == schedule.TestRun
		}
	}
	slices.SortFunc(lanes, func(a, b *lane) int { return cmp.Compare(a.ID, b.ID) })
	var all []lane
	for _, l := range lanes {
		// The first goroutine does nothing where a test is run.
		if len(rows) == 0 || l.first >= 0 || l.born >= 0 || l.Parent != 0 {
			all = append(all, *l)
		}
	}
	return all
}

// lane is the place of a goroutine among the lanes, -1 if it has none.
func (r *Run) lane(g int) int {
	i, ok := slices.BinarySearchFunc(r.lanes, g, func(l lane, g int) int { return cmp.Compare(l.ID, g) })
	if !ok {
		return -1
	}
	return i
}

// circle is a circle of goroutines of which each waits for what the next one
// holds, nil if there is none. It begins with the lowest number.
func (r *Run) circle() []int {
	waits := make(map[int][]int)
	for _, l := range r.lanes {
		waits[l.ID] = l.WaitsFor
	}
	var path []int
	seen := make(map[int]bool)
	var visit func(g int) []int
	visit = func(g int) []int {
		if i := slices.Index(path, g); i >= 0 {
			return slices.Clone(path[i:])
		}
		if seen[g] {
			return nil
		}
		seen[g] = true
		path = append(path, g)
		for _, next := range waits[g] {
			if found := visit(next); found != nil {
				return found
			}
		}
		path = path[:len(path)-1]
		return nil
	}
	for _, l := range r.lanes {
		if found := visit(l.ID); found != nil {
			k := slices.Index(found, slices.Min(found))
			return slices.Concat(found[k:], found[:k])
		}
	}
	return nil
}

// readSources reads the files that a result points to.
func readSources(r *schedule.Result, source func(file string) ([]byte, error)) map[string][]string {
	files := make(map[string][]string)
	if source == nil {
		return files
	}
	read := func(s schedule.Site) {
		if _, done := files[s.File]; done || s.File == "" {
			return
		}
		files[s.File] = nil
		if data, err := source(s.File); err == nil {
			files[s.File] = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		}
	}
	for _, e := range r.Events {
		read(e.At)
	}
	for _, g := range r.Goroutines {
		read(g.Created)
		read(g.At)
		for _, h := range g.Holds {
			read(h.At)
		}
	}
	return files
}

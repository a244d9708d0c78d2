package evidence

import (
	"cmp"
	"maps"
	"slices"
)

// A Run is one execution of the program under test.
type Run struct {
	// Variant names how the program was built and run, such as "race" or
	// "go-deadlock". Runs of one variant are counted together.
	Variant  string
	Cores    int      // GOMAXPROCS
	Command  []string // that repeats this run
	Evidence []Evidence
}

// An Observation is equal evidence of all the runs of one variant.
type Observation struct {
	Evidence Evidence // the report that tells most
	Variant  string
	Seen     int      // runs that showed it
	Runs     int      // runs of the variant
	Cores    []int    // values of GOMAXPROCS at which it was seen, ascending
	Rates    []Rate   // how often it was seen at each value tried, ascending
	Command  []string // of a run that showed it, at the fewest cores
}

// A Rate says how often something was seen at one value of GOMAXPROCS.
type Rate struct {
	Cores      int
	Seen, Runs int
}

// Key is the key of the observed evidence.
func (o *Observation) Key() Key { return o.Evidence.Key() }

// Merge merges the evidence of runs. The result does not depend on the order
// of the runs.
func Merge(runs ...Run) []Observation {
	var t Tally
	for _, r := range runs {
		t.Add(r)
	}
	return t.Observations()
}

// A Tally merges runs as they end, without keeping them. Its zero value is
// empty. It has one owner: its methods must not be called concurrently.
type Tally struct {
	runs map[condition]int
	seen map[sighting]*merged
}

type condition struct {
	variant string
	cores   int
}

type sighting struct {
	variant string
	key     Key
}

type merged struct {
	best    Evidence
	counts  map[int]int // by cores
	cores   int         // of command
	command []string
}

// Add counts r. A report that a run makes twice is counted once.
func (t *Tally) Add(r Run) {
	if t.runs == nil {
		t.runs = make(map[condition]int)
		t.seen = make(map[sighting]*merged)
	}
	t.runs[condition{r.Variant, r.Cores}]++
	counted := make(map[Key]bool)
	for i := range r.Evidence {
		e := &r.Evidence[i]
		key := e.Key()
		m := t.seen[sighting{r.Variant, key}]
		if m == nil {
			m = &merged{best: *e, counts: make(map[int]int), cores: r.Cores, command: r.Command}
			t.seen[sighting{r.Variant, key}] = m
		}
		if e.compare(&m.best) < 0 {
			m.best = *e
		}
		if cmp.Or(cmp.Compare(r.Cores, m.cores), slices.Compare(r.Command, m.command)) < 0 {
			m.cores, m.command = r.Cores, r.Command
		}
		if !counted[key] {
			counted[key] = true
			m.counts[r.Cores]++
		}
	}
}

// Observations lists what the runs showed, ordered by key and variant.
func (t *Tally) Observations() []Observation {
	var list []Observation
	for s, m := range t.seen {
		o := Observation{Evidence: m.best, Variant: s.variant, Command: m.command}
		for c, runs := range t.runs {
			if c.variant == s.variant {
				o.Seen += m.counts[c.cores]
				o.Runs += runs
				o.Rates = append(o.Rates, Rate{c.cores, m.counts[c.cores], runs})
			}
		}
		o.Cores = slices.Sorted(maps.Keys(m.counts))
		slices.SortFunc(o.Rates, func(a, b Rate) int { return cmp.Compare(a.Cores, b.Cores) })
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b Observation) int {
		return cmp.Or(a.Key().Compare(b.Key()), cmp.Compare(a.Variant, b.Variant))
	})
	return list
}

// Distinct keeps, of observations with the same key under different variants,
// the one that was seen in the greatest share of its runs; of equals, the first. The
// order of the rest is kept. What was seen by several variants is one bug, but
// its rates cannot be added up.
func Distinct(list []Observation) []Observation {
	best := make(map[Key]int)
	var kept []Observation
	for _, o := range list {
		i, ok := best[o.Key()]
		switch {
		case !ok:
			best[o.Key()] = len(kept)
			kept = append(kept, o)
		case o.Seen*kept[i].Runs > kept[i].Seen*o.Runs:
			kept[i] = o
		}
	}
	return kept
}

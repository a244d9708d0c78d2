package schedule

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// enumerate runs a toy under every schedule that Systematic asks for.
func enumerate(t *testing.T, toy *toy, opt SystematicOptions) (Coverage, map[string]bool) {
	t.Helper()
	s := NewSystematic(opt)
	outcomes := make(map[string]bool)
	asked := make(map[string]bool)
	for {
		next, ok := s.Next()
		if !ok {
			return s.Coverage(), outcomes
		}
		if asked[next.String()] {
			t.Fatalf("asked twice for %s", next)
		}
		asked[next.String()] = true
		r, outcome := toy.runListed(next.Deviations)
		if r.Deviations != next.Deviations.String() {
			t.Fatalf("told %s, the run made %s", next, r.Deviations)
		}
		outcomes[outcome] = true
		s.Report(r)
	}
}

// toys are programs with what there is to find out about them.
var toys = []struct {
	name, text string
	capacity   []int
}{
	{name: "one goroutine", text: "store 0; load 0"},
	{name: "independent", text: "lock 0; unlock 0 | lock 1; unlock 1 | lock 2; unlock 2"},
	{name: "opposite order", text: "lock 0; lock 1; unlock 1; unlock 0 | lock 1; lock 0; unlock 0; unlock 1"},
	{name: "lost update", text: "load 0; store 0 | load 0; store 0"},
	{name: "two needed", text: "load 0; store 0; load 1; store 1 | load 1; store 1; load 0; store 0"},
	{name: "hand over", text: "recv 0 | store 0; send 0", capacity: []int{0}},
	{name: "buffered", text: "recv 0; recv 0; recv 0 | send 0; send 0 | send 0", capacity: []int{1}},
	{name: "close", text: "recv 0; recv 0 | send 0; close 0 | send 0", capacity: []int{1}},
	{name: "two closers", text: "recv 0 | close 0 | close 0", capacity: []int{0}},
	{name: "select", text: "select 0? 1?; select 0? 1? | send 0 | send 1", capacity: []int{0, 0}},
	{name: "select from both", text: "yield; yield; select 0? 1? | send 0 | send 1", capacity: []int{1, 1}},
	{name: "select order", text: "send 1; send 0 | select 0? 1? | recv 1 | recv 0", capacity: []int{0, 0}},
	{name: "default", text: "select 0? default; select 0? default | send 0 | send 0", capacity: []int{1}},
	{name: "wait group", text: "add 0; add 0; wait 0; load 0 | store 0; done 0 | store 0; done 0"},
	{name: "silent", text: "silent; load 0; silent; silent; store 0 | silent; store 0; silent"},
	{name: "yields", text: "yield; load 0; yield; load 0 | store 0; yield; store 0"},
}

// TestEverySchedule compares with the toy's own recursion: without reduction
// each schedule is run exactly once.
func TestEverySchedule(t *testing.T) {
	for _, test := range toys {
		for bound := range 4 {
			toy := parseToy(test.text, test.capacity...)
			n, want := toy.everything(bound)
			cover, got := enumerate(t, toy, SystematicOptions{Preemptions: bound, Everything: true})
			if cover.Runs != n || !maps.Equal(got, want) || cover.Complete != bound || !cover.Certain() {
				t.Errorf("%s, bound %d: %+v with %d outcomes, want %d runs with %d", test.name, bound, cover, len(got), n, len(want))
			}
		}
	}
}

// TestReduction checks that the reduced enumeration has every outcome within
// each bound, and pins what it saves.
func TestReduction(t *testing.T) {
	var report strings.Builder
	for _, test := range toys {
		fmt.Fprintf(&report, "%-17s", test.name)
		for _, bound := range []int{0, 1, 2, 3, 20} {
			toy := parseToy(test.text, test.capacity...)
			n, want := toy.everything(bound)
			cover, got := enumerate(t, toy, SystematicOptions{Preemptions: bound})
			if !maps.Equal(got, want) {
				t.Errorf("%s, bound %d: %d outcomes in %d runs, want %d in up to %d", test.name, bound, len(got), cover.Runs, len(want), n)
			}
			if bound == 20 && !cover.Exhausted {
				t.Errorf("%s: all was explored, which it does not know: %+v", test.name, cover)
			}
			fmt.Fprintf(&report, " %d/%d", cover.Runs, n)
		}
		report.WriteString("\n")
	}
	t.Log("\n" + report.String())
}

// TestReductionOfAny tries it with programs made at random.
func TestReductionOfAny(t *testing.T) {
	programs := 1000
	if testing.Short() {
		programs = 300
	}
	saved, all := 0, 0
	for seed := range programs {
		toy := randomToy(rand.New(rand.NewPCG(uint64(seed), 1)))
		for _, bound := range []int{0, 1, 2} {
			n, want := toy.everything(bound)
			if n > 3000 {
				break
			}
			cover, got := enumerate(t, toy, SystematicOptions{Preemptions: bound})
			if !maps.Equal(got, want) {
				t.Fatalf("seed %d, bound %d, %+v: %d outcomes in %d runs, want %d in up to %d", seed, bound, toy, len(got), cover.Runs, len(want), n)
			}
			saved += n - cover.Runs
			all += n
		}
	}
	if saved < all/4 {
		t.Errorf("only %d of %d runs saved", saved, all)
	}
	t.Logf("%d of %d runs saved", saved, all)
}

func randomToy(rng *rand.Rand) *toy {
	ops := []string{"lock", "unlock", "load", "store", "send", "recv", "select", "close", "yield", "add", "done", "wait", "silent", "lock", "load", "store", "send", "recv", "select"}
	var bodies []string
	for range 2 + rng.IntN(2) {
		var body []string
		for range 1 + rng.IntN(4) {
			op := ops[rng.IntN(len(ops))]
			switch op {
			case "select":
				for range 1 + rng.IntN(2) {
					op += fmt.Sprintf(" %d%c", rng.IntN(2), "!?"[rng.IntN(2)])
				}
				if rng.IntN(3) == 0 {
					op += " default"
				}
			case "yield", "silent":
			default:
				op += fmt.Sprintf(" %d", rng.IntN(2))
			}
			body = append(body, op)
		}
		bodies = append(bodies, strings.Join(body, ";"))
	}
	return parseToy(strings.Join(bodies, "|"), rng.IntN(3), rng.IntN(2))
}

// TestPreemptions checks what needs how many of them.
func TestPreemptions(t *testing.T) {
	lost := func(outcomes map[string]bool) int { return len(outcomes) }
	toy := parseToy("load 0; store 0 | load 0; store 0")
	_, none := enumerate(t, toy, SystematicOptions{Preemptions: 0})
	_, one := enumerate(t, toy, SystematicOptions{Preemptions: 1})
	if lost(none) >= lost(one) {
		t.Errorf("an update is lost only by a preemption: %d outcomes without, %d with one", lost(none), lost(one))
	}
}

// TestOnly checks that a switch before one kind of step is enough for what needs
// just that, and takes fewer runs than all.
func TestOnly(t *testing.T) {
	toy := parseToy("load 0; store 0; load 1; load 1; load 1 | load 0; store 0; load 1")
	all, every := enumerate(t, toy, SystematicOptions{Preemptions: 1})
	some, stores := enumerate(t, toy, SystematicOptions{Preemptions: 1, Only: func(next *Event) bool { return next.Kind == "write" }})
	_, none := enumerate(t, toy, SystematicOptions{Preemptions: 1, Only: func(*Event) bool { return false }})
	if len(none) != 1 || len(stores) <= 1 || len(every) < len(stores) || some.Runs >= all.Runs {
		t.Errorf("%d outcomes of the default, %d with switches before stores in %d runs, %d with all in %d", len(none), len(stores), some.Runs, len(every), all.Runs)
	}
}

func TestCoverage(t *testing.T) {
	toy := parseToy("load 0; store 0; load 1; store 1 | load 1; store 1; load 0; store 0")
	s := NewSystematic(SystematicOptions{Preemptions: 2})
	var complete []int
	for {
		next, ok := s.Next()
		if !ok {
			break
		}
		if _, again := s.Next(); again {
			t.Fatal("another schedule before the report of the last one")
		}
		r, _ := toy.runListed(next.Deviations)
		s.Report(r)
		complete = append(complete, s.Coverage().Complete)
	}
	if !slices.IsSorted(complete) || complete[0] > 0 || complete[len(complete)-1] != 2 || !slices.Contains(complete, 0) || !slices.Contains(complete, 1) {
		t.Errorf("complete up to %v preemptions", complete)
	}
	if c := s.Coverage(); c.Exhausted || !c.Certain() {
		t.Errorf("there are more schedules with three: %+v", c)
	}

	strayed := NewSystematic(SystematicOptions{Preemptions: 1})
	strayed.Next()
	r, _ := toy.runListed(nil)
	strayed.Report(r)
	strayed.Next()
	strayed.Report(&Result{End: OK, Deviations: "1000"})
	for {
		next, ok := strayed.Next()
		if !ok {
			break
		}
		r, _ := toy.runListed(next.Deviations)
		strayed.Report(r)
	}
	if c := strayed.Coverage(); c.Strayed != 1 || c.Certain() || c.Complete == 1 {
		t.Errorf("a run that made other decisions: %+v", c)
	}

	few := NewSystematic(SystematicOptions{Preemptions: 2, Pending: 1})
	few.Next()
	few.Report(r)
	if c := few.Coverage(); c.Dropped == 0 || c.Certain() {
		t.Errorf("without room: %+v", c)
	}
}

package interleaving

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A read lock has several holders; who unlocks gives up his own, and a lock that
// another took is that one's.
func TestHolders(t *testing.T) {
	r := &schedule.Result{Goroutines: []schedule.Goroutine{{ID: 1}, {ID: 2, Parent: 1}, {ID: 3, Parent: 1}}}
	r.Events = []schedule.Event{
		{Goroutine: 1, Op: schedule.RLock, Object: 7},
		{Goroutine: 2, Op: schedule.RLock, Object: 7},
		{Goroutine: 3, Op: schedule.WLock, Object: 7, Blocked: true}, // held by 1 and 2
		{Goroutine: 2, Op: schedule.RUnlock, Object: 7},
		{Goroutine: 3, Op: schedule.WLock, Object: 7, Blocked: true}, // by 1
		{Goroutine: 1, Op: schedule.RUnlock, Object: 7},
		{Goroutine: 3, Op: schedule.WLock, Object: 7},
		{Goroutine: 2, Op: schedule.WUnlock, Object: 7}, // what 3 took
		{Goroutine: 1, Op: schedule.TryLock, Object: 8, Value: "false"},
		{Goroutine: 1, Op: schedule.TryLock, Object: 8, Value: "true"},
		{Goroutine: 2, Op: schedule.Lock, Object: 8, Blocked: true}, // by 1
	}
	var waits [][]int
	for _, n := range New(r, nil, nil).rows {
		if n.Blocked {
			waits = append(waits, n.HeldBy)
		}
		for _, c := range n.Changes {
			if n.Op == schedule.WUnlock && c.Hold != nil && c.Hold.Goroutine != 3 {
				t.Errorf("g%d gave the lock up", c.Hold.Goroutine)
			}
		}
	}
	if want := [][]int{{1, 2}, {1}, {1}}; fmt.Sprint(waits) != fmt.Sprint(want) {
		t.Errorf("held by %v, want %v", waits, want)
	}
}

// The values that a variable had are told by events of their own, behind the
// access.
func TestValues(t *testing.T) {
	event := func(g int, op schedule.Op, kind, value string) schedule.Event {
		return schedule.Event{Goroutine: g, Op: op, Kind: kind, Value: value, At: site("a.go", 4, "n")}
	}
	for _, test := range []struct {
		name   string
		events []schedule.Event
		want   []string
	}{
		{"read", []schedule.Event{event(1, schedule.Access, "read", ""), event(1, schedule.Value, "", "1")}, []string{"read n: 1"}},
		{"write", []schedule.Event{event(1, schedule.Access, "write", ""), event(1, schedule.Value, "", "1")}, []string{"write n = 1"}},
		{"update", []schedule.Event{event(1, schedule.Access, "update", ""), event(1, schedule.Value, "", "1"), event(1, schedule.Value, "", "2")}, []string{"update n: 1 → 2"}},
		{"update that is not over", []schedule.Event{event(1, schedule.Access, "update", ""), event(1, schedule.Value, "", "1")}, []string{"update n, which was 1"}},
		{"unknown", []schedule.Event{event(1, schedule.Access, "update", "")}, []string{"update n"}},
		{"another's", []schedule.Event{event(1, schedule.Access, "read", ""), event(2, schedule.Value, "", "1")}, []string{"read n", "n is 1"}},
		{"later", []schedule.Event{event(1, schedule.Access, "write", ""), {Goroutine: 1, Op: schedule.Yield}, event(1, schedule.Value, "", "1")}, []string{"write n", "yields", "n is 1"}},
		{"decisions between", []schedule.Event{event(1, schedule.Access, "read", ""), {Goroutine: 1, Op: schedule.Choice}, event(1, schedule.Value, "", "1")}, []string{"read n: 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newView(New(&schedule.Result{Events: test.events}, nil, nil), Options{})
			var got []string
			for _, n := range v.rows {
				got = append(got, v.label(n))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func accesses() *schedule.Result {
	r := &schedule.Result{End: schedule.OK, Races: 1, Goroutines: []schedule.Goroutine{{ID: 1}, {ID: 2, Parent: 1}}}
	access := func(g, line int, kind, text string) {
		r.Events = append(r.Events, schedule.Event{Step: len(r.Events) + 1, Goroutine: g, Op: schedule.Access, Kind: kind, At: site("a.go", line, text)})
	}
	access(1, 5, "write", "x")
	access(2, 8, "read", "a.n") // with row 4, if the report says so
	access(2, 9, "read", "y")   // reads do not conflict
	access(1, 6, "read", "y")
	access(1, 7, "write", "b.n")
	r.Events = append(r.Events, schedule.Event{Step: 6, Goroutine: 1, Op: schedule.Finish})
	return r
}

func TestRaces(t *testing.T) {
	report := func(line1, line2 int) []Race {
		return []Race{{[2]schedule.Site{{File: "/src/a.go", Line: line1}, {File: "/src/a.go", Line: line2}}}}
	}
	for _, test := range []struct {
		name  string
		rises bool // the events say when the report came
		races []Race
		want  []racePair
	}{
		{"neither", false, nil, nil},
		{"report and events", true, report(7, 8), []racePair{{1, 4}}},
		{"report in the other order", true, report(8, 7), []racePair{{1, 4}}},
		{"report alone", false, report(8, 7), []racePair{{1, 4}}},
		{"events alone", true, nil, []racePair{{1, 4}}},
		{"report of reads", false, report(9, 6), nil},
		{"report of what is no row", false, report(70, 80), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := accesses()
			if test.rises {
				r.Events[5].Races = 1
			}
			run := New(r, test.races, nil)
			if !slices.Equal(run.races, test.want) {
				t.Errorf("got %v, want %v", run.races, test.want)
			}
			marked := 0
			for _, n := range run.rows {
				if n.Race > 0 {
					marked++
				}
			}
			if marked != 2*len(test.want) {
				t.Errorf("%d rows are marked", marked)
			}
		})
	}
}

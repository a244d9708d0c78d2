package evidence

import (
	"reflect"
	"slices"
	"testing"
)

func at(line int) Stack {
	return Stack{
		{Func: "sync.(*Mutex).Lock", File: "/usr/local/go/src/sync/mutex.go", Line: 46},
		{Func: "main.f", File: "/home/user/app/main.go", Line: line, User: true},
		{Func: "main.main", File: "/home/user/app/main.go", Line: 99, User: true},
	}
}

// race is a report whose side at line later came second.
func race(laterRole Role, later int, earlierRole Role, earlier int, raw string) Evidence {
	return Evidence{Kind: DataRace, Raw: raw, Operations: []Operation{
		{Role: laterRole, Address: raw, Goroutine: Goroutine{ID: int64(len(raw))}, Stack: at(later)},
		{Role: earlierRole, Previous: true, Stack: at(earlier)},
	}}
}

func TestKeyEqual(t *testing.T) {
	base := race(RoleRead, 12, RoleWrite, 15, "a")
	for name, e := range map[string]Evidence{
		"other side second": race(RoleWrite, 15, RoleRead, 12, "b"),
		"both writes":       race(RoleWrite, 12, RoleWrite, 15, "longer"),
		"with bystanders": {Kind: DataRace, Operations: append([]Operation{
			{Role: RoleOther, Stack: at(3)}}, base.Operations...)},
	} {
		if e.Key() != base.Key() {
			t.Errorf("%s: key %v, want %v", name, e.Key(), base.Key())
		}
	}
	for name, e := range map[string]Evidence{
		"other line":      race(RoleRead, 13, RoleWrite, 15, "a"),
		"same line twice": race(RoleRead, 12, RoleWrite, 12, "a"),
		"other kind":      {Kind: LockOrder, Operations: base.Operations},
	} {
		if e.Key() == base.Key() {
			t.Errorf("%s: key %v is that of another bug", name, e.Key())
		}
	}
}

// Frames outside the user's code count by function, not by line; an operation
// without any stack still has a place.
func TestKeyWithoutUserFrames(t *testing.T) {
	frame := func(line int) Stack { return Stack{{Func: "net/http.(*conn).serve", File: "server.go", Line: line}} }
	leak := func(o Operation) *Evidence { return &Evidence{Kind: Leak, Operations: []Operation{o}} }
	a, b := leak(Operation{Stack: frame(1)}), leak(Operation{Stack: frame(2)})
	if a.Key() != b.Key() {
		t.Errorf("keys differ by a line outside the user's code: %v, %v", a.Key(), b.Key())
	}
	c := leak(Operation{Stack: frame(1), Goroutine: Goroutine{Created: at(20)}})
	if c.Key() == a.Key() {
		t.Errorf("the go statement in user code does not count: %v", c.Key())
	}
	none := leak(Operation{})
	if got, want := none.Key().String(), "goroutine-leak ?"; got != want {
		t.Errorf("key of an operation without stack is %q, want %q", got, want)
	}
	x, y := Evidence{Kind: FatalError, Detail: "x"}, Evidence{Kind: FatalError, Detail: "y"}
	if x.Key() == y.Key() {
		t.Error("reports without operations are not told apart by their words")
	}
}

func TestMerge(t *testing.T) {
	once := race(RoleRead, 12, RoleWrite, 12, "read")
	twice := race(RoleWrite, 12, RoleWrite, 12, "write")
	cut := race(RoleWrite, 12, RoleWrite, 12, "")
	cut.Truncated = true
	other := race(RoleWrite, 30, RoleWrite, 31, "other")
	runs := []Run{
		{Variant: "race", Cores: 2, Command: []string{"app", "2"}, Evidence: []Evidence{once, once}},
		{Variant: "race", Cores: 1, Command: []string{"app", "1"}},
		{Variant: "race", Cores: 2, Command: []string{"app", "2"}, Evidence: []Evidence{twice, other}},
		{Variant: "race", Cores: 4, Command: []string{"app", "4"}, Evidence: []Evidence{cut}},
		{Variant: "perturb", Cores: 4, Command: []string{"app", "p"}, Evidence: []Evidence{cut}},
	}
	want := []Observation{
		{
			Evidence: cut, Variant: "perturb", Seen: 1, Runs: 1, Cores: []int{4},
			Rates: []Rate{{4, 1, 1}}, Command: []string{"app", "p"},
		}, {
			Evidence: twice, Variant: "race", Seen: 3, Runs: 4, Cores: []int{2, 4},
			Rates: []Rate{{1, 0, 1}, {2, 2, 2}, {4, 1, 1}}, Command: []string{"app", "2"},
		}, {
			Evidence: other, Variant: "race", Seen: 1, Runs: 4, Cores: []int{2},
			Rates: []Rate{{1, 0, 1}, {2, 1, 2}, {4, 0, 1}}, Command: []string{"app", "2"},
		},
	}
	for range len(runs) { // whatever comes first
		if got := Merge(runs...); !reflect.DeepEqual(got, want) {
			t.Fatalf("Merge(%v) =\n%+v, want\n%+v", runs, got, want)
		}
		runs = append(runs[1:], runs[0])
	}
	slices.Reverse(runs)
	if got := Merge(runs...); !reflect.DeepEqual(got, want) {
		t.Errorf("Merge of reversed runs =\n%+v, want\n%+v", got, want)
	}
	if got := Distinct(want); !reflect.DeepEqual(got, []Observation{want[0], want[2]}) {
		t.Errorf("Distinct = %+v", got)
	}
	if got := Merge(); got != nil {
		t.Errorf("Merge() = %v", got)
	}
}

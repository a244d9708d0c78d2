package explore

import (
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// op is an operation at a line, of a goroutine in a state.
func op(role evidence.Role, line int, state string) evidence.Operation {
	return evidence.Operation{
		Role: role, Goroutine: evidence.Goroutine{State: state},
		Stack: evidence.Stack{{Func: "example.com/app.f", File: home + "f.go", Line: line, User: true}},
	}
}

func seen(variant string, kind evidence.Kind, ops ...evidence.Operation) evidence.Observation {
	return evidence.Observation{Variant: variant, Seen: 1, Runs: 2, Evidence: evidence.Evidence{Kind: kind, Operations: ops}}
}

const (
	waitsLock  = "sync.Mutex.Lock"
	waitsGroup = "sync.WaitGroup.Wait"
	waitsSend  = "chan send"
)

func TestCauses(t *testing.T) {
	order := seen("locks", evidence.LockOrder,
		op(evidence.RoleFirstLock, 10, ""), op(evidence.RoleSecondLock, 11, ""),
		op(evidence.RoleFirstLock, 20, ""), op(evidence.RoleSecondLock, 21, ""))
	timeout := func(at, held int) evidence.Observation {
		return seen("locks", evidence.LockTimeout, op(evidence.RoleLock, at, ""), op(evidence.RoleHold, held, "ended"))
	}
	blocked := func(line int, state string) evidence.Operation { return op(evidence.RoleBlocked, line, state) }
	asleep := func(ops ...evidence.Operation) evidence.Observation {
		return seen("plain", evidence.AllAsleep, ops...)
	}
	leak := func(line int, state string) evidence.Observation {
		return seen("leak", evidence.Leak, blocked(line, state))
	}
	recursive := seen("locks", evidence.RecursiveLock, op(evidence.RoleLock, 24, ""), op(evidence.RoleHold, 15, ""))
	for name, test := range map[string]struct {
		list []evidence.Observation
		want string // rules in order of place
	}{
		"an inversion and its deadlock": {
			[]evidence.Observation{
				leak(11, waitsLock), leak(21, waitsLock), timeout(11, 20), timeout(21, 10), order,
				asleep(blocked(11, waitsLock), blocked(21, waitsLock), blocked(30, waitsGroup)),
			},
			"lockorder at 11",
		},
		"a lock that is never released": {
			[]evidence.Observation{timeout(14, 5), asleep(blocked(14, waitsLock), blocked(30, waitsGroup))},
			"deadlock/timeout at 14",
		},
		"asleep for another reason": {
			[]evidence.Observation{timeout(14, 5), asleep(blocked(15, waitsSend), blocked(30, waitsGroup))},
			"deadlock/timeout at 14, deadlock/asleep at 15",
		},
		"asleep for one more lock": {
			[]evidence.Observation{timeout(14, 5), asleep(blocked(14, waitsLock), blocked(16, waitsLock))},
			"deadlock/asleep at 14, deadlock/timeout at 14",
		},
		"leaks of a program that is asleep": {
			[]evidence.Observation{asleep(blocked(15, waitsSend), blocked(30, waitsGroup)), leak(15, waitsSend), leak(16, waitsSend)},
			"deadlock/asleep at 15, goroutineleak at 16",
		},
		"a lock waited for elsewhere": {
			[]evidence.Observation{timeout(14, 5), order},
			"lockorder at 11, deadlock/timeout at 14",
		},
		"a lock held by a goroutine that waits for itself": {
			[]evidence.Observation{recursive, timeout(18, 15)},
			"doublelock at 24",
		},
		"a lock held elsewhere than by the goroutine that waits for itself": {
			[]evidence.Observation{recursive, timeout(18, 16)},
			"deadlock/timeout at 18, doublelock at 24",
		},
		"a hang that the runtime saw elsewhere": {
			[]evidence.Observation{
				seen("race", evidence.Hang, blocked(14, waitsLock), blocked(30, waitsGroup)),
				asleep(blocked(14, waitsLock), blocked(30, waitsGroup)),
			},
			"deadlock/asleep at 14",
		},
	} {
		for range test.list { // in any order
			test.list = append(test.list[1:], test.list[0])
			var got []string
			for _, f := range Translate(test.list, Translation{}) {
				rule := strings.TrimSuffix(f.Rule+"/"+f.Category, "/")
				got = append(got, rule+" at "+strings.TrimPrefix(f.Range.Start.String(), home+"f.go:"))
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("%s: %q, want %q", name, got, test.want)
			}
		}
	}
}

// The finding of a cause tells what its consequences tell.
func TestCauseAbsorbs(t *testing.T) {
	list := []evidence.Observation{
		seen("locks", evidence.LockTimeout, op(evidence.RoleLock, 14, ""), op(evidence.RoleHold, 5, "ended")),
		seen("plain", evidence.AllAsleep, op(evidence.RoleBlocked, 14, waitsLock), op(evidence.RoleBlocked, 30, waitsGroup)),
	}
	found := Translate(list, Translation{})
	if len(found) != 1 {
		t.Fatalf("findings:\n%s", show(found))
	}
	f := found[0]
	var lines []int
	for _, p := range f.Operations {
		lines = append(lines, p.Line)
	}
	if want := []int{5, 14, 30}; !slices.Equal(lines, want) {
		t.Errorf("operations at %v, want %v", lines, want)
	}
	var related []int
	for _, r := range f.Related {
		related = append(related, r.Range.Start.Line)
	}
	if want := []int{14, 5, 30}; !slices.Equal(related, want) {
		t.Errorf("related places at %v, want %v:\n%s", related, want, show(found))
	}
	if f.Witness.Detector != "locks" {
		t.Errorf("witness of %s, want that of the cause", f.Witness.Detector)
	}
}

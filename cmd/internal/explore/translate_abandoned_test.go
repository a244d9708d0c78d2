package explore

import (
	"slices"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

func TestAbandoned(t *testing.T) {
	frame := func(function string, line int) evidence.Frame {
		return evidence.Frame{Func: "app." + function, File: "/src/app.go", Line: line, User: true}
	}
	hold := evidence.Operation{Role: evidence.RoleHold, Goroutine: evidence.Goroutine{ID: 7}, Stack: evidence.Stack{
		frame("lock", 5), frame("withdraw", 20), frame("main", 40),
	}}
	ended := hold
	ended.Goroutine.State = "ended"
	now := func(role evidence.Role, id int64, frames ...evidence.Frame) evidence.Operation {
		return evidence.Operation{Role: role, Goroutine: evidence.Goroutine{ID: id}, Stack: frames}
	}
	for _, test := range []struct {
		name string
		kind evidence.Kind
		ops  []evidence.Operation
		want []int // lines
	}{
		{"the holder ended", evidence.LockTimeout, []evidence.Operation{now(evidence.RoleLock, 8, frame("lock", 5)), ended}, []int{5, 20, 40}},
		{"the function that locked was left", evidence.RecursiveLock, []evidence.Operation{now(evidence.RoleLock, 7, frame("balance", 30), frame("main", 41)), hold}, []int{5, 20}},
		{"the function that locked is called again", evidence.RecursiveLock, []evidence.Operation{now(evidence.RoleLock, 7, frame("lock", 5), frame("withdraw", 20), frame("main", 41)), hold}, []int{5, 20}},
		{"locked again further down", evidence.RecursiveLock, []evidence.Operation{now(evidence.RoleLock, 7, frame("balance", 30), frame("withdraw", 24), frame("main", 40)), hold}, []int{5}},
		{"locked again within the call", evidence.RecursiveLock, []evidence.Operation{now(evidence.RoleLock, 7, frame("lock", 6)), hold}, nil},
		{"the holder waits within the call", evidence.LockTimeout, []evidence.Operation{
			now(evidence.RoleLock, 8, frame("lock", 5)), hold,
			now(evidence.RoleOther, 7, evidence.Frame{Func: "example.com/app.lock", File: "/src/app.go", Line: 6, User: true}),
		}, nil},
		{"what the holder does is unknown", evidence.LockTimeout, []evidence.Operation{now(evidence.RoleLock, 8, frame("lock", 5)), hold}, nil},
		{"no report about a holder", evidence.AllAsleep, []evidence.Operation{ended}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []int
			for _, p := range abandoned(&evidence.Evidence{Kind: test.kind, Operations: test.ops}) {
				got = append(got, p.Line)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("abandoned at lines %v, want %v", got, test.want)
			}
		})
	}
}

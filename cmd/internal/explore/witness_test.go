package explore

import (
	"testing"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func TestLosesUpdate(t *testing.T) {
	n, m := schedule.Site{File: "a.go", Line: 1, Text: "n"}, schedule.Site{File: "a.go", Line: 2, Text: "m"}
	step := func(g int, kind string, at schedule.Site) schedule.Event {
		return schedule.Event{Goroutine: g, Op: schedule.Access, Kind: kind, At: at}
	}
	for name, test := range map[string]struct {
		events []schedule.Event
		want   bool
	}{
		"one after the other": {[]schedule.Event{step(1, "read", n), step(1, "write", n), step(2, "read", n), step(2, "write", n)}, false},
		"between":             {[]schedule.Event{step(1, "read", n), step(2, "read", n), step(2, "write", n), step(1, "write", n)}, true},
		"another variable":    {[]schedule.Event{step(1, "read", n), step(2, "read", m), step(2, "write", m), step(1, "write", n)}, false},
		"read again":          {[]schedule.Event{step(1, "read", n), step(2, "write", n), step(1, "read", n), step(1, "write", n)}, false},
		"written elsewhere":   {[]schedule.Event{step(1, "read", n), step(2, "write", n), step(1, "write", m)}, false},
	} {
		if got := losesUpdate(test.events); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

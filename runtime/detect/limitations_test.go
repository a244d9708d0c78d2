package detect

import (
	"bytes"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// Known gaps, described in the documentation of the package. A test that
// fails here is good news: move what it shows to where it belongs.

// A program that prints a perfect report is believed.
func TestLimitationForgery(t *testing.T) {
	forged := append([]byte("my own words:\n"), log(t, "race-counter")...)
	if got := Races(forged, options()); len(got) != 1 {
		t.Errorf("a forged report is told from a real one:\n%s", format(got))
	}
}

// The race detector loses the frame that calls into sync/atomic.
func TestLimitationAtomicCaller(t *testing.T) {
	for _, e := range Races(log(t, "race-atomic"), options()) {
		for _, o := range e.Operations {
			if o.Role == evidence.RoleAtomicRead || o.Role == evidence.RoleAtomicWrite {
				if f, ok := o.Stack.User(); ok {
					t.Errorf("the atomic access has a place: %v", f)
				}
			}
		}
	}
}

// A crash that is cut off behind a complete frame looks complete.
func TestLimitationCutCrash(t *testing.T) {
	data := log(t, "crash-asleep")
	cut := data[:bytes.Index(data, []byte("\ngoroutine 8"))]
	got := Crashes(cut, options())
	if len(got) != 1 || got[0].Truncated {
		t.Errorf("evidence:\n%s", format(got))
	}
}

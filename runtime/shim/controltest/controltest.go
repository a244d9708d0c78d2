// Package controltest runs tests under the schedule of package control. It is
// linked into test binaries only, since it imports package testing.
package controltest

import (
	"testing"

	"github.com/lockstep-go/lockstep/runtime/shim/control"
)

// Test is called when a top-level test begins; what it returns, when its function
// returns. The first test of a process is controlled, up to the end of its
// cleanups and until no goroutine that it has started can go on.
func Test(t *testing.T, at string) (end func()) {
	n := control.EnterTest(at)
	if n == nil {
		return func() {}
	}
	t.Cleanup(n.LeaveTest) // the first to be registered is the last to run
	return func() { returned(t, n) }
}

// returned is deferred in the function of a test.
func returned(t *testing.T, n *control.G) {
	if n.Returned() {
		t.Cleanup(n.Resume)
	}
}

// Run stands for t.Run.
func Run(t *testing.T, name string, f func(*testing.T), at string) bool {
	n := control.BeginTest(at)
	if n == nil {
		return t.Run(name, f)
	}
	ok := t.Run(name, func(t *testing.T) {
		n.EnterSub()
		t.Cleanup(n.LeaveSub)
		defer returned(t, n)
		f(t)
	})
	n.EndTest()
	return ok
}

// Parallel stands for t.Parallel.
func Parallel(t *testing.T, at string) {
	n, sub := control.Pause(at)
	switch {
	case n == nil:
		t.Parallel()
	case sub:
		t.Parallel()
		n.Continue()
	}
}

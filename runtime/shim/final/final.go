// Package final knows when a program under test ends by itself.
package final

import (
	"runtime"
	"sync/atomic"
)

// An Ending makes sure that what has to be done at the end is done once.
type Ending struct{ begun int32 }

// Begin reports whether the caller is to do what has to be done. It must be
// called by a function that main defers, or that replaces os.Exit. It is false
// from the second time on, and where main does not return but panics or calls
// runtime.Goexit: then the program goes on, or the runtime has its own words to
// say first.
func (e *Ending) Begin() bool {
	return !unwinding() && atomic.CompareAndSwapInt32(&e.begun, 0, 1)
}

// unwinding reports whether the calling goroutine runs deferred calls since it
// panicked or calls runtime.Goexit.
func unwinding() bool {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" || f.Function == "runtime.Goexit" {
			return true
		}
		if !more {
			return false
		}
	}
}

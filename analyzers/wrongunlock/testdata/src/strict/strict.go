// Package strict has what only the strict tier reports.
package strict

import "sync"

type file struct {
	mu sync.Mutex
	n  int
}

// The program is ending, if nobody recovers.
func (f *file) check() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n < 0 {
		f.mu.Unlock() // want `check unlocks f.mu here, and the deferred unlock of line 14 does it again`
		panic("negative")
	}
}

// Package strict has what only the strict tier reports.
package strict

import (
	"os"
	"sync"
)

type file struct {
	mu sync.Mutex
	n  int
}

// The program is ending, if nobody recovers.
func (f *file) check() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n < 0 {
		f.mu.Unlock() // want `check unlocks f.mu here, and the deferred unlock of line 17 does it again`
		panic("negative")
	}
}

// A select without default leaves by one of its cases.
func (f *file) wait(a, b chan int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.n == 0 {
		f.mu.Unlock()
		select {
		case <-a:
		case <-b:
			f.mu.Lock()
			return 0
		}
		f.mu.Lock()
	}
	return f.n
}

// What ends the program runs no deferred calls.
func (f *file) fatal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n < 0 {
		f.mu.Unlock()
		os.Exit(1)
	}
}

// Package limitations has what the check is known to miss or to get wrong.
package limitations

import "sync"

type s struct {
	mu sync.Mutex
	n  int
}

// Missed: a lock under a condition is not judged, even if the condition is
// known to be the same at the unlock.
func (s *s) parameter(lock, ok bool) {
	if lock {
		s.mu.Lock()
	}
	s.n++
	if lock {
		if !ok {
			return
		}
		s.mu.Unlock()
	}
}

// Missed: the unlock is under a condition that the lock is not, and the
// conditions of both might agree.
func (s *s) conditional(n int) {
	if n > 0 {
		s.mu.Lock()
	}
	s.n++
	if s.n > 10 {
		s.mu.Unlock()
	}
}

// Missed: that the loop over one slice unlocks less than the loop over the
// other has locked.
func some(all, few []*s) {
	for _, s := range all {
		s.mu.Lock()
	}
	for _, s := range few {
		s.mu.Unlock()
	}
}

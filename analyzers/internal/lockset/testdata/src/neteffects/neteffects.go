// Package neteffects shows the net effects of functions.
package neteffects

import "sync"

type s struct {
	mu sync.Mutex
	n  int
}

func (s *s) lock() { s.mu.Lock() } // want `always acquires s.mu`

func (s *s) unlock() { s.mu.Unlock() } // want `always releases s.mu`

func (s *s) both() {
	s.lock()
	s.unlock()
}

func (s *s) some(ok bool) bool { // want `sometimes acquires s.mu`
	s.mu.Lock()
	if !ok {
		s.mu.Unlock()
	}
	return ok
}

func (s *s) through() { s.lock() } // want `always acquires s.mu`

func lockOf(r *s) { r.lock() } // want `always acquires r.mu`

func lockPointer(mu *sync.Mutex) { mu.Lock() } // want `always acquires mu`

func (s *s) byPointer() { lockPointer(&s.mu) } // want `always acquires s.mu`

func (s *s) deferred() { // want `always releases s.mu`
	defer s.mu.Unlock()
	s.n++
}

// A lock of its own is nobody's business.
func local() {
	var mu sync.Mutex
	mu.Lock()
}

func (s *s) recursive(n int) { // want `sometimes acquires s.mu`
	if n == 0 {
		s.mu.Lock()
		return
	}
	s.recursive(n - 1)
}

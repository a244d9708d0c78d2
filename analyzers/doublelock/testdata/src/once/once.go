// Package once unlocks by a function that does so only when it is called first.
package once

import "sync"

type store struct {
	mu sync.Mutex
	n  int
}

func (s *store) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func unlockOnce(l sync.Locker) func() {
	var once sync.Once
	return func() { once.Do(l.Unlock) }
}

func (s *store) returned() int {
	unlock := unlockOnce(&s.mu)
	s.mu.Lock()
	defer unlock()
	if s.n == 0 {
		unlock()
		return s.size()
	}
	return 1
}

func (s *store) onceFunc() int {
	s.mu.Lock()
	unlock := sync.OnceFunc(s.mu.Unlock)
	defer unlock()
	if s.n == 0 {
		unlock()
		return s.size()
	}
	return 1
}

func (s *store) tooEarly() int {
	unlock := unlockOnce(&s.mu)
	s.mu.Lock()
	defer unlock()
	return s.size() // want `tooEarly holds s.mu since line \d+ and calls size`
}

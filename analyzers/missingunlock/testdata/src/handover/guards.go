package handover

import "sync"

// A guard is returned with the lock held, and releases it when it is closed.
type guard struct {
	l *sync.Mutex
	n int
}

func (g guard) Close() error {
	defer g.l.Unlock()
	return nil
}

type shelf struct {
	mu  sync.Mutex
	far *sync.Mutex
	n   int
}

func (s *shelf) open() *guard {
	s.mu.Lock()
	if s.n == 0 {
		s.mu.Unlock()
		return nil
	}
	return &guard{l: &s.mu}
}

func newGuard(l *sync.Mutex) guard { return guard{l: l, n: 1} }

// The lock goes to the guard through a constructor.
func (s shelf) openFar() (interface{ Close() error }, error) {
	s.far.Lock()
	if s.n == 0 {
		s.far.Unlock()
		return nil, errFailed
	}
	return newGuard(s.far), nil
}

// Only one way makes a guard.
func (s *shelf) openFull() *guard {
	s.mu.Lock()
	if s.n == 0 {
		s.mu.Unlock()
		return nil
	}
	if s.n > 9 {
		return nil // want `openFull returns with s.mu still locked`
	}
	return &guard{l: &s.mu}
}

// Anything may be behind sync.Locker.
type lockerGuard struct{ l sync.Locker }

func (g *lockerGuard) release() { g.l.Unlock() }

func (s *shelf) openLocker() *lockerGuard {
	s.mu.Lock()
	if s.n == 0 {
		s.mu.Unlock()
		return nil
	}
	return &lockerGuard{&s.mu}
}

// This one locks for itself, and has nothing to release.
type clerk struct{ l *sync.Mutex }

func (w *clerk) work() {
	w.l.Lock()
	w.l.Unlock()
}

func (s *shelf) employ() *clerk {
	s.mu.Lock()
	if s.n == 0 {
		s.mu.Unlock()
		return nil
	}
	return &clerk{l: &s.mu} // want `employ returns with s.mu still locked`
}

// Package aliases reaches one lock by several names.
package aliases

import "sync"

type store struct {
	mu   *sync.Mutex
	cond *sync.Cond
	n    int
}

func newStore() *store {
	s := &store{mu: new(sync.Mutex)}
	s.cond = sync.NewCond(s.mu)
	return s
}

func (s *store) byPointer() {
	mu := s.mu
	mu.Lock()
	s.n++
	s.mu.Unlock()
}

func (s *store) byPointerTwice() {
	mu := s.mu
	mu.Lock()
	s.n++
	mu.Unlock()
	s.mu.Unlock() // want `byPointerTwice unlocks s.mu, which it has unlocked already`
}

func (s *store) byCond() {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.cond.L.Lock()
	s.n++
	s.mu.Unlock()
}

func (s *store) lock() *sync.Mutex { return s.mu }

func (s *store) byResult() {
	s.lock().Lock()
	s.n++
	s.lock().Unlock()
}

// Two parameters may be one.
func swap(a, b *store) {
	a.mu.Lock()
	a.n++
	a.mu.Unlock()
	b.mu.Lock()
	a.mu.Unlock()
}

type wrapper struct{ store }

func (w *wrapper) promoted() {
	w.mu.Lock()
	w.store.mu.Unlock()
}

type guarded struct {
	sync.Mutex
	n int
}

func (g *guarded) add() {
	g.Lock()
	g.n++
	g.Unlock()
	g.Mutex.Unlock() // want `add unlocks g.Mutex, which it has unlocked already`
}

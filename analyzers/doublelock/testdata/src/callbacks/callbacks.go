// Package callbacks passes functions on that lock.
package callbacks

import "sync"

type state struct {
	mu sync.Mutex
	n  int
}

func (s *state) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *state) nested(f func()) { s.with(f) }

func (s *state) get() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *state) bad() {
	s.with(func() { // want `bad calls with, which calls the function literal in bad, which calls get, and with, which holds s.mu since callbacks.go:12, waits there for itself for ever: it is locked again at callbacks.go:20`
		_ = s.get()
	})
}

func (s *state) worse() {
	s.nested(func() { // want `worse calls nested, which calls with, which calls the function literal in worse, which calls get, and with, which holds`
		_ = s.get()
	})
}

func (s *state) good(t *state) {
	s.with(func() {
		s.n++
		_ = t.get()
	})
}

// later runs f when nobody holds the lock any more.
func (s *state) later(f func()) {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	f()
}

func (s *state) alsoGood() {
	s.later(func() { _ = s.get() })
}

func (s *state) spawn(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	go f()
}

func (s *state) inGoroutine() {
	s.spawn(func() { _ = s.get() })
}

// Package panics has deferred calls that a panic makes, and those it comes too
// early for.
package panics

import "sync"

type store struct {
	mu    sync.Mutex
	dirty []string
	total int
	jobs  chan string
}

func open() *store {
	s := &store{jobs: make(chan string)}
	go func() {
		for range s.jobs {
			s.mu.Lock()
			s.total++
			s.mu.Unlock()
		}
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reopen() // want `open holds s.mu since line \d+ and calls reopen, which locks it again at panics.go:\d+: it waits for itself`
	s.flush()
	s.load()
	return s
}

// flush gives the lock back while it waits. A panic before that defers nothing.
func (s *store) flush() {
	if s.total < 0 {
		panic("negative")
	}
	list := s.dirty
	s.dirty = nil
	s.mu.Unlock()
	defer s.mu.Lock()
	for _, name := range list {
		s.jobs <- name
	}
}

// What may panic in load does so with the lock held, and before it is deferred to
// take it again.
func (s *store) load() {
	defer func() { _ = recover() }()
	s.read()
	s.release()
	defer s.mu.Lock()
	s.total++
}

func (s *store) release() { s.mu.Unlock() }

func (s *store) read() {
	if s.dirty == nil {
		panic("nothing to read")
	}
}

// Here the lock is still held when the panic makes the deferred call.
func (s *store) reopen() {
	defer s.mu.Lock()
	if s.total < 0 {
		panic("negative")
	}
	s.mu.Unlock()
	println("reopened")
}

// Package atomics has an atomic load and an atomic store where one operation is due.
package atomics

import (
	"sync"
	"sync/atomic"
)

type stats struct {
	mu     sync.Mutex
	hits   atomic.Int64
	max    atomic.Int64
	old    int64
	closed atomic.Bool
	done   chan struct{}
}

func (s *stats) hit() { s.hits.Store(s.hits.Load() + 1) } // want `hit stores in s.hits what it computed`

func (s *stats) hitOld() {
	n := atomic.LoadInt64(&s.old)
	atomic.StoreInt64(&s.old, n+1) // want `hitOld stores in s.old what it computed from the value loaded at line 21`
}

func (s *stats) right() {
	s.hits.Add(1)
	atomic.AddInt64(&s.old, 1)
}

func (s *stats) observe(v int64) {
	if v > s.max.Load() {
		s.max.Store(v) // want `observe compares s.max at line 31`
	}
}

func (s *stats) observeLoop(v int64) {
	for {
		old := s.max.Load()
		if v <= old || s.max.CompareAndSwap(old, v) {
			return
		}
	}
}

func (s *stats) close() {
	if s.closed.Load() {
		return
	}
	s.closed.Store(true) // want `two goroutines can both pass the test and close the channel`
	close(s.done)
}

func (s *stats) closeRight() {
	if s.closed.CompareAndSwap(false, true) {
		close(s.done)
	}
}

// The lock keeps other writers out; readers do without.
func (s *stats) underLock() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hits.Store(s.hits.Load() + 1)
}

func (s *stats) underLockLocked() { s.hits.Store(s.hits.Load() + 1) }

func (s *stats) caller() {
	s.mu.Lock()
	s.underLockLocked()
	s.mu.Unlock()
}

// Another variable is stored to.
func (s *stats) copy(to *stats) { to.hits.Store(s.hits.Load() + 1) }

// Two tests decide, and the worse is told.
func (s *stats) observePositive(v int64) {
	if old := s.max.Load(); old >= 0 && v > old {
		s.max.Store(v) // want `observePositive compares s.max at line 79`
	}
}

// Package strict has what may as well be the comment's fault.
package strict

import "sync"

// The lock is held nowhere.
type Stale struct {
	mu sync.Mutex
	n  int // guarded by mu
}

func (s *Stale) Set(n int) { s.n = n } // want `Set writes s.n without holding mu`

// It is held less often than not.
type Doubtful struct {
	mu sync.Mutex
	n  int // guarded by mu
}

func (s *Doubtful) Set(n int) {
	s.mu.Lock()
	s.n = n
	s.mu.Unlock()
}

func (s *Doubtful) Get() int  { return s.n } // want `Get reads s.n without holding mu`
func (s *Doubtful) Get2() int { return s.n } // want `Get2 reads s.n without holding mu`

// Only the name says it.
type Queue struct {
	mu sync.Mutex
	n  int
}

func (q *Queue) growLocked() { q.n++ }

func (q *Queue) Grow() { q.growLocked() } // want `Grow calls growLocked without holding q.mu`

// Package entry has functions that say what is held when they are entered.
package entry

import "sync"

type S struct {
	mu    sync.RWMutex
	inner *struct{ mu sync.Mutex }
}

var global struct{ mu sync.Mutex }

// s.mu must be held.
func (s *S) prose() {} // want `^s.mu for reading$`

// +checklocks:s.mu
func (s *S) write() {} // want `^s.mu$`

// +checklocksread:s.mu
func (s *S) read() {} // want `^s.mu for reading$`

// +checklocksrelease:s.mu
func (s *S) unlock() {} // want `^s.mu$`

// +checklocksacquire:s.mu
func (s *S) lock() {}

// s.inner.mu must be held.
func (s *S) deep() {} // want `^s.inner.mu$`

// global.mu and t.mu must be held.
func two(n int, t *S) {} // want `^global.mu, t.mu for reading$`

// Of which S is not said: S.mu must be held.
func which() {}

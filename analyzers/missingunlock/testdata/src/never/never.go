// Package never has locks that a function keeps and nobody releases for it.
package never

import "sync"

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) get() int {
	c.mu.Lock() // want `get locks c.mu and nothing unlocks it again`
	return c.n
}

func (c *counter) inc() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

// The field is exported: another package may unlock.
type Shared struct {
	Mu sync.Mutex
	n  int
}

func (s *Shared) Hold() int {
	s.Mu.Lock()
	return s.n
}

// Promoted: clients call Unlock.
type Embeds struct {
	sync.Mutex
	n int
}

func (e *Embeds) Hold() int {
	e.Lock()
	return e.n
}

// An endless loop is no exit.
func (c *counter) forever(work chan int) {
	c.mu.Lock()
	for {
		c.n += <-work
	}
}

// A local lock that is locked twice on purpose, to wait for another goroutine.
func wait() {
	var mu sync.Mutex
	mu.Lock()
	go func() {
		mu.Unlock()
	}()
	mu.Lock()
}

// An exported field of a type that other packages cannot name.
type internal struct {
	sync.Mutex
	n int
}

func (i *internal) get() int {
	i.Lock() // want `get locks i and nothing unlocks it again`
	return i.n
}

// Gives up a read lock for a while.
type upgrade struct {
	mu sync.RWMutex
	n  int
}

func (u *upgrade) refresh() int {
	u.mu.RLock()
	defer u.mu.RUnlock()
	func() {
		u.mu.RUnlock()
		u.mu.Lock()
		defer func() {
			u.mu.Unlock()
			u.mu.RLock()
		}()
		if u.n > 0 {
			return
		}
		u.n = 1
	}()
	return u.n
}

type readers struct {
	mu sync.RWMutex
	n  int
}

func (r *readers) close() {
	r.mu.Lock()
	r.mu.Unlock()
}

// A lock for reading is not released by Unlock.
func (r *readers) peek() int {
	r.mu.RLock() // want `peek locks r.mu and nothing unlocks it again`
	return r.n
}

// Released as what it was not acquired as, which is another mistake.
func mismatch() {
	var mu sync.RWMutex
	mu.RLock()
	mu.Unlock()
}

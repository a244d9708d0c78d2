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

// Package limitations has wrong code that is not reported.
package limitations

import "sync"

type cell struct {
	mu sync.Mutex
	n  int
}

// Whether the caller holds b.mu is not asked: this may go hand over hand.
func move(a, b *cell) {
	a.mu.Lock()
	a.n, b.n = b.n, a.n
	b.mu.Unlock()
}

// All elements of a slice are one.
func elements(cells []cell) {
	cells[0].mu.Lock()
	cells[0].mu.Unlock()
	cells[0].mu.Unlock()
}

// An exported function may be called with the lock held.
func (c *cell) Reset() {
	c.n = 0
	c.mu.Unlock()
}

func (c *cell) get() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// The goroutine unlocks, perhaps later, and so does the one that started it.
func (c *cell) spawn() {
	c.mu.Lock()
	go func() {
		c.n++
		c.mu.Unlock()
	}()
	c.mu.Unlock()
}

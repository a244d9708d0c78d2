// Package limitations has wrong code that is not reported.
package limitations

import "sync"

type cell struct {
	mu   sync.Mutex
	cond *sync.Cond
	full bool
	n    int
}

func newCell() *cell {
	c := &cell{}
	c.cond = sync.NewCond(&c.mu)
	return c
}

// The condition is changed, and nobody is told.
func (c *cell) put() {
	c.mu.Lock()
	c.full = true
	c.mu.Unlock()
}

func (c *cell) poke() { c.cond.Signal() }

// Signal wakes one of several that wait for different things.
func (c *cell) take() {
	c.mu.Lock()
	for !c.full {
		c.cond.Wait()
	}
	c.full = false
	c.mu.Unlock()
	c.cond.Signal()
}

// The if looks at the same variable for another purpose.
func (c *cell) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == 0 {
		c.cond.Wait()
	}
	if c.n > 100 {
		return 100
	}
	return 1000 / c.n
}

// Package limitations has wrong code that checkthenact does not report.
package limitations

import "sync"

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) get() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *counter) set(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = n
}

// The sections are in other functions.
func (c *counter) lost() { c.set(c.get() + 1) }

// The value goes through a call.
func (c *counter) throughCall() {
	c.mu.Lock()
	n := c.n
	c.mu.Unlock()
	n = next(n)
	c.mu.Lock()
	c.n = n
	c.mu.Unlock()
}

func next(n int) int { return n + 1 }

// All callers hold the lock, which is let go for a while.
func (c *counter) yields() {
	n := c.n
	c.mu.Unlock()
	c.mu.Lock()
	c.n = n + 1
}

func (c *counter) caller() {
	c.mu.Lock()
	c.yields()
	c.mu.Unlock()
}

// Package limitations has wrong code that checkthenact does not report.
package limitations

import (
	"sync"
	"sync/atomic"
)

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

// The value goes through memory.
func (c *counter) throughMemory(box *[2]int) {
	c.mu.Lock()
	box[0] = c.n
	c.mu.Unlock()
	box[1] = box[0] + 1
	c.mu.Lock()
	c.n = box[1]
	c.mu.Unlock()
}

// Wait lets go of the lock for a while.
type gate struct {
	mu   sync.Mutex
	cond *sync.Cond // of mu
	n    int
	open bool
}

func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.n
	for !g.open {
		g.cond.Wait()
	}
	g.n = n + 1
}

// A function that is given lets go of the lock for a while.
func (g *gate) passWith(yield func(*sync.Mutex)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.n
	yield(&g.mu)
	g.n = n + 1
}

// The function has an operation that is right, on the same variable.
type stats struct{ n atomic.Int64 }

func (s *stats) add(d int64) {
	if d < 0 {
		s.n.Add(d)
		return
	}
	s.n.Store(s.n.Load() + d)
}

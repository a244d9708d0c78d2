// Package direct locks twice in one function.
package direct

import "sync"

type counter struct {
	mu sync.Mutex
	rw sync.RWMutex
	n  int
}

func (c *counter) again() {
	c.mu.Lock()
	c.n++
	c.mu.Lock() // want `c.mu is locked again here, although again locked it at line 13 and still holds it: it waits for itself for ever`
	c.mu.Unlock()
	c.mu.Unlock()
}

func (c *counter) deferred() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n > 0 {
		c.mu.Lock() // want `c.mu is locked again here`
		c.n = 0
		c.mu.Unlock()
	}
}

func (c *counter) upgrade() {
	c.rw.RLock()
	if c.n == 0 {
		c.rw.Lock() // want `c.rw is locked for writing here, although upgrade locked it for reading at line 31 and still holds it`
		c.n = 1
		c.rw.Unlock()
	}
	c.rw.RUnlock()
}

func (c *counter) downgrade() int {
	c.rw.Lock()
	defer c.rw.Unlock()
	c.rw.RLock() // want `c.rw is locked for reading here, although downgrade locked it for writing at line 41`
	defer c.rw.RUnlock()
	return c.n
}

func (c *counter) recursive() int {
	c.rw.RLock()
	defer c.rw.RUnlock()
	c.rw.RLock() // want `c.rw is locked for reading again here, although recursive locked it for reading at line 49 and still holds it: if the writer of direct.go:\d+ comes between the two`
	defer c.rw.RUnlock()
	return c.n
}

func sequence(c *counter) {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

func try(c *counter) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.TryLock() // does not wait
}

func branches(c *counter, early bool) {
	if early {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.n++
		return
	}
	c.mu.Lock()
	c.n--
	c.mu.Unlock()
}

func correlated(c *counter, locked bool) {
	if locked {
		c.mu.Lock()
	}
	if !locked {
		c.mu.Lock()
	}
	c.n++
	c.mu.Unlock()
}

func unlockedInBetween(c *counter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.Unlock()
	work()
	c.mu.Lock()
}

func work() {}

// Readers without a writer do not exclude each other.
type readOnly struct {
	rw sync.RWMutex
	n  int
}

func (r *readOnly) twice() int {
	r.rw.RLock()
	defer r.rw.RUnlock()
	r.rw.RLock()
	defer r.rw.RUnlock()
	return r.n
}

func own() {
	// Nobody else can write.
	var rw sync.RWMutex
	rw.RLock()
	rw.RLock()
	rw.RUnlock()
	rw.RUnlock()
	rw.Lock()
	rw.Unlock()
}

func assertFalse(ok bool) { _ = ok }

// The assertion does not return if the lock was free.
func busy(c *counter) {
	defer c.add()
	assertFalse(c.mu.TryLock())
	c.add()
}

func (c *counter) add() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

// The lock of one iteration is there in the next, in the same block.
func nextIteration(s *sync.Mutex) {
	for {
		s.Lock() // want `s is locked again here, although nextIteration locked it at line \d+ and still holds it`
		println()
		s.Unlock()
		s.Lock()
	}
}

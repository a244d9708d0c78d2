// Package modes releases a lock in the other mode than it was acquired in.
package modes

import "sync"

type cache struct {
	mu sync.RWMutex
	m  map[string]int
}

func (c *cache) get(key string) int {
	c.mu.RLock()
	defer c.mu.Unlock() // want `get holds c.mu for reading, since line 12, and calls Unlock: use RUnlock`
	return c.m[key]
}

func (c *cache) getRight(key string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.m[key]
}

func (c *cache) put(key string, v int) {
	c.mu.Lock()
	c.m[key] = v
	c.mu.RUnlock() // want `put holds c.mu for writing, since line 24, and calls RUnlock: use Unlock`
}

func (c *cache) literal(key string) int {
	c.mu.RLock()
	defer func() { // want `literal holds c.mu for reading`
		c.mu.Unlock()
	}()
	return c.m[key]
}

// The lock is given up for reading before it is taken for writing.
func (c *cache) upgrade(key string) int {
	c.mu.RLock()
	v, ok := c.m[key]
	c.mu.RUnlock()
	if ok {
		return v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[key] = 1
	return 1
}

// One path upgrades, and the one unlock behind is right for it alone.
func (c *cache) upgradeWrong(key string) int {
	c.mu.RLock()
	if _, ok := c.m[key]; !ok {
		c.mu.RUnlock()
		c.mu.Lock()
		c.m[key] = 1
	}
	v := c.m[key]
	c.mu.Unlock() // want `upgradeWrong holds c.mu for reading, since line 53, and calls Unlock`
	return v
}

// The mode goes by a condition, at both ends.
func (c *cache) visit(write bool, f func(map[string]int)) {
	if write {
		c.mu.Lock()
	} else {
		c.mu.RLock()
	}
	f(c.m)
	if write {
		c.mu.Unlock()
	} else {
		c.mu.RUnlock()
	}
}

func (c *cache) visitDeferred(write bool, f func(map[string]int)) {
	c.lock(write)
	defer c.unlock(write)
	f(c.m)
}

func (c *cache) lock(write bool) {
	if write {
		c.mu.Lock()
	} else {
		c.mu.RLock()
	}
}

func (c *cache) unlock(write bool) {
	if write {
		c.mu.Unlock()
	} else {
		c.mu.RUnlock()
	}
}

func (c *cache) both(f func(map[string]int)) {
	c.lock(false)
	f(c.m)
	c.unlock(false)
	c.lock(true)
	f(c.m)
	c.unlock(true)
}

// The helper that does not look at the mode.
func (c *cache) done() { c.mu.Unlock() }

func (c *cache) size() int {
	c.mu.RLock()
	defer c.done() // want `size holds c.mu for reading`
	return len(c.m)
}

// A Locker of the read side locks for reading.
func (c *cache) locker() int {
	l := c.mu.RLocker()
	l.Lock()
	defer l.Unlock()
	return len(c.m)
}

func (c *cache) lockerMixed() int {
	c.mu.RLock()
	defer c.mu.RLocker().Unlock()
	return len(c.m)
}

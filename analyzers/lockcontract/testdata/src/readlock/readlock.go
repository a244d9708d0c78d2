// Package readlock has writes under a lock that is held for reading.
package readlock

import "sync"

type Cache struct {
	mu     sync.RWMutex
	values map[string]int // guarded by mu
	hits   int            // guarded by mu
}

func (c *Cache) Get(key string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	c.hits++ // want `Get writes c.hits while it holds mu only for reading \(RLock at readlock.go:13\), though readlock.go:9 says "guarded by mu"`
	return c.values[key]
}

func (c *Cache) Fill(key string) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if _, ok := c.values[key]; !ok {
		c.values[key] = 1 // want `Fill writes c.values while it holds mu only for reading`
	}
}

func (c *Cache) Upgrade(key string) {
	c.mu.RLock()
	_, ok := c.values[key]
	c.mu.RUnlock()
	if !ok {
		c.mu.Lock()
		c.values[key] = 1
		c.mu.Unlock()
	}
}

// One of two locks.
func (c *Cache) Either(key string, write bool) {
	if write {
		c.mu.Lock()
		defer c.mu.Unlock()
	} else {
		c.mu.RLock()
		defer c.mu.RUnlock()
	}
	if write {
		c.values[key] = 1
	}
}

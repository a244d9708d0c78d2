// Package strict has tests and acts that may be harmless.
package strict

import (
	"sync"
	"sync/atomic"
)

type cache struct {
	mu    sync.RWMutex
	m     map[string]string
	ready atomic.Bool
	maps  sync.Map
}

func (c *cache) get(key string) string {
	c.mu.RLock()
	v, ok := c.m[key]
	c.mu.RUnlock()
	if !ok {
		v = key + key
		c.mu.Lock()
		c.m[key] = v // want `get decided by the value of c.m\[…\] at line 18`
		c.mu.Unlock()
	}
	return v
}

func (c *cache) drop(key string) {
	c.mu.RLock()
	v := c.m[key]
	c.mu.RUnlock()
	if v == "" {
		c.mu.Lock()
		delete(c.m, key) // want `deletes it without looking again`
		c.mu.Unlock()
	}
}

func (c *cache) flag() {
	if !c.ready.Load() {
		c.ready.Store(true) // want `two goroutines can both pass; use CompareAndSwap`
	}
}

func (c *cache) load(key string) {
	if _, ok := c.maps.Load(key); !ok {
		c.maps.Store(key, 1) // want `use LoadOrStore or CompareAndSwap`
	}
}

func (c *cache) unload(key string) {
	if _, ok := c.maps.Load(key); ok {
		c.maps.Delete(key) // want `use LoadAndDelete`
	}
}

// Package fix has mistakes that another method name mends.
package fix

import "sync"

type cache struct {
	mu sync.RWMutex
	m  map[string]int
}

func (c *cache) get(key string) int {
	c.mu.RLock()
	defer c.mu.Unlock() // want `calls Unlock: use RUnlock`
	return c.m[key]
}

func (c *cache) put(key string, v int) {
	c.mu.Lock()
	c.m[key] = v
	c.mu.RUnlock() // want `calls RUnlock: use Unlock`
}

func (c *cache) size() int {
	c.mu.Lock()
	defer c.mu.Lock() // want `Unlock was meant`
	return len(c.m)
}

func (c *cache) keys() (keys []string) {
	c.mu.RLock()
	defer c.mu.RLock() // want `RUnlock was meant`
	for k := range c.m {
		keys = append(keys, k)
	}
	return keys
}

func (c *cache) clear(really bool) {
	c.mu.Lock()
	if !really {
		c.mu.Lock() // want `Unlock was meant`
		return
	}
	clear(c.m)
	c.mu.Unlock()
}

// Right on one path: which name is right depends on the other.
func (c *cache) upgrade(key string) int {
	c.mu.RLock()
	if _, ok := c.m[key]; !ok {
		c.mu.RUnlock()
		c.mu.Lock()
		c.m[key] = 1
	}
	v := c.m[key]
	c.mu.Unlock() // want `calls Unlock: use RUnlock`
	return v
}

func (c *cache) set(key string, v int) {
	c.mu.Unlock() // want `Lock was meant`
	defer c.mu.Unlock()
	c.m[key] = v
}

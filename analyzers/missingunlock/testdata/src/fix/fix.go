package fix

import (
	"errors"
	"os"
	"sync"
)

type cache struct {
	mu     sync.RWMutex
	values map[string]int
}

var errNotFound = errors.New("not found")

func (c *cache) load(key string) (int, error) {
	c.mu.Lock()
	v, ok := c.values[key]
	if !ok {
		return 0, errNotFound // want `load returns with c.mu still locked`
	}
	c.mu.Unlock()
	return v, nil
}

func (c *cache) read(key string) (v int) {
	c.mu.RLock()
	if key == "" {
		return 0 // want `read returns with c.mu still locked`
	}
	if key == "*" {
		c.mu.RUnlock()
		return len(c.values)
	}
	v = c.values[key]
	c.mu.RUnlock()
	return v
}

func (c *cache) atEnd(key string) {
	c.mu.Lock()
	if key == "" {
		return // want `atEnd returns with c.mu still locked`
	}
	c.values[key]++
	c.mu.Unlock()
}

// What the return statement computes would run under the lock.
func (c *cache) callInReturn(key string) error {
	c.mu.Lock()
	if key == "" {
		return errNotFound // want `callInReturn returns with c.mu still locked`
	}
	c.mu.Unlock()
	return os.Remove(key)
}

// What follows the unlock would run under the lock.
func (c *cache) goesOn(key string) error {
	c.mu.Lock()
	if key == "" {
		return errNotFound // want `goesOn returns with c.mu still locked`
	}
	c.mu.Unlock()
	os.Remove(key)
	return nil
}

// Each iteration would defer.
func (c *cache) inLoop(keys []string) error {
	for _, key := range keys {
		c.mu.Lock()
		if key == "" {
			return errNotFound // want `inLoop returns with c.mu still locked`
		}
		c.values[key]++
		c.mu.Unlock()
	}
	return nil
}

// The deferred call behind the lock would run under it.
func (c *cache) deferBehind(key string) error {
	c.mu.Lock()
	defer os.Remove(key)
	if key == "" {
		return errNotFound // want `deferBehind returns with c.mu still locked`
	}
	c.mu.Unlock()
	return nil
}

// The comment would be lost.
func (c *cache) comment(key string) error {
	c.mu.Lock()
	if key == "" {
		return errNotFound // want `comment returns with c.mu still locked`
	}
	c.mu.Unlock() // before the caller goes on
	return nil
}

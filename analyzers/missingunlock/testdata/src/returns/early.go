// Package returns has locks that are held at an early return, beside the same
// code done right.
package returns

import (
	"errors"
	"os"
	"sync"
)

type cache struct {
	mu     sync.Mutex
	values map[string]int
}

var errNotFound = errors.New("not found")

func (c *cache) load(key string) (int, error) {
	c.mu.Lock()
	v, ok := c.values[key]
	if !ok {
		return 0, errNotFound // want `load returns with c.mu still locked: it was locked at line 19, and is not unlocked on this path`
	}
	c.mu.Unlock()
	return v, nil
}

func (c *cache) loadRight(key string) (int, error) {
	c.mu.Lock()
	v, ok := c.values[key]
	if !ok {
		c.mu.Unlock()
		return 0, errNotFound
	}
	c.mu.Unlock()
	return v, nil
}

func (c *cache) loadDeferred(key string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.values[key]
	if !ok {
		return 0, errNotFound
	}
	return v, nil
}

// Two exits, one report.
func (c *cache) twoExits(name string) error {
	c.mu.Lock()
	f, err := os.Open(name)
	if err != nil {
		return err // want `twoExits returns with c.mu still locked`
	}
	if err := f.Close(); err != nil {
		return err
	}
	c.mu.Unlock()
	return nil
}

// The defer statement comes too late.
func (c *cache) lateDefer(name string) error {
	c.mu.Lock()
	f, err := os.Open(name)
	if err != nil {
		return err // want `lateDefer returns with c.mu still locked`
	}
	defer c.mu.Unlock()
	return f.Close()
}

// The end of the function is an exit too.
func (c *cache) fallThrough(key string) {
	c.mu.Lock()
	if v := c.values[key]; v > 0 {
		c.values[key] = v - 1
		c.mu.Unlock()
	}
} // want `fallThrough returns with c.mu still locked`

func (c *cache) exits(key string) int {
	c.mu.Lock()
	v, ok := c.values[key]
	if !ok {
		os.Exit(1) // never returns
	}
	c.mu.Unlock()
	return v
}

// A second lock under the first is judged for itself.
type pair struct{ a, b cache }

func (p *pair) both(key string) int {
	p.a.mu.Lock()
	p.b.mu.Lock()
	if v, ok := p.b.values[key]; ok {
		p.b.mu.Unlock()
		return v // want `both returns with p.a.mu still locked`
	}
	p.b.mu.Unlock()
	p.a.mu.Unlock()
	return 0
}

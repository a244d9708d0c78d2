// Package twolocks has variables that are written under two locks, so that
// either is enough to read them.
package twolocks

import "sync"

type Conn struct {
	mu  sync.Mutex
	wmu sync.Mutex

	max  int // guarded by mu
	idle int // guarded by mu
}

func (c *Conn) Set(n int) {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.max = n
	c.idle = n
}

func (c *Conn) SetIdle(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = n
}

func (c *Conn) Max() int {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	return c.max
}

func (c *Conn) Idle() int {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	return c.idle // want `Idle reads c.idle without holding mu`
}

func (c *Conn) Plain() int {
	return c.max // want `Plain reads c.max without holding mu`
}

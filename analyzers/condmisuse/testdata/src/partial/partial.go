// Package partial has a function without a body: what it does is not seen.
package partial

import "sync"

type cell struct {
	mu   sync.Mutex
	cond sync.Cond
	full bool
}

func (c *cell) elsewhere()

func (c *cell) get() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.full {
		c.cond.Wait()
	}
}

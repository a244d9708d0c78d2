// Package limitations has wrong code that is not reported.
package limitations

import (
	"container/list"
	"sync"
	"time"
)

type cell struct {
	mu   sync.Mutex
	cond *sync.Cond
	full bool
	n    int
}

func newCell() *cell {
	c := &cell{}
	c.cond = sync.NewCond(&c.mu)
	return c
}

// The condition is changed, and nobody is told.
func (c *cell) put() {
	c.mu.Lock()
	c.full = true
	c.mu.Unlock()
}

func (c *cell) poke() { c.cond.Signal() }

func (c *cell) take() {
	c.mu.Lock()
	for !c.full {
		c.cond.Wait()
	}
	c.full = false
	c.mu.Unlock()
}

// Who wakes finds nothing changed yet, and sleeps again.
func (c *cell) early() {
	c.cond.Signal()
	c.mu.Lock()
	c.full = true
	c.mu.Unlock()
}

// The if looks at the same variable for another purpose.
func (c *cell) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == 0 {
		c.cond.Wait()
	}
	if c.n > 100 {
		return 100
	}
	return 1000 / c.n
}

// Changes that are not seen: by a method of another package, of an element, and by
// the passing of time.
type inbox struct {
	mu    sync.Mutex
	cond  *sync.Cond
	mail  list.List
	flags [4]bool
}

func newInbox() *inbox {
	b := &inbox{}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *inbox) Wait(end time.Time) {
	timer := time.AfterFunc(time.Until(end), b.cond.Broadcast)
	defer timer.Stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.mail.Len() == 0 && !b.flags[0] && time.Now().Before(end) {
		b.cond.Wait()
	}
}

func (b *inbox) Put(s string) {
	b.mail.PushBack(s)
	b.cond.Signal()
}

func (b *inbox) Raise() {
	b.flags[0] = true
	b.cond.Signal()
}

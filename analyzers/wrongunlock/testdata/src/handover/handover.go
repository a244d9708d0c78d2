// Package handover releases locks that somebody else acquired on purpose.
package handover

import "sync"

type conn struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

// The caller holds it.
func (c *conn) finishLocked() {
	c.n = 0
	c.mu.Unlock()
}

func (c *conn) finish() {
	c.mu.Lock()
	c.finishLocked()
}

// Unlocked around something slow, and locked again.
func (c *conn) flushLocked(write func(int)) {
	n := c.n
	c.mu.Unlock()
	write(n)
	c.mu.Lock()
}

func (c *conn) flush(write func(int)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.n > 0 {
		c.flushLocked(write)
	}
}

func (c *conn) flushDeferred(write func(int)) {
	c.mu.Unlock()
	defer c.mu.Lock()
	write(c.n)
}

// By the goroutine that it is handed to.
func (c *conn) background(done chan bool) {
	c.mu.Lock()
	go func() {
		defer c.mu.Unlock()
		c.n++
		done <- true
	}()
	<-done
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

// As a returned function.
func (c *conn) lock() (unlock func()) {
	c.mu.Lock()
	return func() {
		c.n++
		c.mu.Unlock()
	}
}

func (c *conn) use() {
	unlock := c.lock()
	defer unlock()
	c.n++
}

func (c *conn) useTwice() {
	defer c.lock()()
	c.n++
}

// Hand over hand along a list.
type node struct {
	mu   sync.Mutex
	next *node
	n    int
}

func (n *node) sum() int {
	sum := 0
	n.mu.Lock()
	for {
		sum += n.n
		next := n.next
		if next == nil {
			n.mu.Unlock()
			return sum
		}
		next.mu.Lock()
		n.mu.Unlock()
		n = next
	}
}

func (n *node) last() *node {
	n.mu.Lock()
	for n.next != nil {
		m := n.next
		n.mu.Unlock()
		m.mu.Lock()
		n = m
	}
	n.mu.Unlock()
	return n
}

// The pointer on the way is changed between the unlocks.
type holder struct{ node *node }

func (h *holder) step() {
	h.node.mu.Lock()
	next := h.node.next
	next.mu.Lock()
	h.node.mu.Unlock()
	h.node = next
	h.node.mu.Unlock()
}

// Wait unlocks and locks.
func (c *conn) wait() {
	c.mu.Lock()
	for c.n == 0 {
		c.cond.Wait()
	}
	c.mu.Unlock()
}

// A lock serves as a signal: another goroutine unlocks it.
func signal(f func()) {
	var mu sync.Mutex
	mu.Lock()
	go func() {
		f()
		mu.Unlock()
	}()
	mu.Lock()
	f()
	mu.Unlock()
}

// Two goroutines take turns: one locks, the other unlocks.
func turns(n int) {
	var mu sync.Mutex
	locked := make(chan bool)
	go func() {
		for range n {
			mu.Lock()
			locked <- true
		}
	}()
	for range n {
		<-locked
		mu.Unlock()
	}
}

// A goroutine that is given the lock leaves it unlocked, however often it
// locks it in turn; what another function does is not excused by it.
type dialer struct {
	mu sync.Mutex
	n  int
}

func (d *dialer) start() {
	d.mu.Lock()
	go d.dialAndUnlock()
}

func (d *dialer) dialAndUnlock() {
	d.n++
	d.mu.Unlock()
	d.mu.Lock()
	d.n++
	d.mu.Unlock()
}

func (d *dialer) twice() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	d.mu.Unlock() // want `twice unlocks d.mu here, and the deferred unlock of line 186 does it again`
}

// Who waits locks a second time, and goes on when the one that wakes him unlocks.
type queue struct {
	mu      sync.Mutex
	waiting []*waiter
}

type waiter struct {
	added sync.Mutex
	n     int
}

func (q *queue) wait() *waiter {
	w := &waiter{}
	q.mu.Lock()
	w.added.Lock()
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	w.added.Lock()
	return w
}

func (q *queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.waiting {
		w.added.Unlock()
	}
	q.waiting = nil
}

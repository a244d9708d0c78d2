// Package names has methods whose names say that a lock is held.
package names

import "sync"

type Queue struct {
	mu    sync.Mutex
	items []int
}

func (q *Queue) pushLocked(n int) { q.items = append(q.items, n) }

func (q *Queue) Push(n int) {
	q.mu.Lock()
	q.pushLocked(n)
	q.mu.Unlock()
}

func (q *Queue) PushAll(ns ...int) {
	for _, n := range ns {
		q.pushLocked(n) // want `PushAll calls pushLocked without holding q.mu, though the name pushLocked says that its caller holds it`
	}
}

func (q *Queue) growLocked() { q.pushLocked(0) }

// Grow does what growLocked does: nobody shows how to call that.
func (q *Queue) Grow() { q.growLocked() }

// It asks.
func (q *Queue) isLocked() bool {
	if q.mu.TryLock() {
		q.mu.Unlock()
		return false
	}
	return true
}

func (q *Queue) Busy() bool { return q.isLocked() }

// It locks.
func (q *Queue) sumLocked() (sum int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, n := range q.items {
		sum += n
	}
	return sum
}

func (q *Queue) Sum() int { return q.sumLocked() }

// Which of two locks?
type Conn struct {
	readMu, writeMu sync.Mutex
	n               int
}

func (c *Conn) writeLocked() { c.n++ }

func (c *Conn) Write() {
	c.writeMu.Lock()
	c.writeLocked()
	c.writeMu.Unlock()
}

func (c *Conn) Flush() { c.writeLocked() }

// A half of a connection has a lock as well.
type half struct {
	sync.Mutex
	n int
}

type Duplex struct {
	mu      sync.Mutex
	in, out half
}

func (d *Duplex) sendLocked() { d.out.n++ }

func (d *Duplex) Send() {
	d.mu.Lock()
	d.sendLocked()
	d.mu.Unlock()
}

func (d *Duplex) Alert() { d.sendLocked() }

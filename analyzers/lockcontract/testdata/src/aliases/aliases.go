// Package aliases has locks that are held under another name.
package aliases

import "sync"

type parent struct {
	mu   sync.Mutex
	kids []*Child
}

type Child struct {
	p *parent
	n int // guarded by p.mu
}

func (c *Child) Inc() {
	p := c.p
	p.mu.Lock()
	c.n++
	p.mu.Unlock()
}

func (p *parent) All() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.kids {
		c.n++
	}
}

func (c *Child) N() int { return c.n } // want `N reads c.n without holding p.mu`

// A condition variable has the lock too.
type Queue struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int // guarded by mu
}

func New() *Queue {
	q := new(Queue)
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *Queue) Put() {
	q.mu.Lock()
	q.n++
	q.mu.Unlock()
}

func (q *Queue) Get() {
	q.cond.L.Lock()
	for q.n == 0 {
		q.cond.Wait()
	}
	q.n--
	q.cond.L.Unlock()
}

// A shared lock.
type Half struct {
	mu *sync.Mutex
	n  int // guarded by mu
}

func (h *Half) Inc() {
	h.mu.Lock()
	h.n++
	h.mu.Unlock()
}

func (h *Half) Both(q *Queue) {
	q.mu.Lock()
	h.n++
	q.mu.Unlock()
}

func (h *Half) N() int { return h.n } // want `N reads h.n without holding mu`

// Locked by a method that returns, or of an embedded object.
type Embedded struct {
	sync.RWMutex
	n int // guarded by the RWMutex
}

type Outer struct {
	Embedded
}

func (o *Outer) Inc() {
	o.Lock()
	o.n++
	o.Unlock()
}

func (o *Outer) lock() func() {
	o.Lock()
	return o.Unlock
}

func (o *Outer) Dec() {
	defer o.lock()()
	o.n--
}

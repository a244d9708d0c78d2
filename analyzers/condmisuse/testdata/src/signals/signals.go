// Package signals has condition variables that nothing signals.
package signals

import (
	"context"
	"sync"
)

type latch struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func newLatch() *latch {
	l := &latch{}
	l.cond = sync.NewCond(&l.mu)
	return l
}

func (l *latch) wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.open {
		l.cond.Wait() // want `wait waits for l.cond, which nothing ever signals`
	}
}

func (l *latch) set() {
	l.mu.Lock()
	l.open = true
	l.mu.Unlock()
}

// Others can signal an exported field.
type Latch struct {
	mu   sync.Mutex
	Cond *sync.Cond
	open bool
}

func NewLatch() *Latch {
	l := &Latch{}
	l.Cond = sync.NewCond(&l.mu)
	return l
}

func (l *Latch) Wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.open {
		l.Cond.Wait()
	}
}

func (l *Latch) Set() {
	l.mu.Lock()
	l.open = true
	l.mu.Unlock()
}

// Signalled as a function value.
type cancelled struct {
	mu   sync.Mutex
	cond sync.Cond
	done bool
}

func (c *cancelled) wait(ctx context.Context) {
	c.cond.L = &c.mu
	stop := context.AfterFunc(ctx, c.cond.Broadcast) // want `wait calls Broadcast, at signals.go:\d+, when ctx is done`
	defer stop()
	c.mu.Lock()
	for ctx.Err() == nil {
		c.cond.Wait()
	}
	c.mu.Unlock()
}

// It goes elsewhere.
type given struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newGiven(register func(*sync.Cond)) *given {
	g := &given{}
	g.cond = sync.NewCond(&g.mu)
	register(g.cond)
	return g
}

func (g *given) wait() {
	g.mu.Lock()
	for g.n == 0 {
		g.cond.Wait()
	}
	g.mu.Unlock()
}

func (g *given) set() {
	g.mu.Lock()
	g.n = 1
	g.mu.Unlock()
}

// It comes from elsewhere.
type taken struct {
	cond *sync.Cond
	n    int
}

func newTaken(c *sync.Cond) *taken { return &taken{cond: c} }

func (t *taken) wait() {
	t.cond.L.Lock()
	for t.n == 0 {
		t.cond.Wait()
	}
	t.cond.L.Unlock()
}

func (t *taken) set() {
	t.cond.L.Lock()
	t.n = 1
	t.cond.L.Unlock()
}

// Two fields for one condition variable.
type reader struct {
	cond *sync.Cond
	n    int
}

type writer struct{ cond *sync.Cond }

func pipe() (*reader, *writer) {
	c := sync.NewCond(new(sync.Mutex))
	return &reader{cond: c}, &writer{cond: c}
}

func (r *reader) read() {
	r.cond.L.Lock()
	for r.n == 0 {
		r.cond.Wait()
	}
	r.n--
	r.cond.L.Unlock()
}

func (w *writer) write() { w.cond.Broadcast() }

// A local one.
func local(start func(func())) {
	var mu sync.Mutex
	done := false
	c := sync.NewCond(&mu)
	start(func() {
		mu.Lock()
		done = true
		mu.Unlock()
	})
	mu.Lock()
	for !done {
		c.Wait() // want `local waits for c, which nothing ever signals`
	}
	mu.Unlock()
}

// Signalled by an element of a list that has it too.
type waiters struct {
	mu   sync.Mutex
	list []*sync.Cond
	n    int
}

func (w *waiters) wait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := sync.NewCond(&w.mu)
	w.list = append(w.list, c)
	for w.n == 0 {
		c.Wait()
	}
}

func (w *waiters) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	for _, c := range w.list {
		c.Signal()
	}
}

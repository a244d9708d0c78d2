// Package conds waits on condition variables.
package conds

import "sync"

type queue struct {
	admin sync.Mutex
	mu    sync.Mutex
	cond  *sync.Cond
	items []int
}

func newQueue() *queue {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, n)
	q.cond.Signal()
}

func (q *queue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait() // want `\(\*queue\).get waits on q.cond while holding q.admin, locked at conds.go:42; the goroutine started at conds.go:37 wakes it at conds.go:23, but first needs q.admin at conds.go:38`
	}
	return q.items[0]
}

func anotherLock() {
	q := newQueue()
	go func() {
		q.admin.Lock()
		q.put(1)
		q.admin.Unlock()
	}()
	q.admin.Lock()
	q.get()
	q.admin.Unlock()
}

// Wait unlocks the lock of the condition variable, so that put can lock it.
func ownLock() {
	q := newQueue()
	go q.put(1)
	q.get()
}

// Someone can wake it without the lock; but until then, someone is kept out.
type lamp struct {
	admin, mu sync.Mutex
	cond      sync.Cond
	on        bool
}

func anyoneSignals() {
	l := new(lamp)
	l.cond.L = &l.mu
	set := func() {
		l.mu.Lock()
		l.on = true
		l.mu.Unlock()
		l.cond.Broadcast()
	}
	go func() {
		l.admin.Lock()
		defer l.admin.Unlock()
		set()
	}()
	go set()
	l.admin.Lock()
	defer l.admin.Unlock()
	l.mu.Lock()
	for !l.on {
		l.cond.Wait() // want `anyoneSignals waits on l.cond while holding l.admin, locked at conds.go:76: Wait unlocks only the lock of l.cond, so anyoneSignals, which locks l.admin at conds.go:71, and everybody behind it wait until l.cond is signalled`
	}
	l.mu.Unlock()
}

// A writer that is kept out by a reader keeps out all other readers.
type pool struct {
	rw   sync.RWMutex
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func (p *pool) work() {
	p.rw.RLock()
	defer p.rw.RUnlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.n == 0 {
		p.cond.Wait() // want `waits on p.cond while holding p.rw, locked at conds.go:\d+: Wait unlocks only the lock of p.cond, so .*configure, which locks p.rw`
	}
}

func (p *pool) configure() {
	p.rw.Lock()
	defer p.rw.Unlock()
}

func (p *pool) read() {
	p.rw.RLock()
	defer p.rw.RUnlock()
}

func runPool() {
	p := &pool{}
	p.cond = sync.NewCond(&p.mu)
	go p.work()
	go p.configure()
	p.mu.Lock()
	p.n = 1
	p.mu.Unlock()
	p.cond.Signal()
}

// Readers alone do not keep each other out.
func readPool() {
	p := &pool{}
	p.cond = sync.NewCond(&p.mu)
	go p.quietly()
	go p.read()
	p.cond.Signal()
}

func (p *pool) quietly() {
	p.rw.RLock()
	defer p.rw.RUnlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.n == 0 {
		p.cond.Wait()
	}
}

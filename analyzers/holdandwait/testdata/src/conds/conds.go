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

// Someone can wake it without the lock.
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
		l.cond.Wait()
	}
	l.mu.Unlock()
}

// Package names has locks of condition variables that go by another name where
// they are locked.
package names

import "sync"

// The lock of the condition variable goes by the name of a field.
type shared struct {
	lock *sync.RWMutex
	cond *sync.Cond
	n    int
}

func newShared() *shared {
	lock := new(sync.RWMutex)
	return &shared{cond: sync.NewCond(lock), lock: lock}
}

func (s *shared) wait() {
	s.lock.Lock()
	defer s.lock.Unlock()
	for s.n == 0 {
		s.cond.Wait()
	}
}

func (s *shared) Add() {
	s.lock.Lock()
	s.n++
	s.cond.Signal()
	s.lock.Unlock()
}

// A lock of the package's own has another inside.
type counted struct {
	inner sync.Mutex
	n     int
}

func (c *counted) Lock() {
	c.inner.Lock()
	c.n++
}

func (c *counted) Unlock() { c.inner.Unlock() }

type guarded struct {
	lock counted
	cond sync.Cond
	n    int
}

func newGuarded() *guarded {
	g := new(guarded)
	g.cond.L = &g.lock
	return g
}

func (g *guarded) wait() {
	g.lock.Lock()
	defer g.lock.Unlock()
	for g.n == 0 {
		g.cond.Wait()
	}
}

func (g *guarded) Add() {
	g.lock.Lock()
	g.n++
	g.cond.Signal()
	g.lock.Unlock()
}

// This one is not locked.
type bare struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newBare() *bare {
	b := new(bare)
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *bare) Set() {
	b.mu.Lock()
	b.n++
	b.cond.Signal()
	b.mu.Unlock()
}

func Bare() {
	b := newBare()
	go b.Set()
	for b.n == 0 {
		b.cond.Wait() // want `without holding its lock`
	}
}

func Run() {
	s := newShared()
	go s.Add()
	s.wait()
	g := newGuarded()
	go g.Add()
	g.wait()
}

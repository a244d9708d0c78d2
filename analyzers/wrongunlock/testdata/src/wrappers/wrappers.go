// Package wrappers acquires locks in ways that are not followed, and releases
// them in ways that are.
package wrappers

import (
	"sync"

	"wrappers/held"
)

// A wrapper that passes the method on.
type Mutex struct {
	mu    sync.Mutex
	count int
}

func (m *Mutex) Lock() { traced(m.mu.Lock) }

func (m *Mutex) Unlock() { m.mu.Unlock() }

var hooks []func(func())

func traced(lock func()) {
	for _, h := range hooks {
		h(lock)
	}
}

func useTraced(m *Mutex) {
	m.Lock()
	m.count++
	m.Unlock()
	m.Lock()
	m.count++
	m.Unlock()
}

func useTracedLoop(m *Mutex) {
	for range 3 {
		m.Lock()
		m.count++
		m.Unlock()
	}
}

// One that passes the lock on.
type passed struct {
	mu sync.Mutex
	n  int
}

func (p *passed) lock() { held.Lock(&p.mu) }

func (p *passed) unlock() { p.mu.Unlock() }

func usePassed(p *passed) {
	p.lock()
	p.n++
	p.unlock()
	p.lock()
	p.n++
	p.unlock()
}

// One that is followed.
type plain struct {
	mu sync.Mutex
	n  int
}

func (p *plain) lock() { p.mu.Lock() }

func (p *plain) unlock() { p.mu.Unlock() }

func usePlain(p *plain) {
	p.lock()
	p.n++
	p.unlock()
	p.lock()
	p.n++
	p.unlock()
	p.unlock() // want `usePlain unlocks p.mu, which it has unlocked already, at line 81`
}

// Another package acquires the lock of an exported field.
func useForeign(s *held.State) {
	s.Begin()
	s.N++
	s.Mu.Unlock()
	s.Begin()
	s.N++
	s.Mu.Unlock()
}

func useForeignMixed(s *held.State) {
	s.Mu.Lock()
	s.N++
	s.Mu.Unlock()
	s.Begin()
	s.N++
	s.Mu.Unlock()
}

func useForeignTwice(s *held.State) {
	s.Mu.Lock()
	s.N++
	s.Mu.Unlock()
	s.Mu.Unlock() // want `useForeignTwice unlocks s.Mu`
}

// The wrapper of a wrapper passes on the inner one's method.
type inner struct{ mu sync.Mutex }

func (i *inner) Lock() { i.mu.Lock() }

func (i *inner) Unlock() { i.mu.Unlock() }

type outer struct {
	in inner
	n  int
}

func (o *outer) Lock() { traced(o.in.Lock) }

func (o *outer) Unlock() { o.in.Unlock() }

func useOuter(o *outer) {
	o.Lock()
	o.n++
	o.Unlock()
	o.Lock()
	o.n++
	o.Unlock()
}

// What a Once runs, it runs once.
type single struct {
	mu sync.Mutex
	n  int
}

func (s *single) unlockByOnce() int {
	s.mu.Lock()
	var once sync.Once
	unlock := func() { once.Do(func() { s.mu.Unlock() }) }
	defer unlock()
	if s.n == 0 {
		unlock()
		return 0
	}
	return s.n
}

// Package held shows what is held where.
package held

import (
	"sort"
	"sync"
)

func probe()

type s struct {
	mu sync.Mutex
	rw sync.RWMutex
	n  int
	xs []int
}

func straight(s *s) {
	probe() // want `held: nothing`
	s.mu.Lock()
	probe() // want `held: s.mu`
	s.rw.RLock()
	probe() // want `held: s.mu s.rw\(read\)`
	s.mu.Unlock()
	probe() // want `held: s.rw\(read\)`
	s.rw.RUnlock()
	probe() // want `held: nothing`
}

func deferred(s *s) {
	s.mu.Lock()
	defer s.mu.Unlock()
	probe() // want `held: s.mu`
}

func branches(s *s, b, c bool) {
	if b {
		s.mu.Lock()
		probe() // want `held: s.mu`
	}
	probe() // want `held: s.mu\?`
	if c {
		s.rw.Lock()
	}
	probe() // want `held: s.mu\? s.rw\?`
	if b {
		probe() // want `held: s.mu s.rw\?`
		s.mu.Unlock()
	}
	probe() // want `held: s.rw\?`
	if c {
		s.rw.Unlock()
	}
	probe() // want `held: nothing`
}

func either(s *s, b bool) {
	if b {
		s.rw.Lock()
	} else {
		s.rw.RLock()
	}
	probe() // want `held: s.rw\(read\)\? s.rw\?`
}

func loop(s *s) {
	s.mu.Lock()
	for s.n > 0 {
		probe() // want `held: s.mu`
		s.mu.Unlock()
		probe() // want `held: nothing`
		s.mu.Lock()
	}
	probe() // want `held: s.mu`
	s.mu.Unlock()
}

func (s *s) lock()   { s.mu.Lock() }
func (s *s) unlock() { s.mu.Unlock() }

func helpers(s *s) {
	s.lock()
	probe() // want `held: s.mu`
	s.unlock()
	probe() // want `held: nothing`
}

func (s *s) tryStart() bool {
	s.mu.Lock()
	if s.n > 0 {
		s.mu.Unlock()
		return false
	}
	return true
}

func results(s *s) {
	if s.tryStart() {
		probe() // want `held: s.mu`
		s.mu.Unlock()
	}
	probe() // want `held: nothing`
	if !s.mu.TryLock() {
		probe() // want `held: nothing`
		return
	}
	probe() // want `held: s.mu`
	s.mu.Unlock()
}

func values(s *s) {
	u := s.mu.Unlock
	l := s.mu.Lock
	l()
	probe() // want `held: s.mu`
	u()
	probe() // want `held: nothing`
}

func (s *s) returns() func() {
	s.mu.Lock()
	return func() { s.mu.Unlock() }
}

func returned(s *s) {
	unlock := s.returns()
	probe() // want `held: s.mu`
	unlock()
	probe() // want `held: nothing`
}

// A goroutine holds nothing of its parent's.
func goroutines(s *s) {
	s.mu.Lock()
	defer s.mu.Unlock()
	go func() {
		probe() // want `held: nothing`
		s.rw.Lock()
		probe() // want `held: s.rw`
		s.rw.Unlock()
	}()
	probe() // want `held: s.mu`
}

// What a goroutine releases, its parent no longer holds.
func handedOver(s *s) {
	s.mu.Lock()
	probe() // want `held: s.mu`
	go func() {
		defer s.mu.Unlock()
	}()
	probe() // want `held: nothing`
}

// Function literals that are called where they stand.
func literals(s *s) {
	s.mu.Lock()
	func() {
		probe() // want `held: s.mu\(entry\)`
	}()
	sort.Slice(s.xs, func(i, j int) bool {
		probe() // want `held: s.mu\(entry\)`
		return s.xs[i] < s.xs[j]
	})
	var once sync.Once
	once.Do(func() {
		probe() // want `held: s.mu\(entry\)`
	})
	s.mu.Unlock()
}

// Deferred calls run in reverse order.
func deferOrder(s *s) {
	defer func() {
		probe() // want `held: nothing`
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		probe() // want `held: s.mu\(entry\)`
	}()
}

// Kept by an interface, a pointer, a local alias.
func aliases(s *s, l sync.Locker) {
	mu := &s.mu
	mu.Lock()
	probe() // want `held: s.mu`
	s.mu.Unlock()
	l.Lock()
	probe() // want `held: l`
	l.Unlock()
	r := s.rw.RLocker()
	r.Lock()
	probe() // want `held: s.rw\(read\)`
	r.Unlock()
	probe() // want `held: nothing`
}

// Waiting gives the lock up and takes it again.
func waits(s *s, c *sync.Cond) {
	c.L.Lock()
	c.Wait()
	probe() // want `held: c.L`
	c.L.Unlock()
}

// A read lock can be held twice.
func twice(s *s) {
	s.rw.RLock()
	s.rw.RLock()
	s.rw.RUnlock()
	probe() // want `held: s.rw\(read\)`
	s.rw.RUnlock()
	probe() // want `held: nothing`
}

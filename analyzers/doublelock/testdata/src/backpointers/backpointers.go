// Package backpointers has objects that know the object that they belong to.
package backpointers

import "sync"

type store struct {
	mu       sync.RWMutex
	replicas map[int]*replica
	list     []*replica
	first    *replica
	others   map[int]*replica
}

type replica struct {
	store *store
	n     int
}

func newStore() *store {
	s := &store{replicas: make(map[int]*replica), others: make(map[int]*replica)}
	s.replicas[1] = &replica{store: s}
	s.list = append(s.list, &replica{store: s, n: 1})
	s.first = &replica{store: s}
	return s
}

// adopt puts the replica of another store into others.
func (s *store) adopt(from *store) {
	s.others[2] = &replica{store: from}
}

func (s *store) status() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.list)
}

func (s *store) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

func (s *store) scan() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.replicas {
		check(r) // want `scan holds s.mu for writing since line \d+ and calls check, which calls status, which locks it for reading`
	}
	for _, r := range s.list {
		check(r) // want `scan holds s.mu for writing`
	}
	s.first.store.reset() // want `scan holds s.mu since line \d+ and calls reset, which locks it again`
	for _, r := range s.others {
		check(r) // perhaps that of another store
	}
}

func check(r *replica) { _ = r.store.status() }

// A child that can be moved to another parent.
type parent struct {
	mu    sync.Mutex
	child *child
}

type child struct{ parent *parent }

func newParent() *parent {
	p := &parent{}
	p.child = &child{parent: p}
	return p
}

func (c *child) move(to *parent) { c.parent = to }

func (p *parent) touch() {
	p.mu.Lock()
	defer p.mu.Unlock()
}

func (p *parent) visit() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.child.parent.touch()
}

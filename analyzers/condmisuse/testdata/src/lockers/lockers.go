// Package lockers has condition variables without a lock.
package lockers

import "sync"

func none() *sync.Cond {
	return sync.NewCond(nil) // want `NewCond is given nil for the lock`
}

type zero struct {
	mu   sync.Mutex
	cond sync.Cond
	n    int
}

func (z *zero) wait() {
	z.mu.Lock()
	defer z.mu.Unlock()
	for z.n == 0 {
		z.cond.Wait() // want `z.cond has no lock, since nothing sets its L`
	}
}

func (z *zero) add() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.n++
	z.cond.Signal()
}

type set struct {
	mu   sync.Mutex
	cond sync.Cond
	n    int
}

func newSet() *set {
	s := &set{}
	s.cond.L = &s.mu
	return s
}

func (s *set) wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.n == 0 {
		s.cond.Wait()
	}
}

func (s *set) add() {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.cond.Signal()
}

type literal struct {
	cond *sync.Cond
	n    int
}

func newLiteral() *literal { return &literal{cond: &sync.Cond{L: new(sync.Mutex)}} }

func (l *literal) wait() {
	l.cond.L.Lock()
	defer l.cond.L.Unlock()
	for l.n == 0 {
		l.cond.Wait()
	}
}

func (l *literal) add() {
	l.cond.L.Lock()
	l.n++
	l.cond.L.Unlock()
	l.cond.Signal()
}

type copied struct {
	cond sync.Cond
	mu   sync.Mutex
	n    int
}

func newCopied() *copied {
	c := &copied{}
	c.cond = *sync.NewCond(&c.mu)
	return c
}

func (c *copied) wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.n == 0 {
		c.cond.Wait()
	}
}

func (c *copied) add() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	c.cond.Signal()
}

// Made by a function.
func newCond() *sync.Cond { return sync.NewCond(new(sync.Mutex)) }

type byFunction struct {
	cond *sync.Cond
	n    int
}

func newByFunction() *byFunction { return &byFunction{cond: newCond()} }

func (b *byFunction) wait() {
	b.cond.L.Lock()
	defer b.cond.L.Unlock()
	for b.n == 0 {
		b.cond.Wait()
	}
}

func (b *byFunction) add() {
	b.cond.L.Lock()
	b.n++
	b.cond.L.Unlock()
	b.cond.Signal()
}

func found(conds map[string]*sync.Cond, done *bool) {
	find := func(name string) *sync.Cond { return conds[name] }
	c := find("a")
	c.L.Lock()
	for !*done {
		c.Wait()
	}
	c.L.Unlock()
}

// There never is one, and who would wait knows.
type optional struct{ cond *sync.Cond }

func (o *optional) wait() {
	if o.cond != nil {
		o.cond.L.Lock()
		o.cond.Wait()
		o.cond.L.Unlock()
	}
}

func empty() {
	c := new(sync.Cond)
	c.Signal()
	for range 3 {
		c.Wait() // want `c has no lock, since nothing sets its L` `in a loop whose condition no other goroutine can change`
	}
}

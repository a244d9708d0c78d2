// Package functionvalues has locks that are released through function values.
package functionvalues

import "sync"

type box struct {
	mu sync.Mutex
	n  int
}

// Released by a closure that is returned.
func (b *box) lock() func() {
	b.mu.Lock()
	return func() { b.mu.Unlock() }
}

func (b *box) use() int {
	defer b.lock()()
	return b.n
}

func (b *box) useLater(ok bool) int {
	unlock := b.lock()
	if !ok {
		unlock()
		return 0
	}
	n := b.n
	unlock()
	return n
}

func (b *box) useWrong(ok bool) int {
	unlock := b.lock()
	if !ok {
		return 0 // want `useWrong returns with b.mu still locked`
	}
	n := b.n
	unlock()
	return n
}

// Handed on to the caller.
func (b *box) pass() func() { return b.lock() }

func (b *box) usePassed() int {
	unlock := b.pass()
	defer unlock()
	return b.n
}

// Released by a method value.
func (b *box) value() int {
	b.mu.Lock()
	u := b.mu.Unlock
	defer u()
	return b.n
}

func (b *box) valueWrong(ok bool) int {
	b.mu.Lock()
	u := b.mu.Unlock
	if !ok {
		return 0 // want `valueWrong returns with b.mu still locked`
	}
	u()
	return b.n
}

// Both are method values: who calls one may call the other.
type pair struct{ mu sync.Mutex }

func (p *pair) values() (lock, unlock func()) { return p.mu.Lock, p.mu.Unlock }

func (p *pair) locked(ok bool) bool {
	p.mu.Lock()
	if !ok {
		p.mu.Unlock()
		return false
	}
	return true
}

// A method value of a method of this package.
func (b *box) release() { b.mu.Unlock() }

func (b *box) ownMethodValue() int {
	b.mu.Lock()
	r := b.release
	defer r()
	return b.n
}

// A method expression.
func (b *box) expression() int {
	(*sync.Mutex).Lock(&b.mu)
	defer (*sync.Mutex).Unlock(&b.mu)
	return b.n
}

// A deferred function literal.
func (b *box) deferred(f func()) {
	b.mu.Lock()
	defer func() {
		b.n--
		b.mu.Unlock()
	}()
	f()
}

// A function literal in a variable.
func (b *box) variable(ok bool) int {
	unlock := func() { b.mu.Unlock() }
	b.mu.Lock()
	if !ok {
		unlock()
		return 0
	}
	unlock()
	return b.n
}

func (b *box) variableWrong(ok bool) int {
	unlock := func() { b.mu.Unlock() }
	b.mu.Lock()
	if !ok {
		return 0 // want `variableWrong returns with b.mu still locked`
	}
	unlock()
	return b.n
}

// Through a literal that calls a literal.
func (b *box) nested() int {
	b.mu.Lock()
	unlock := func() { b.mu.Unlock() }
	defer func() { unlock() }()
	return b.n
}

// A function literal that is called where it stands.
func (b *box) immediate(ok bool) int {
	b.mu.Lock()
	n := func() int {
		defer b.mu.Unlock()
		return b.n
	}()
	return n
}

// Stored for later.
type cleanup struct{ funcs []func() }

func (c *cleanup) add(f func()) { c.funcs = append(c.funcs, f) }

func (b *box) registered(c *cleanup, ok bool) bool {
	b.mu.Lock()
	if !ok {
		b.mu.Unlock()
		return false
	}
	c.add(func() { b.mu.Unlock() })
	return true
}

func (b *box) registeredMethod(c *cleanup, ok bool) bool {
	b.mu.Lock()
	if !ok {
		b.mu.Unlock()
		return false
	}
	c.add(b.mu.Unlock)
	return true
}

// Called back at once.
func (b *box) once(o *sync.Once) int {
	b.mu.Lock()
	n := b.n
	o.Do(func() { b.n++ })
	b.mu.Unlock()
	return n
}

// The body of a range over a function is a function of its own.
func (b *box) ranges(seq func(func(int) bool)) int {
	b.mu.Lock()
	for v := range seq {
		if v == b.n {
			b.mu.Unlock()
			return v
		}
	}
	b.mu.Unlock()
	return 0
}

func (b *box) rangesDeferred(seq func(func(int) bool)) int {
	for v := range seq {
		b.mu.Lock()
		defer b.mu.Unlock()
		return v
	}
	return 0
}

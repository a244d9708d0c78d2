// Package helpers has the release, or one of the two, in a function of its own.
package helpers

import "sync"

type pool struct {
	mu   sync.Mutex
	free int
}

func (p *pool) release() {
	p.free++
	p.mu.Unlock()
}

// The callee unlocks, and so does the caller.
func (p *pool) put() {
	p.mu.Lock()
	p.release()
	p.mu.Unlock() // want `put unlocks p.mu, which it has unlocked already, at line 19`
}

func (p *pool) putDeferred() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release() // want `putDeferred unlocks p.mu here, and the deferred unlock of line 25 does it again`
}

func (p *pool) putRight() {
	p.mu.Lock()
	p.release()
}

// The callee says whether it has unlocked.
func (p *pool) tryRelease() bool {
	if p.free > 0 {
		p.mu.Unlock()
		return true
	}
	return false
}

func (p *pool) get() {
	p.mu.Lock()
	if p.tryRelease() {
		return
	}
	p.free++
	p.mu.Unlock()
}

// The callee unlocks under a condition that the caller cannot see.
func (p *pool) maybeRelease() {
	if p.free > 0 {
		p.mu.Unlock()
	}
}

func (p *pool) drop() {
	p.mu.Lock()
	p.maybeRelease()
	p.mu.Unlock()
}

// It unlocks in any case, with or without an error.
func (p *pool) releaseAlways() bool {
	if p.free > 0 {
		p.mu.Unlock()
		return true
	}
	p.free++
	p.mu.Unlock()
	return false
}

func (p *pool) dropAlways() bool {
	p.mu.Lock()
	ok := p.releaseAlways()
	p.mu.Unlock() // want `dropAlways unlocks p.mu, which it has unlocked already`
	return ok
}

// The function that makes the mistake is reported, its callers are not.
func (p *pool) both() {
	p.mu.Lock()
	p.mu.Unlock()
	p.mu.Unlock() // want `both unlocks p.mu`
}

func (p *pool) callsBoth() {
	p.both()
	p.both()
}

// A literal that is called where it stands.
func (p *pool) literal() {
	unlock := func() { p.mu.Unlock() }
	p.mu.Lock()
	unlock()
	p.free++
	unlock() // want `literal unlocks p.mu, which it has unlocked already`
}

func (p *pool) literalRight(ok bool) {
	unlock := func() { p.mu.Unlock() }
	p.mu.Lock()
	if ok {
		unlock()
		return
	}
	p.free++
	unlock()
}

// The callee locks it again.
func (p *pool) relock() { p.mu.Lock() }

func (p *pool) around(f func()) {
	p.mu.Lock()
	p.mu.Unlock()
	f()
	p.relock()
	p.mu.Unlock()
}

// What is given the lock may lock it.
func (p *pool) given(f func(*sync.Mutex)) {
	p.mu.Lock()
	p.mu.Unlock()
	f(&p.mu)
	p.mu.Unlock()
}

// Package limitations has what the check does not see, or sees wrongly.
package limitations

import "sync"

type conn struct {
	mu      sync.Mutex
	version int
}

func (c *conn) renegotiate() {
	if c.version == 13 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
}

// handle is only called for connections of version 13, which nothing here says.
func (c *conn) handle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renegotiate() // want `handle holds c.mu`
}

// The same lock by two names.
type view struct{ c *conn }

func (v *view) missed(c *conn) {
	if v.c == c {
		v.c.mu.Lock()
		c.mu.Lock()
		c.mu.Unlock()
		v.c.mu.Unlock()
	}
}

// A function in a field, without a goroutine in the package.
type hook struct {
	mu sync.Mutex
	f  func()
}

func (h *hook) set() { h.f = h.get }

func (h *hook) get() {
	h.mu.Lock()
	defer h.mu.Unlock()
}

func (h *hook) missed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.f()
}

// A function that comes to itself again is followed once.
type lazy struct {
	once sync.Once
	n    int
}

func (l *lazy) get() int {
	l.once.Do(func() { l.n = l.load() })
	return l.n
}

func (l *lazy) load() int {
	if l.n == 0 {
		return l.get()
	}
	return 1
}

func missedOnce() {
	l := &lazy{}
	go l.get()
}

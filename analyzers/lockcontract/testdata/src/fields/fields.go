// Package fields has accesses of fields with a contract of their own.
package fields

import "sync"

type Counter struct {
	mu sync.Mutex
	n  int            // guarded by mu
	by map[string]int // by name; guarded by mu
}

func (c *Counter) Inc(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	c.by[name]++
}

func (c *Counter) Value() int {
	return c.n // want `Value reads c.n without holding mu, though fields.go:8 says "guarded by mu"`
}

func (c *Counter) Clear() {
	c.mu.Lock()
	c.mu.Unlock()
	c.n = 0 // want `Clear writes c.n without holding mu`
}

func (c *Counter) Forget(name string) {
	delete(c.by, name) // want `Forget writes c.by without holding mu`
}

func (c *Counter) Of(name string) int {
	c.mu.Lock()
	n := c.by[name]
	c.mu.Unlock()
	return n
}

// On some path only.
func (c *Counter) Maybe(lock bool) int {
	if lock {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	return c.n
}

func (c *Counter) EarlyReturn(quick bool) int {
	if quick {
		return c.n // want `EarlyReturn reads c.n without holding mu`
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// A method of a guarded field reads or writes it.
type buffer struct{ b []byte }

func (b *buffer) add(p []byte) { b.b = append(b.b, p...) }

type Log struct {
	mu  sync.Mutex
	buf buffer // guarded by l.mu
}

func (l *Log) Write(p []byte) {
	l.mu.Lock()
	l.buf.add(p)
	l.mu.Unlock()
}

func (l *Log) WriteUnlocked(p []byte) {
	l.buf.add(p)
}

func (l *Log) Print(s string) {
	l.buf.add([]byte(s)) // want `Print calls a method of l.buf without holding l.mu`
}

// A lock of another object.
type Server struct {
	mu    sync.Mutex
	conns map[*conn]bool
}

type conn struct {
	server *Server
	idle   bool // guarded by server.mu
	busy   bool // guarded by Server.mu
}

func (s *Server) Idle(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.idle, c.busy = true, false
}

func (s *Server) Busy(c *conn) {
	c.idle = false // want `Busy writes c.idle without holding server.mu`
	c.busy = true  // want `Busy writes c.busy without holding Server.mu`
}

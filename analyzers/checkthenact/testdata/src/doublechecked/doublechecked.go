// Package doublechecked has double-checked locking.
package doublechecked

import (
	"sync"
	"sync/atomic"
)

type lazy struct {
	mu     sync.Mutex
	conn   *int
	atomic atomic.Pointer[int]
}

func (l *lazy) plain() *int {
	if l.conn == nil { // want `plain reads l.conn without l.mu, while line 19 writes it with l.mu held`
		l.mu.Lock()
		if l.conn == nil {
			l.conn = new(int)
		}
		l.mu.Unlock()
	}
	return l.conn
}

func (l *lazy) withAtomic() *int {
	if p := l.atomic.Load(); p != nil {
		return p
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.atomic.Load(); p != nil {
		return p
	}
	p := new(int)
	l.atomic.Store(p)
	return p
}

func (l *lazy) locked() *int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		l.conn = new(int)
	}
	return l.conn
}

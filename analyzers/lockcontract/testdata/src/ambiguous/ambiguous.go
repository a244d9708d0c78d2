// Package ambiguous has comments that speak of locks and are no contracts.
package ambiguous

import "sync"

type T struct {
	mu sync.Mutex
	a  int // guarded by mu after Start
	b  int // not guarded by mu
	c  int // protected by the caller's lock
	d  int // guarded by nothing.mu
	e  int // written under mu, read without
	f  int // guarded by mu for writes only
	// g int // guarded by mu
	g int
}

func (t *T) Set(n int) {
	t.mu.Lock()
	t.a, t.b, t.c, t.d, t.e, t.f, t.g = n, n, n, n, n, n, n
	t.mu.Unlock()
}

func (t *T) Sum() int { return t.a + t.b + t.c + t.d + t.e + t.f + t.g }

// mu must be held, or t must be new.
func (t *T) set(n int) { t.a = n }

// If t is shared, the caller must hold t.mu.
func (t *T) get() int { return t.a }

func (t *T) Both() { t.set(t.get()) }

// lend returns with t.mu held.
func (t *T) lend() *int {
	t.mu.Lock()
	return &t.a
}

func (t *T) Lend() *int { return t.lend() }

// Package strict has what may as well be the comment's fault.
package strict

import "sync"

// The lock is held nowhere.
type Stale struct {
	mu sync.Mutex
	n  int // guarded by mu
}

func (s *Stale) Set(n int) { s.n = n } // want `Set writes s.n without holding mu`

// It is held less often than not.
type Doubtful struct {
	mu sync.Mutex
	n  int // guarded by mu
}

func (s *Doubtful) Set(n int) {
	s.mu.Lock()
	s.n = n
	s.mu.Unlock()
}

func (s *Doubtful) Get() int  { return s.n } // want `Get reads s.n without holding mu`
func (s *Doubtful) Get2() int { return s.n } // want `Get2 reads s.n without holding mu`

// Only the name says it.
type Queue struct {
	mu sync.Mutex
	n  int
}

func (q *Queue) growLocked() { q.n++ }

func (q *Queue) Grow() { q.growLocked() } // want `Grow calls growLocked without holding q.mu`

// What is said of a group does not hold for each of it.
type Group struct {
	mu sync.Mutex // guards following
	a  int
	b  int
}

func (g *Group) Set(n int) {
	g.mu.Lock()
	g.a, g.b = n, n
	g.mu.Unlock()
}

func (g *Group) B() int { return g.b } // want `B reads g.b without holding mu`

func (g *Group) reset() { g.b = 0 }

// The goroutine that shares the object takes turns with this one.
type Turns struct {
	mu   sync.Mutex
	n    int // guarded by mu
	turn chan bool
}

func (t *Turns) Add() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
}

func (t *Turns) Next() {
	t.n++ // want `Next writes t.n without holding mu`
	t.turn <- true
}

// Registration comes before use.
type Registry struct {
	mu    sync.Mutex
	names map[string]int // guarded by mu
}

func (r *Registry) Register(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[name] = len(r.names)
}

func (r *Registry) Lookup(name string) int {
	return r.names[name] // want `Lookup reads r.names without holding mu`
}

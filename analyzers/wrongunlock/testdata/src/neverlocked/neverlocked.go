// Package neverlocked unlocks what nothing in the package locks, though
// nobody else can.
package neverlocked

import (
	"io"
	"sync"
)

type queue struct {
	mu    sync.Mutex
	items []int
}

func (q *queue) push(n int) {
	q.items = append(q.items, n)
	q.mu.Unlock() // want `push unlocks q.mu, which nothing ever locks`
}

// Of an exported field, others can lock it.
type Queue struct {
	Mu    sync.Mutex
	items []int
}

func (q *Queue) Push(n int) {
	q.items = append(q.items, n)
	q.Mu.Unlock()
}

// Locked in another function of the package.
type list struct {
	mu sync.Mutex
	n  int
}

func (l *list) begin() { l.mu.Lock() }
func (l *list) end()   { l.mu.Unlock() }

// Only ever locked for reading.
type registry struct {
	mu    sync.RWMutex
	names []string
}

func (r *registry) begin() []string {
	r.mu.RLock()
	return r.names
}

func (r *registry) end() { r.mu.Unlock() } // want `end calls Unlock of r.mu, which is only ever locked for reading: use RUnlock`

type index struct {
	mu sync.RWMutex
	m  map[string]int
}

func (x *index) begin() { x.mu.Lock() }
func (x *index) end()   { x.mu.RUnlock() } // want `end calls RUnlock of x.mu, which is only ever locked for writing: use Unlock`

func local(fs []func()) {
	var mu sync.Mutex
	for _, f := range fs {
		f()
		mu.Unlock() // want `local unlocks mu`
	}
}

// Locked through a pointer that goes elsewhere.
type shared struct{ mu sync.Mutex }

func (s *shared) begin(lock func(*sync.Mutex)) { lock(&s.mu) }
func (s *shared) end()                         { s.mu.Unlock() }

// Locked through an interface.
type embedded struct {
	sync.Mutex
	w io.Writer
}

func (e *embedded) Write(p []byte) (int, error) {
	with(e)
	defer e.Unlock()
	return e.w.Write(p)
}

func with(l sync.Locker) { l.Lock() }

// The mutex is another one's, which locks it.
type view struct{ mu *sync.Mutex }

func newView(l *list) *view { return &view{mu: &l.mu} }

func (v *view) done() { v.mu.Unlock() }

// As a method value.
type lazy struct {
	mu   sync.Mutex
	lock func()
}

func newLazy() *lazy {
	l := new(lazy)
	l.lock = l.mu.Lock
	return l
}

func (l *lazy) end() { l.mu.Unlock() }

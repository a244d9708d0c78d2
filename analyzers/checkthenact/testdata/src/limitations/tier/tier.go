// Package tier has wrong code that only the strict tier reports, or none, and
// right code that the default tier reports.
package tier

import (
	"sync"
	"sync/atomic"
)

// Only the package calls the function, from where no goroutine is seen to start.
type rates struct{ n atomic.Int64 }

func (r *rates) add(d int64) { r.n.Store(r.n.Load() + d) }

var all rates

func serve(handle func(func(int64))) { handle(all.add) }

// The comment speaks of goroutines, and even says that there are several.
type Meter struct{ n atomic.Int64 }

// Add may be called concurrently.
func (m *Meter) Add(d int64) { m.n.Store(m.n.Load() + d) }

type Session struct {
	name string
	size int
}

type Hub struct {
	mu sync.Mutex
	by map[string]*Session
}

// A called function puts the object where others find it.
func (h *Hub) put(key string, s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.by[key] = s
}

func (h *Hub) Enter(name string) {
	s := new(Session)
	h.put(name, s)
	s.name = name
}

func (h *Hub) Lookup(key string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.by[key].name
}

// This one is false: who calls Size has the key from Measure, which returns it when
// the object is finished.
func (h *Hub) Measure(key string, size func() int) string {
	s := new(Session)
	h.mu.Lock()
	h.by[key] = s
	h.mu.Unlock()
	s.size = size() // want `Measure writes the field size of the Session that it made visible at line 59`
	return key
}

func (h *Hub) Size(key string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.by[key].size
}

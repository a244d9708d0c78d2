// Package rivals has pairs of a read and a write between which another goroutine
// certainly can come.
package rivals

import (
	"net/http"
	"sync"
	"sync/atomic"
)

// Other packages call the method, as often as they like.
type Counter struct {
	mu  sync.Mutex
	n   int
	max int
}

func (c *Counter) Add(d int) {
	c.mu.Lock()
	n := c.n
	c.mu.Unlock()
	c.mu.Lock()
	c.n = n + d // want `Add writes to c.n what it computed from the value that it read at line 20, .* hold c.mu from the read to the write$`
	c.mu.Unlock()
}

func (c *Counter) Take(d int) bool {
	c.mu.Lock()
	short := c.n < d
	c.mu.Unlock()
	if short {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n -= d // want `Take compared c.n at line 29, released c.mu, locked it again at line 34 and changes c.n without comparing again: two goroutines can both pass`
	return true
}

func (c *Counter) Observe(v int) {
	c.mu.Lock()
	max := c.max
	c.mu.Unlock()
	if v > max {
		c.mu.Lock()
		c.max = v // want `Observe compared c.max at line 42, .* without comparing again: another goroutine may have written a better one`
		c.mu.Unlock()
	}
}

// One goroutine computes, and other packages call another method that writes.
type Gauge struct {
	mu sync.Mutex
	n  int
}

func (g *Gauge) Watch(ticks <-chan int) {
	go func() {
		for d := range ticks {
			g.mu.Lock()
			n := g.n
			g.mu.Unlock()
			g.mu.Lock()
			g.n = n + d // want `is lost; read g.n again, or hold g.mu from the read to the write; Zero changes it at the same time \(rivals.go:\d+\)`
			g.mu.Unlock()
		}
	}()
}

func (g *Gauge) Zero() {
	g.mu.Lock()
	g.n = 0
	g.mu.Unlock()
}

// Many goroutines run one function literal.
func Sum(list []int) int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	total := 0
	for _, x := range list {
		wg.Go(func() {
			mu.Lock()
			t := total
			mu.Unlock()
			mu.Lock()
			total = t + x // want `the function literal in Sum writes to total what it computed`
			mu.Unlock()
		})
	}
	wg.Wait()
	return total
}

// A server calls the method for each request.
type hub struct {
	mu    sync.RWMutex
	rooms map[string]chan string
}

func Serve(addr string) error {
	return http.ListenAndServe(addr, &hub{rooms: make(map[string]chan string)})
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.room(r.URL.Path) <- r.URL.RawQuery
}

func (h *hub) room(name string) chan string {
	h.mu.RLock()
	ch, ok := h.rooms[name]
	h.mu.RUnlock()
	if ok {
		return ch
	}
	ch = make(chan string, 1)
	h.mu.Lock()
	h.rooms[name] = ch // want `room found at line \d+ that h.rooms\[…\] has to be made, .* two goroutines can both make one`
	h.mu.Unlock()
	return ch
}

// Atomic operations.
type Stats struct {
	hits, max atomic.Int64
	next      uint32
	closed    atomic.Bool
	done      chan struct{}
}

func (s *Stats) Hit() { s.hits.Store(s.hits.Load() + 1) } // want `Hit stores in s.hits what it computed from the value loaded at line 131: .* use Add or CompareAndSwap$`

func (s *Stats) Next() uint32 {
	id := atomic.LoadUint32(&s.next) + 1
	atomic.StoreUint32(&s.next, id) // want `Next stores in s.next what it computed`
	return id
}

func (s *Stats) Observe(v int64) {
	if v > s.max.Load() {
		s.max.Store(v) // want `Observe compares s.max at line 140 and then stores the new value`
	}
}

func (s *Stats) Close() {
	if !s.closed.Load() {
		s.closed.Store(true) // want `Close tests s.closed at line 146 and then stores to it: two goroutines can both pass the test and close the channel`
		close(s.done)
	}
}

// Operations of a sync.Map.
type entry struct {
	mu sync.Mutex
	n  int
}

type Table struct{ m sync.Map }

func (t *Table) Entry(key string) *entry {
	if e, ok := t.m.Load(key); ok {
		return e.(*entry)
	}
	e := new(entry)
	t.m.Store(key, e) // want `Entry finds nothing in t.m at line 161 and then stores a new object`
	return e
}

func (t *Table) Count(key string) {
	n, _ := t.m.Load(key)
	old, _ := n.(int)
	t.m.Store(key, old+1) // want `Count stores in t.m what it computed from the value loaded at line 170`
}

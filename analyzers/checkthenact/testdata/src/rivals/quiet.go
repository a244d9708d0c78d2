package rivals

import (
	"sync"
	"sync/atomic"
)

// The goroutine that writes is started once for an object.
type Sampler struct {
	mu    sync.Mutex
	n     int
	ticks atomic.Int64
}

func NewSampler(in <-chan int) *Sampler {
	s := new(Sampler)
	go func() {
		for d := range in {
			s.mu.Lock()
			n := s.n
			s.mu.Unlock()
			s.mu.Lock()
			s.n = n + d
			s.mu.Unlock()
			s.ticks.Store(s.ticks.Load() + 1)
		}
	}()
	return s
}

func (s *Sampler) Value() (int, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n, s.ticks.Load()
}

// By its name the method is called once.
type Pump struct{ rounds atomic.Int64 }

func (p *Pump) Run(work func()) {
	for {
		work()
		p.rounds.Store(p.rounds.Load() + 1)
	}
}

func (p *Pump) Rounds() int64 { return p.rounds.Load() }

// Nobody ends an object twice at the same time without asking.
func (p *Pump) Stop() { p.rounds.Store(-p.rounds.Load()) }

// The object is new in each call.
func Fold(list []int) int64 {
	var s Stats
	for _, x := range list {
		s.hits.Store(s.hits.Load() + int64(x))
	}
	return s.hits.Load()
}

// Each goroutine has an object of its own.
func Each(names []string) {
	for range names {
		s := new(Stats)
		go count(s)
	}
}

func count(s *Stats) { s.hits.Store(s.hits.Load() + 1) }

// All callers hold a lock, of which the function does not know.
type Guarded struct {
	mu   sync.Mutex
	part counterPart
}

type counterPart struct{ n atomic.Int64 }

func (p *counterPart) add(d int64) { p.n.Store(p.n.Load() + d) }

func (g *Guarded) Add(d int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.part.add(d)
}

// The loaded value has another use: who writes knows that nobody else does.
type Ring struct {
	tail atomic.Uint64
	buf  [64]int
}

func (r *Ring) Push(x int) {
	tail := r.tail.Load()
	r.buf[tail%64] = x
	r.tail.Store(tail + 1)
}

func (r *Ring) Len() uint64 { return r.tail.Load() }

// The variable is the caller's.
func Increment(n *atomic.Int64) { n.Store(n.Load() + 1) }

// A comment says why.
type Owned struct{ n atomic.Int64 }

func (o *Owned) Next() {
	// Only the owning goroutine calls Next; others load.
	o.n.Store(o.n.Load() + 1)
}

// Another writer does no harm to a test, and the function itself runs once.
type Lazy struct {
	mu sync.Mutex
	ch chan int
}

func NewLazy() *Lazy {
	l := new(Lazy)
	go func() {
		l.mu.Lock()
		ch := l.ch
		l.mu.Unlock()
		if ch == nil {
			l.mu.Lock()
			l.ch = make(chan int)
			l.mu.Unlock()
		}
	}()
	return l
}

func (l *Lazy) Drop() {
	l.mu.Lock()
	l.ch = nil
	l.mu.Unlock()
}

// Only one goroutine at a time gets past the flag, or to store the entry.
type Claims struct {
	busy  atomic.Bool
	n     atomic.Int64
	first sync.Map
}

func (c *Claims) Try() {
	if !c.busy.CompareAndSwap(false, true) {
		return
	}
	c.n.Store(c.n.Load() + 1)
	c.busy.Store(false)
}

func (c *Claims) First(key string) {
	if _, loaded := c.first.LoadOrStore(key, true); !loaded {
		c.n.Store(c.n.Load() + 1)
	}
}

package noisy

import "sync"

// A critical section that uses one variable is there for it.
type Counter struct {
	mu sync.Mutex
	n  int
}

func (c *Counter) Inc() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

func (c *Counter) Value() int {
	return c.n // want `Value reads c.n without holding mu, which 1 of its 2 accesses hold; Inc may write it at the same time \(sections.go:13\)`
}

// An embedded lock, which readers take too.
type gauge struct {
	sync.RWMutex
	level float64
}

func (g *gauge) set(level float64) {
	g.Lock()
	defer g.Unlock()
	g.level = level
}

func (g *gauge) get() float64 {
	g.RLock()
	defer g.RUnlock()
	return g.level
}

func (g *gauge) drop() {
	g.level = 0 // want `drop writes g.level without holding RWMutex, which 2 of its 3 accesses hold; set may write it at the same time`
}

var pressure gauge

func Watch(levels []float64) float64 {
	go pressure.drop()
	for _, l := range levels {
		pressure.set(l)
	}
	return pressure.get()
}

// A package-level variable.
var (
	cacheMu sync.Mutex
	cache   = map[string]string{}
)

func Remember(k, v string) {
	cacheMu.Lock()
	defer cacheMu.Unlock()
	cache[k] = v
}

func Recall(k string) string {
	return cache[k] // want `Recall reads cache without holding cacheMu, which 1 of its 2 accesses hold; Remember may write it`
}

// A field of a field is reported once.
type Meter struct {
	mu    sync.Mutex
	total struct{ count, bytes int }
}

func (m *Meter) Add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.total.count++
	m.total.bytes += n
}

func (m *Meter) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.total.count, m.total.bytes = 0, 0
}

func (m *Meter) Mean() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.total.bytes / m.total.count
}

func (m *Meter) Empty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.total.bytes == 0
}

func (m *Meter) Bytes() int {
	return m.total.bytes // want `Bytes reads m.total.bytes without holding mu, which 4 of its 5 accesses hold`
}

// Behind the critical section that it belongs to.
type Point struct {
	mu   sync.Mutex
	x, y int
}

func (p *Point) Move(x, y int) {
	p.mu.Lock()
	p.x = x
	p.mu.Unlock()
	p.y = y // want `Move writes p.y without holding mu, which 1 of its 2 accesses hold; At may read it at the same time`
}

func (p *Point) At() (int, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.x, p.y
}

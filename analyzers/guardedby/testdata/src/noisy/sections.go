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

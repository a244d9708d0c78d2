// Package copies locks copies of locks.
package copies

import "sync"

type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c counter) inc(key string) {
	c.mu.Lock() // want `inc locks c.mu in a copy of its receiver`
	c.n[key]++
	c.mu.Unlock()
}

func (c *counter) incRight(key string) {
	c.mu.Lock()
	c.n[key]++
	c.mu.Unlock()
}

func inc(c counter, key string) {
	c.mu.Lock() // want `inc locks c.mu in a copy of its argument`
	defer c.mu.Unlock()
	c.n[key]++
}

func all(cs []counter, key string) {
	for _, c := range cs {
		c.mu.Lock() // want `all locks c.mu in a copy, since c was assigned by value`
		c.n[key]++
		c.mu.Unlock()
	}
}

func allRight(cs []counter, key string) {
	for i := range cs {
		c := &cs[i]
		c.mu.Lock()
		c.n[key]++
		c.mu.Unlock()
	}
}

func deref(p *counter) {
	c := *p
	c.mu.Lock() // want `deref locks c.mu in a copy, since c was assigned by value`
	c.n["x"]++
	c.mu.Unlock()
}

// New ones are no copies.
func fresh() map[string]int {
	c := counter{n: map[string]int{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	d := newCounter()
	d.mu.Lock()
	defer d.mu.Unlock()
	var e counter
	e = counter{}
	e.mu.Lock()
	defer e.mu.Unlock()
	return c.n
}

func newCounter() counter { return counter{n: map[string]int{}} }

// The copy of a pointer leads to the same lock.
type view struct{ mu *sync.Mutex }

func (v view) use() {
	v.mu.Lock()
	defer v.mu.Unlock()
}

type holder struct{ *counter }

func (h holder) use() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n["x"]++
}

// Package calls locks again in functions that it calls.
package calls

import (
	"sort"
	"sync"
)

type cache struct {
	mu     sync.Mutex
	prices map[string]int
	next   *cache
}

func (c *cache) price(item string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.prices[item]; !ok {
		c.store(item, 1) // want `price holds c.mu since line 16 and calls store, which locks it again at calls.go:25: it waits for itself for ever`
	}
	return c.prices[item]
}

func (c *cache) store(item string, price int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prices[item] = price
}

func (c *cache) deep() {
	c.mu.Lock()
	step(c) // want `deep holds c.mu since line 31 and calls step, which calls stepFurther, which calls store, which locks it again at calls.go:25`
	c.mu.Unlock()
}

func step(c *cache)        { stepFurther(c) }
func stepFurther(c *cache) { c.store("tea", 2) }

func (c *cache) deferredCall() {
	defer c.store("tea", 3) // want `deferredCall holds c.mu since line 41 and calls store`
	c.mu.Lock()
}

func (c *cache) deferredInOrder() {
	defer c.store("tea", 3) // runs behind the unlock
	c.mu.Lock()
	defer c.mu.Unlock()
}

func (c *cache) literal() {
	show := func() { c.store("tea", 4) }
	c.mu.Lock()
	defer c.mu.Unlock()
	show() // want `literal holds c.mu since line 52 and calls the function literal in literal, which calls store`
}

func (c *cache) spawned() {
	c.mu.Lock()
	defer c.mu.Unlock()
	go c.store("tea", 5) // another goroutine: it waits for this one
}

func (c *cache) called(items []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sort.Slice(items, func(i, j int) bool { // want `called holds c.mu since line 64 and calls the function literal in called, which calls price`
		return c.price(items[i]) < c.price(items[j])
	})
}

func (c *cache) other() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next.store("tea", 6) // the lock of another cache
}

func (c *cache) lock()   { c.mu.Lock() }
func (c *cache) unlock() { c.mu.Unlock() }

func (c *cache) helper() {
	c.lock()
	defer c.unlock()
	c.store("tea", 7) // want `helper holds c.mu since line 81 and calls store`
}

// Locks that are embedded, and a global one.
type set struct {
	sync.RWMutex
	m map[string]bool
}

func (s *set) Has(k string) bool {
	s.RLock()
	defer s.RUnlock()
	return s.m[k]
}

func (s *set) Add(k string) {
	s.Lock()
	defer s.Unlock()
	if !s.Has(k) { // want `Add holds s for writing since line 99 and calls Has, which locks it for reading at calls.go:93`
		s.m[k] = true
	}
}

var (
	mu    sync.Mutex
	total int
)

func Total() int {
	mu.Lock()
	defer mu.Unlock()
	return total
}

func Reset() int {
	mu.Lock()
	defer mu.Unlock()
	old := Total() // want `Reset holds mu since line 118 and calls Total, which locks it again at calls.go:112`
	total = 0
	return old
}

// One type of the package implements the interface.
type store interface{ save() }

type file struct{ mu sync.Mutex }

func (f *file) save() {
	f.mu.Lock()
	defer f.mu.Unlock()
}

func flush(f *file) {
	var s store = f
	f.mu.Lock()
	defer f.mu.Unlock()
	s.save() // want `flush holds f.mu since line 137 and calls save, which locks it again`
}

// Generic code.
type box[T any] struct {
	mu sync.Mutex
	v  T
}

func (b *box[T]) get() T {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.v
}

func (b *box[T]) swap(v T) T {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.get() // want `swap holds b.mu since line 155 and calls get`
	b.v = v
	return old
}

// A function that comes to itself with the lock held.
type tree struct {
	mu   sync.Mutex
	next *tree
	n    int
}

func (t *tree) walk() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n > 0 {
		t.n--
		t.walk() // want `walk holds t.mu since line \d+ and calls walk, which locks it again`
	}
}

func (t *tree) ping() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pong() // want `ping holds t.mu since line \d+ and calls pong, which calls ping, which locks it again`
}

func (t *tree) pong() {
	if t.n > 0 {
		t.ping()
	}
}

// The next one has a lock of its own, and this one has given its back.
func (t *tree) down() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next != nil {
		t.next.down()
	}
}

func (t *tree) retry(again bool) {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	if again {
		t.retry(false)
	}
}

type deep struct {
	mu sync.Mutex
	n  int
}

// However long the way, there are few conditions on it.
func (d *deep) begin() {
	d.mu.Lock()
	d.one() // want `begin holds d.mu since line \d+ and calls one, which calls two, which calls three, which calls four, which calls five, which locks it again`
	d.mu.Unlock()
}

func (d *deep) one() { d.two() }
func (d *deep) two() {
	if d.n > 0 {
		d.three()
	}
}
func (d *deep) three() { d.four() }
func (d *deep) four()  { d.five() }
func (d *deep) five() {
	d.mu.Lock()
	d.n++
	d.mu.Unlock()
}

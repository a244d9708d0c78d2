// Package strict has what the strict tier adds.
package strict

import (
	"maps"
	"sync"
)

// The lock is held more often than not.
type Cache struct {
	mu    sync.Mutex
	items map[string]int
	hits  int
}

func (c *Cache) Put(k string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items[k] = n
	c.hits++
}

func (c *Cache) Get(k string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hits++
	return c.items[k]
}

func (c *Cache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hits = 0
	c.items = nil
}

func (c *Cache) Hits() int { return c.hits } // want `Hits reads c.hits without holding mu, which 3 of its 5 accesses hold`

func (c *Cache) Quiet() bool { return c.hits == 0 } // want `Quiet reads c.hits without holding mu`

// The map leaves the lock behind.
func (c *Cache) Items() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.items // want `Items returns c.items itself, which mu guards: the caller uses it without the lock, while Put may change it`
}

func (c *Cache) Copy() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.items)
}

// The end of an object may come when nobody uses it any more.
func (c *Cache) Close() {
	c.items = nil // want `Close writes c.items without holding mu`
}

// A type with a mutex, which does not guard this field.
type Conn struct {
	mu    sync.Mutex
	out   []byte
	state int
}

func (c *Conn) Send(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = append(c.out, b...)
}

func (c *Conn) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = nil
}

func (c *Conn) Advance() {
	c.state++ // want `Advance writes c.state without a lock, and Set accesses it too \(strict.go:\d+\); Conn has the mutex mu, which does not guard it`
}

func (c *Conn) Set(state int) { c.state = state }

// A field that is not written once the object is shared needs no guard.
type Named struct {
	mu   sync.Mutex
	name string
	uses int
}

func NewNamed(name string) *Named {
	n := new(Named)
	n.name = name
	return n
}

func (n *Named) Name() string { return n.name }

func (n *Named) Use() {
	n.mu.Lock()
	n.uses++
	n.mu.Unlock()
}

// What is filled when it is first needed, and read without asking for that.
type Lazy struct {
	mu     sync.Mutex
	loaded bool
	words  []string
}

func (l *Lazy) load() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded {
		return
	}
	l.words = append(l.words, "a")
	l.words = append(l.words, "b")
	l.words = append(l.words, "c")
	l.loaded = true
}

func (l *Lazy) Words() []string {
	l.load()
	return l.words
}

func (l *Lazy) Count() int {
	l.load()
	return len(l.words)
}

func (l *Lazy) First() string { return l.words[0] } // want `First reads l.words without holding mu`

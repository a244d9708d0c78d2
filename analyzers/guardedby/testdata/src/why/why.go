// Package why has accesses without the lock. A comment "why" holds what is said
// about its line: how the other access comes at the same time.
package why

import "sync"

type Queue struct {
	mu    sync.Mutex
	items []int
}

// Other packages call both.
func (q *Queue) Len() int {
	return len(q.items) // want `Len reads q.items without holding mu, .*; Push may write it at the same time \(why.go:19\)$`
}

func (q *Queue) Push(n int) { // why: declared other-entered-here func=Push
	q.mu.Lock()                  // why: lock locked-here lock=mu
	q.items = append(q.items, n) // why: write written-here lock=mu
	q.mu.Unlock()
}

func (q *Queue) Pop() {
	q.mu.Lock()
	q.items = q.items[1:]
	q.mu.Unlock()
}

type Cache struct {
	mu   sync.Mutex
	hits int
}

func Open() *Cache {
	c := new(Cache)
	go c.refresh() // why: spawn other-started-here func=Open
	return c
}

// A goroutine comes to the other access, through a call.
func (c *Cache) Hits() int {
	return c.hits // want `Hits reads c.hits without holding mu, .*; count may write it at the same time \(why.go:51\), in a goroutine started at why.go:36$`
}

func (c *Cache) refresh() {
	c.count() // why: call other-called-here func=refresh
}

func (c *Cache) count() {
	c.mu.Lock() // why: lock locked-here lock=mu
	c.hits++    // why: write written-here lock=mu
	c.mu.Unlock()
}

func (c *Cache) Reset() {
	c.mu.Lock()
	c.hits = 0
	c.mu.Unlock()
}

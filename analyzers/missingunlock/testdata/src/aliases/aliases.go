// Package aliases has locks that go by several names.
package aliases

import "sync"

type node struct {
	mu   sync.Mutex
	next *node
	n    int
}

// Another instance: its unlock does not count.
func move(from, to *node, n int) bool {
	from.mu.Lock()
	to.mu.Lock()
	if from.n < n {
		to.mu.Unlock()
		return false // want `move returns with from.mu still locked`
	}
	from.n -= n
	to.n += n
	to.mu.Unlock()
	from.mu.Unlock()
	return true
}

// Which of two is locked is decided before.
func first(a, b *node, swap bool) {
	x, y := a, b
	if swap {
		x, y = b, a
	}
	x.mu.Lock()
	y.mu.Lock()
	a.n, b.n = b.n, a.n
	b.mu.Unlock()
	a.mu.Unlock()
}

func chosen(a, b *node, swap, ok bool) bool {
	x := a
	if swap {
		x = b
	}
	x.mu.Lock()
	if !ok {
		return false // want `chosen returns with x.mu still locked`
	}
	x.mu.Unlock()
	return true
}

// The lock of a sync.Cond has another name.
type queue struct {
	mu    sync.Mutex
	cond  *sync.Cond
	items []int
}

func newQueue() *queue {
	q := new(queue)
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *queue) pop() int {
	q.mu.Lock()
	for len(q.items) == 0 {
		q.cond.Wait()
	}
	x := q.items[0]
	q.items = q.items[1:]
	q.cond.L.Unlock()
	return x
}

func (q *queue) popWrong(block bool) (int, bool) {
	q.cond.L.Lock()
	for len(q.items) == 0 {
		if !block {
			return 0, false // want `popWrong returns with q.cond.L still locked`
		}
		q.cond.Wait()
	}
	x := q.items[0]
	q.items = q.items[1:]
	q.cond.L.Unlock()
	return x, true
}

// A pointer to the lock is kept in a variable that is captured.
func captured(n *node) {
	mu := &n.mu
	mu.Lock()
	defer func() { mu.Unlock() }()
	n.n++
}

// The variable is assigned between lock and unlock.
func advance(n *node) *node {
	n.mu.Lock()
	next := n.next
	n.mu.Unlock()
	return next
}

// An element of a collection.
type shards struct {
	of [8]struct {
		mu sync.Mutex
		m  map[string]int
	}
}

func (s *shards) get(i int, k string) int {
	s.of[i].mu.Lock()
	v, ok := s.of[i].m[k]
	if !ok {
		return 0 // want `get returns with s.of\[i\].mu still locked`
	}
	s.of[i].mu.Unlock()
	return v
}

func (s *shards) getAlias(i int, k string) int {
	sh := &s.of[i]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.m[k]
}

func (s *shards) byKey(locks map[string]*sync.Mutex, k string) int {
	locks[k].Lock()
	defer locks[k].Unlock()
	return len(locks)
}

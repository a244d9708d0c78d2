// Package conditions has callees that lock under a condition.
package conditions

import "sync"

type queue struct {
	mu     sync.Mutex
	closed bool
	items  []int
}

func (q *queue) size(lock bool) int {
	if lock {
		q.mu.Lock()
		defer q.mu.Unlock()
	}
	return len(q.items)
}

func (q *queue) push(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.size(false) < 10 { // does not lock
		q.items = append(q.items, v)
	}
}

func (q *queue) pushWrongly(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.size(true) < 10 { // want `pushWrongly holds q.mu since line \d+ and calls size`
		q.items = append(q.items, v)
	}
}

// outer passes the condition on.
func (q *queue) outer(lock bool) int { return q.size(lock) }

func (q *queue) pass() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.outer(false)
}

// A callee that unlocks what its caller locked, and locks it again.
func (q *queue) wait() {
	q.mu.Unlock()
	q.mu.Lock()
}

func (q *queue) drain() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) > 0 {
		q.wait()
	}
}

// hold returns with the lock held or not, and marks which.
type row struct {
	mu   sync.RWMutex
	held bool
}

func (r *row) scan(keep bool) {
	r.mu.RLock()
	if keep {
		r.held = true
		return
	}
	r.mu.RUnlock()
}

func (r *row) close() {
	if r.held {
		r.held = false
		r.mu.RUnlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
}

func use(r *row, keep bool) {
	r.scan(keep)
	r.close()
}

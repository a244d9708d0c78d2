// Package callers has locks that are held, or not, further up.
package callers

import (
	"sort"
	"sync"
	"time"
)

type Table struct {
	mu   sync.Mutex
	rows []int // guarded by mu
}

func (t *Table) Add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.insert(n)
}

func (t *Table) insert(n int) {
	t.rows = append(t.rows, n)
	t.sort()
}

func (t *Table) sort() {
	sort.Slice(t.rows, func(i, j int) bool { return t.rows[i] < t.rows[j] })
}

// By name and documentation.
func (t *Table) lenLocked() int { return len(t.rows) }

// size wants the lock of t.
func (t *Table) size() int { return len(t.rows) }

func (t *Table) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lenLocked() + t.size()
}

// One of two callers forgets it.
func (t *Table) first() int {
	return t.rows[0] // want `first reads t.rows without holding mu`
}

func (t *Table) First() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first()
}

func (t *Table) Head() int { return t.first() }

// Nobody in the package calls it, so nobody shows how.
func (t *Table) unused() int { return t.rows[0] }

// Called through an interface, or as a value.
type shape interface{ area() int }

func (t *Table) area() int { return len(t.rows) }

var _ shape = (*Table)(nil)

func (t *Table) each(f func(int)) {
	for _, r := range t.rows {
		f(r)
	}
}

var each = (*Table).each

// A function that locks for others.
func (t *Table) do(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
}

func (t *Table) Clear() {
	t.do(func() { t.rows = nil })
}

// Deferred, with the lock held until then or not.
func (t *Table) Reset2() {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer func() { t.rows = nil }()
	t.sort()
}

// A timer calls it later.
func (t *Table) Expire(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	time.AfterFunc(d, func() {
		t.rows = nil // want `the function literal in Expire writes t.rows without holding mu`
	})
}

// An interface method that is called with the lock held, in the package.
type Visitor interface{ Visit() }

type Node struct {
	t *Table
}

func (n *Node) Visit() { n.t.rows = nil }

func (t *Table) VisitAll(vs []Visitor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range vs {
		v.Visit()
	}
}

// A literal is called by the function that it is passed to.
func (t *Table) retry(f func() bool) {
	for range 3 {
		if f() {
			return
		}
	}
}

func (t *Table) Fill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.retry(func() bool {
		t.rows = nil
		return true
	})
}

func (t *Table) Empty() {
	t.retry(func() bool {
		t.rows = nil // want `the function literal in Empty writes t.rows without holding mu`
		return true
	})
}

func (t *Table) later(f func()) { pending = append(pending, f) }

var pending []func()

func (t *Table) Later() {
	t.later(func() { t.rows = nil })
}

// A timer that is stopped, or else waited for, is over.
type Deadline struct {
	mu     sync.Mutex // guards timer and cancel
	timer  *time.Timer
	cancel chan struct{}
}

func (d *Deadline) Set(after time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.cancel
	}
	d.cancel = make(chan struct{})
	d.timer = time.AfterFunc(after, func() { close(d.cancel) })
}

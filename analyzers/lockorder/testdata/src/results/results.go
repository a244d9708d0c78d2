// Package results takes locks of what a called function returned, locked or not. // want package:`useFound: e.mu before c.mu`
package results

import (
	"errors"
	"sync"
)

type cache struct {
	mu sync.Mutex
	m  map[string]*entry
	n  int
}

type entry struct {
	mu   sync.Mutex
	n    int
	wait bool
}

func (c *cache) each() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.m {
		e.mu.Lock() // want `each locks e.mu while it holds c.mu \(line 22\), and useFound locks c.mu while it holds e.mu`
		e.n++
		e.mu.Unlock()
	}
}

// What is found is locked.
func (c *cache) find(k string) *entry {
	c.mu.Lock()
	e := c.m[k]
	c.mu.Unlock()
	if e == nil {
		return nil
	}
	e.mu.Lock()
	return e
}

func (c *cache) useFound(k string) {
	e := c.find(k)
	if e == nil {
		return
	}
	defer e.mu.Unlock()
	c.mu.Lock()
	c.n += e.n
	c.mu.Unlock()
}

var errNone = errors.New("none")

// The same with locks of another type, each given back before the other is
// taken.
type table struct {
	mu   sync.Mutex
	rows map[string]*row
	n    int
}

type row struct {
	mu   sync.Mutex
	n    int
	done bool
	wake sync.Mutex
}

func (t *table) each() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		r.mu.Lock()
		r.n++
		r.mu.Unlock()
		r.wake.Lock()
		r.wake.Unlock()
	}
}

func (t *table) find(k string) *row {
	t.mu.Lock()
	r := t.rows[k]
	t.mu.Unlock()
	if r != nil {
		r.mu.Lock()
	}
	return r
}

func (t *table) count() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
}

func (t *table) nilOrLocked(k string) {
	r := t.find(k)
	if r == nil {
		t.count()
		return
	}
	r.n++
	r.mu.Unlock()
	t.count()
}

func (t *table) inLoop(keys []string) {
	for _, k := range keys {
		r := t.find(k)
		if r == nil {
			continue
		}
		r.mu.Unlock()
		t.count()
	}
}

func (t *table) open(k string) (*row, error) {
	r := t.find(k)
	if r == nil {
		return nil, errNone
	}
	if r.done {
		r.mu.Unlock()
		return nil, errNone
	}
	return r, nil
}

func (t *table) failedOrLocked(k string) error {
	r, err := t.open(k)
	if err != nil {
		t.count()
		return err
	}
	defer r.mu.Unlock()
	return nil
}

// A row that was there is locked, a new one is not, and callers know which.
func (t *table) get(k string) *row {
	t.mu.Lock()
	r := t.rows[k]
	if r == nil {
		r = &row{done: true}
		t.rows[k] = r
		t.mu.Unlock()
		return r
	}
	t.mu.Unlock()
	r.mu.Lock()
	return r
}

func (t *table) newOrLocked(k string) {
	r := t.get(k)
	if !r.done {
		r.mu.Unlock()
	}
	t.count()
}

// The lock is used to wait: it is locked twice, and another goroutine unlocks it
// in between. Only who waited returns with it.
func (t *table) await(k string, busy bool) (r *row) {
	r = &row{}
	t.mu.Lock()
	if !busy {
		t.rows[k] = r
		t.mu.Unlock()
		return
	}
	r.wake.Lock()
	t.mu.Unlock()
	go func() {
		t.mu.Lock()
		if r.done {
			r.wake.Unlock()
		}
		t.mu.Unlock()
	}()
	r.wake.Lock()
	if r.done {
		r = nil
	}
	return
}

func (t *table) awaited(k string) *row { return t.await(k, len(k) > 3) }

func (t *table) afterAwait(k string) {
	r := t.awaited(k)
	t.count()
	r.n++
}

// Package strict takes the second lock at the end of a way with many conditions. // want package:`^.*load: r\.mu before t\.mu}$`
package strict

import "sync"

type table struct {
	mu   sync.Mutex
	rows []*row
}

type row struct {
	mu     sync.Mutex
	of     *table
	ready  bool
	parent *row
	text   string
}

// Whoever has put a row into the table has loaded it.
func (t *table) find(r *row) *row {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, old := range t.rows {
		if old.same(r) { // want `find, which holds t.mu .*, calls same, which calls key, which calls up, which calls load, which locks r.mu`
			return old
		}
	}
	t.rows = append(t.rows, r)
	return r
}

func (r *row) same(other *row) bool {
	if r == other {
		return true
	}
	return r.key() == other.key()
}

func (r *row) key() string {
	if r.text != "" {
		return r.text
	}
	return r.up()
}

func (r *row) up() string {
	if r.parent == nil {
		return ""
	}
	return r.parent.load()
}

func (r *row) load() string {
	if r.ready {
		return r.text
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = r.of.find(r).text
	r.ready = true
	return r.text
}

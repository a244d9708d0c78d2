// Package noisy has accesses without the lock that guards the variable.
package noisy

import "sync"

// Nearly all accesses hold the lock.
type Table struct {
	mu   sync.Mutex
	rows map[string]int
	size int
}

func (t *Table) Put(k string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows[k] = n
	t.size++
}

func (t *Table) Get(k string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rows[k]
}

func (t *Table) Delete(k string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, k)
	t.size--
}

func (t *Table) Both() (int, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.rows), t.size
}

func (t *Table) Full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.size > 100
}

func (t *Table) Clear() {
	t.mu.Lock()
	t.rows = make(map[string]int)
	t.mu.Unlock()
	t.size = 0 // want `Clear writes t.size without holding mu, which 4 of its 5 accesses hold; Put may write it at the same time \(counts.go:17\)`
}

func (t *Table) Len() int {
	return len(t.rows) // want `Len reads t.rows without holding mu, which 5 of its 6 accesses hold; Put may write it at the same time \(counts.go:16\)`
}

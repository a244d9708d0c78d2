// Package limitations has wrong code that is not reported.
package limitations

import "sync"

type table struct{ rows []int }

// What a parameter leads to may be shared or not.
func (t *table) add(n int) {
	var mu sync.Mutex
	mu.Lock()
	t.rows = append(t.rows, n)
	mu.Unlock()
}

// The lock is a new one, behind a pointer.
var count int

func inc() {
	mu := new(sync.Mutex)
	mu.Lock()
	count++
	mu.Unlock()
}

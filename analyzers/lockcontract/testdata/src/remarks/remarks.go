// Package remarks has comments by which the author says that it is meant.
package remarks

import "sync"

type T struct {
	mu sync.Mutex
	n  int // guarded by mu
}

func (t *T) Set(n int) {
	t.mu.Lock()
	t.n = n
	t.mu.Unlock()
}

func (t *T) Hint() int {
	return t.n // racy, but good enough for a hint
}

func (t *T) Size() int {
	// No lock: a torn read does no harm here.
	return t.n
}

// Raw returns n. It must not be called concurrently with Set.
func (t *T) Raw() int { return t.n }

// Peek is for testing only.
func (t *T) Peek() int { return t.n }

func (t *T) Get() int {
	// The current value.
	return t.n // want `Get reads t.n without holding mu`
}

func (t *T) Close() int {
	t.mu.Lock()
	t.n++
	// From here on it is safe to unlock, since nobody uses t any more.
	t.mu.Unlock()
	n := t.n
	n++
	return n + t.n
}

func (t *T) Drain() int {
	for range 3 {
		t.Set(0)
	}
	t.n = 0 // want `Drain writes t.n without holding mu`
	// We are safe now.
	return 0
}

// Package limitations has what the check is known to miss.
package limitations

import "sync"

type T struct {
	Mu sync.Mutex
	n  int // guarded by Mu
}

func (t *T) Set(n int) {
	t.Mu.Lock()
	t.n = n
	t.Mu.Unlock()
}

// Other packages could lock Mu.
func (t *T) Get() int { return t.n }

// The lock of another object of the type.
type U struct {
	mu sync.Mutex
	n  int // guarded by mu
}

func (u *U) Inc() {
	u.mu.Lock()
	u.n++
	u.mu.Unlock()
}

func (u *U) Move(v *U) {
	u.mu.Lock()
	defer u.mu.Unlock()
	v.n, u.n = u.n, 0
}

// A local variable and its lock.
func Count(f func() bool) (n int) {
	var mu sync.Mutex // guards n
	for range 10 {
		go func() {
			if f() {
				n++
			}
		}()
	}
	mu.Lock()
	defer mu.Unlock()
	return n
}

// An annotation of the +checkatomic kind.
type V struct {
	// +checkatomic
	n int32
}

func (v *V) N() int32 { return v.n }

// Package objects takes locks of objects that are known.
package objects

import "sync"

type account struct {
	mu      sync.Mutex
	balance int
}

// Each goroutine has its own way round, with the same two accounts.
func crossed() {
	a, b := &account{}, &account{}
	var wg sync.WaitGroup
	wg.Go(func() {
		a.mu.Lock()
		b.mu.Lock() // want `the function literal in crossed locks b.mu while it holds a.mu \(line 16\), and the function literal in crossed locks the same two the other way round \(objects.go:23\)`
		b.mu.Unlock()
		a.mu.Unlock()
	})
	wg.Go(func() {
		b.mu.Lock()
		a.mu.Lock()
		a.mu.Unlock()
		b.mu.Unlock()
	})
	wg.Wait()
}

// One goroutine after the other.
func joined() {
	a, b := &account{}, &account{}
	var wg sync.WaitGroup
	wg.Go(func() {
		a.mu.Lock()
		b.mu.Lock()
		b.mu.Unlock()
		a.mu.Unlock()
	})
	wg.Wait()
	b.mu.Lock()
	a.mu.Lock()
	a.mu.Unlock()
	b.mu.Unlock()
}

// A ring of three is locked in one direction by two.
func chain() {
	a, b, c := &account{}, &account{}, &account{}
	var wg sync.WaitGroup
	wg.Go(func() {
		a.mu.Lock()
		b.mu.Lock()
		b.mu.Unlock()
		a.mu.Unlock()
	})
	wg.Go(func() {
		b.mu.Lock()
		c.mu.Lock()
		c.mu.Unlock()
		b.mu.Unlock()
	})
	wg.Wait()
}

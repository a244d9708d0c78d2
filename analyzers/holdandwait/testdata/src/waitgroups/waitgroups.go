// Package waitgroups waits for goroutines that need a lock of the one that
// waits.
package waitgroups

import "sync"

type results struct {
	mu  sync.Mutex
	all []int
}

func parentHoldsLock() {
	var r results
	var wg sync.WaitGroup
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r.mu.Lock()
			r.all = append(r.all, i)
			r.mu.Unlock()
		}()
	}
	wg.Wait() // want `parentHoldsLock waits for wg while holding r.mu, locked at waitgroups.go:15; the goroutine started at waitgroups.go:19 is one of those waited for, until waitgroups.go:20, but first needs r.mu at waitgroups.go:21`
}

func parentLocksLater() {
	var r results
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r.mu.Lock()
			r.all = append(r.all, i)
			r.mu.Unlock()
		}()
	}
	wg.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
}

func started() {
	var r results
	var wg sync.WaitGroup
	r.mu.Lock()
	defer r.mu.Unlock()
	wg.Go(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = nil
	})
	wg.Wait() // want `started waits for wg while holding r.mu`
}

// Done comes before the lock.
func doneFirst() {
	var r results
	var wg sync.WaitGroup
	wg.Add(1)
	r.mu.Lock()
	go func() {
		wg.Done()
		r.mu.Lock()
		r.all = nil
		r.mu.Unlock()
	}()
	wg.Wait()
	r.mu.Unlock()
}

// The goroutine with the lock is not among those waited for.
func others() {
	var r results
	var wg sync.WaitGroup
	go func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = nil
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	wg.Go(func() { println("work") })
	wg.Wait()
}

// Package noone waits for something that nobody does, with a lock held that
// others need.
package noone

import "sync"

type watcher struct {
	mu     sync.Mutex
	events chan int
	n      int
}

func noReceiver() {
	w := &watcher{events: make(chan int)}
	go func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events <- 1 // want `noReceiver sends on w.events while holding w.mu, locked at noone.go:16; no other goroutine receives from it, so w.mu stays locked and what needs it at noone.go:20 waits for ever`
	}()
	w.mu.Lock()
	w.n++
	w.mu.Unlock()
}

// Nobody else needs the lock: the goroutine leaks, which is another matter.
func noVictim() {
	w := &watcher{events: make(chan int)}
	go func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events <- 1
	}()
}

// Code that is not seen may receive.
func unseen(f func(chan int)) {
	w := &watcher{events: make(chan int)}
	f(w.events)
	go func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events <- 1
	}()
	w.mu.Lock()
	w.n++
	w.mu.Unlock()
}

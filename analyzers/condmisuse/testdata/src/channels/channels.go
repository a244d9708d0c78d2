// Package channels sets off what signals while the lock is held, so that the
// signal cannot come before the wait.
package channels

import "sync"

func goroutine() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	mu.Lock()
	go func() {
		mu.Lock()
		c.Signal()
		mu.Unlock()
	}()
	c.Wait()
	mu.Unlock()
}

func channel(n int) {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	ready := make(chan bool, n)
	for range n {
		go func() {
			mu.Lock()
			ready <- true
			c.Wait()
			mu.Unlock()
		}()
	}
	for range n {
		<-ready
	}
	mu.Lock()
	c.Broadcast()
	mu.Unlock()
}

// Before the lock is taken, it may be early.
func early() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	go func() {
		mu.Lock()
		c.Signal()
		mu.Unlock()
	}()
	mu.Lock()
	c.Wait() // want `early calls c.Wait without checking a condition`
	mu.Unlock()
}

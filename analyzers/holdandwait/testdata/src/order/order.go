// Package order has waits and locks that cannot meet.
package order

import "sync"

type state struct {
	mu   sync.Mutex
	c, d chan int
	n    int
}

func newState() *state { return &state{c: make(chan int), d: make(chan int)} }

// The other goroutine has released the lock when it is asked for.
func toldFirst() {
	s := newState()
	go func() {
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
		s.d <- 1
		s.c <- 1
	}()
	<-s.d
	s.mu.Lock()
	<-s.c
	s.mu.Unlock()
}

// The other goroutine asks for the lock only when it is told that it is free.
func toldLater() {
	s := newState()
	go func() {
		s.c <- 1
		<-s.d
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
	}()
	s.mu.Lock()
	<-s.c
	s.mu.Unlock()
	s.d <- 1
}

// The lock was needed by the one that waits, before it started the other.
func startedLater() {
	s := newState()
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	go func() {
		s.mu.Lock()
		<-s.c
		s.mu.Unlock()
	}()
	s.c <- 1
}

// Both need a third lock first, so that they do not meet.
func gate() {
	s := newState()
	var gate sync.Mutex
	go func() {
		gate.Lock()
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
		gate.Unlock()
		select {
		case s.c <- 1:
		default:
		}
	}()
	gate.Lock()
	s.mu.Lock()
	select {
	case <-s.c:
	default:
	}
	s.mu.Unlock()
	gate.Unlock()
}

// A goroutine that was waited for holds no lock.
func joined() {
	s := newState()
	var wg sync.WaitGroup
	wg.Go(func() {
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
	})
	wg.Wait()
	go func() { s.c <- 1 }()
	s.mu.Lock()
	<-s.c
	s.mu.Unlock()
}

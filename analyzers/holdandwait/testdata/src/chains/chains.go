// Package chains waits for someone who waits for someone who needs the lock.
package chains

import "sync"

type stage struct {
	mu   sync.Mutex
	a, b chan int
	n    int
}

func chain() {
	s := &stage{a: make(chan int), b: make(chan int)}
	go func() {
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
		s.a <- s.n
	}()
	go func() { s.b <- <-s.a }()
	s.mu.Lock()
	defer s.mu.Unlock()
	<-s.b // want `chain receives from s.b while holding s.mu.*; the goroutine started at chains.go:20 sends at chains.go:20, but first waits, at chains.go:20, for one that needs s.mu at chains.go:15`
}

// The first sends before it needs the lock.
func noChain() {
	s := &stage{a: make(chan int), b: make(chan int)}
	go func() {
		s.a <- 1
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
	}()
	go func() { s.b <- <-s.a }()
	s.mu.Lock()
	defer s.mu.Unlock()
	<-s.b
}

// The goroutine that sends is started by one that needs the lock.
func startedLate() {
	s := &stage{a: make(chan int), b: make(chan int)}
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		go func() { s.a <- 1 }()
	}()
	s.mu.Lock()
	<-s.a // want `startedLate receives from s.a while holding s.mu.*; the goroutine that sends at chains.go:47 is started at chains.go:47, by one that first needs s.mu at chains.go:45`
	s.mu.Unlock()
}

// Package handover has locks that others release.
package handover

import "sync"

// The goroutine that is waited for unlocks what its starter locked.
func unlockedByOther() {
	var mu sync.Mutex
	c := make(chan int)
	mu.Lock()
	go func() {
		mu.Unlock()
		mu.Lock()
		c <- 1
		mu.Unlock()
	}()
	<-c
}

// The unlock is given to a function that is not seen.
func unlockedByUnseen(run func(func())) {
	var mu sync.Mutex
	c := make(chan int)
	go func() {
		mu.Lock()
		mu.Unlock()
		c <- 1
	}()
	mu.Lock()
	run(mu.Unlock)
	<-c
}

// The helper is told that the lock is held.
type list struct {
	mu sync.Mutex
	c  chan int
	n  int
}

func (l *list) grow(locked bool) {
	if !locked {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	l.n++
}

func toldToLock() {
	l := &list{c: make(chan int)}
	go func() {
		l.grow(true)
		l.c <- l.n
	}()
	l.mu.Lock()
	<-l.c
	l.mu.Unlock()
}

// Package room sends on channels with room.
package room

import "sync"

type queue struct {
	mu sync.Mutex
	c  chan int
	n  int
}

func (q *queue) drain() {
	for n := range q.c {
		q.mu.Lock()
		q.n += n
		q.mu.Unlock()
	}
}

func roomForOne() {
	q := &queue{c: make(chan int, 1)}
	go q.drain()
	for i := range 10 {
		q.mu.Lock()
		q.c <- i // want `roomForOne sends on q.c while holding q.mu`
		q.mu.Unlock()
	}
}

func roomForAll() {
	q := &queue{c: make(chan int, 10)}
	go q.drain()
	for i := range 10 {
		q.mu.Lock()
		q.c <- i
		q.mu.Unlock()
	}
}

func roomForEveryGoroutine() {
	const n = 4
	q := &queue{c: make(chan int, n)}
	for i := 0; i < n; i++ {
		go func() {
			q.mu.Lock()
			q.c <- i
			q.mu.Unlock()
		}()
	}
	q.drain()
}

// The number is in a variable, which counts down later.
func roomInVariable() {
	n := 4
	q := &queue{c: make(chan int, n)}
	for i := 0; i < n; i++ {
		go func() {
			q.mu.Lock()
			q.c <- 1
			q.mu.Unlock()
		}()
	}
	for n > 0 {
		<-q.c
		q.mu.Lock()
		q.n++
		q.mu.Unlock()
		n--
	}
}

func roomIsNotKnown(n int) {
	q := &queue{c: make(chan int, n)}
	go q.drain()
	for i := range n {
		q.mu.Lock()
		q.c <- i
		q.mu.Unlock()
	}
}

// Each goroutine sends again only when it was answered.
func answered() {
	const n = 4
	q := &queue{c: make(chan int, n)}
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	stop := false
	for i := range n {
		go func() {
			mu.Lock()
			for !stop {
				q.c <- i
				cond.Wait()
			}
			mu.Unlock()
		}()
	}
	for range 3 {
		for range n {
			<-q.c
		}
		mu.Lock()
		cond.Broadcast()
		mu.Unlock()
	}
}

// A token that the goroutine itself has put into the channel is there.
func token() {
	q := &queue{c: make(chan int, 1)}
	for range 3 {
		go func() {
			q.c <- 1
			q.mu.Lock()
			q.n++
			<-q.c
			q.mu.Unlock()
		}()
	}
}

// Package stopcase has waits that someone without the lock can end.
package stopcase

import (
	"context"
	"sync"
	"time"
)

type worker struct {
	mu   sync.Mutex
	c    chan int
	stop chan struct{}
	n    int
}

func (w *worker) drain() {
	for n := range w.c {
		w.mu.Lock()
		w.n += n
		w.mu.Unlock()
	}
}

func stopped() {
	w := &worker{c: make(chan int), stop: make(chan struct{})}
	go w.drain()
	go func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		select {
		case w.c <- 1:
		case <-w.stop:
		}
	}()
	close(w.stop)
}

func timeout() {
	w := &worker{c: make(chan int), stop: make(chan struct{})}
	go w.drain()
	for i := range 3 {
		w.mu.Lock()
		select {
		case w.c <- i:
		case <-time.After(time.Second):
		}
		w.mu.Unlock()
	}
}

func cancelled(ctx context.Context) {
	w := &worker{c: make(chan int), stop: make(chan struct{})}
	go w.drain()
	for i := range 3 {
		w.mu.Lock()
		select {
		case w.c <- i:
		case <-ctx.Done():
		}
		w.mu.Unlock()
	}
}

// A second receiver does not need the lock.
func secondReceiver() {
	w := &worker{c: make(chan int), stop: make(chan struct{})}
	go w.drain()
	go func() {
		for n := range w.c {
			println(n)
		}
	}()
	for i := range 3 {
		w.mu.Lock()
		w.c <- i
		w.mu.Unlock()
	}
}

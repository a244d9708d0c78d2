// Package limitations has what the check is known to get wrong.
package limitations

import "sync"

// Missed: the channel is given to code that is not seen.
type Feed struct {
	mu  sync.Mutex
	out chan int
	n   int
}

func NewFeed(register func(<-chan int)) *Feed {
	f := &Feed{out: make(chan int)}
	register(f.out)
	go func() {
		for n := range f.out {
			f.mu.Lock()
			f.n += n
			f.mu.Unlock()
		}
	}()
	return f
}

func (f *Feed) Send(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.out <- n
}

// Missed: a writer that waits keeps the second reader out, so that it never
// sends.
func writerBetween() {
	var rw sync.RWMutex
	c := make(chan int)
	go func() {
		rw.Lock()
		rw.Unlock()
	}()
	go func() {
		rw.RLock()
		c <- 1
		rw.RUnlock()
	}()
	rw.RLock()
	<-c
	rw.RUnlock()
}

// Reported although it is right: a flag keeps the goroutine from the lock
// while the other waits with it.
func flag() {
	var mu sync.Mutex
	c := make(chan int)
	stopping := false
	go func() {
		if !stopping {
			mu.Lock()
			println("working")
			mu.Unlock()
		}
		c <- 1
	}()
	mu.Lock()
	stopping = true
	<-c // want `flag receives from c while holding mu`
	mu.Unlock()
}

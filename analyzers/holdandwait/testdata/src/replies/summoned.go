package replies

import (
	"sync"
	"time"
)

// The ticker answers with the lock held, but only who has asked it waits for an answer,
// and he is behind the place where he needs the lock, whoever else is before it.
type Ticker struct {
	mu      sync.Mutex
	running bool
	n       int
	stop    chan struct{}
	stopped chan struct{}
}

func NewTicker() *Ticker {
	return &Ticker{stop: make(chan struct{}, 1), stopped: make(chan struct{})}
}

func (t *Ticker) Start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running {
		return
	}
	t.running = true
	go t.run()
}

func (t *Ticker) run() {
	for {
		select {
		case <-t.stop:
			t.mu.Lock()
			t.running = false
			t.stopped <- struct{}{}
			t.mu.Unlock()
			return
		case <-time.After(time.Second):
			t.mu.Lock()
			t.n++
			t.mu.Unlock()
		}
	}
}

func (t *Ticker) Stop() {
	t.mu.Lock()
	if !t.running {
		t.mu.Unlock()
		return
	}
	t.stop <- struct{}{}
	t.mu.Unlock()
	<-t.stopped
}

// Here he who asks needs the lock again before he takes the answer.
type Counter struct {
	mu      sync.Mutex
	asked   int
	ask     chan struct{}
	answers chan int
}

func NewCounter() *Counter {
	return &Counter{ask: make(chan struct{}, 1), answers: make(chan int)}
}

func (c *Counter) Start() { go c.run() }

func (c *Counter) run() {
	for n := 0; ; n++ {
		<-c.ask
		c.mu.Lock()
		c.answers <- n // want `run sends on c.answers while holding c.mu.*; \(\*Counter\).Get receives at summoned.go:\d+, but first needs c.mu at summoned.go:\d+`
		c.mu.Unlock()
	}
}

func (c *Counter) Get() int {
	c.ask <- struct{}{}
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	return <-c.answers
}

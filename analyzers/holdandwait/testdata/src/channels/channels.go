// Package channels waits on channels with a lock held.
package channels

import "sync"

type counter struct {
	mu     sync.Mutex
	values chan int
	done   chan struct{}
	sum    int
}

func newCounter() *counter {
	return &counter{values: make(chan int), done: make(chan struct{})}
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum += n
}

func sendUnderLock() {
	c := newCounter()
	go func() {
		for n := range c.values {
			c.add(n)
		}
	}()
	for i := range 10 {
		c.mu.Lock()
		c.values <- i // want `sendUnderLock sends on c.values while holding c.mu, locked at channels.go:31; the goroutine started at channels.go:25 receives at channels.go:26, but first needs c.mu at channels.go:18`
		c.mu.Unlock()
	}
}

func sendBehindUnlock() {
	c := newCounter()
	go func() {
		for n := range c.values {
			c.add(n)
		}
	}()
	for i := range 10 {
		c.mu.Lock()
		c.mu.Unlock()
		c.values <- i
	}
}

// One send, and the receiver needs the lock only when it has received: by then
// the send is over.
func sendOnce() {
	c := newCounter()
	go func() {
		c.add(<-c.values)
	}()
	c.mu.Lock()
	c.values <- 1
	c.mu.Unlock()
}

func closedUnderLock() {
	c := newCounter()
	go func() {
		defer close(c.done)
		c.add(1)
	}()
	c.mu.Lock()
	defer c.mu.Unlock()
	<-c.done // want `closedUnderLock receives from c.done while holding c.mu.*; the goroutine started at channels.go:65 closes it at channels.go:66, but first needs c.mu at channels.go:18`
}

func closedBeforeTheLock() {
	c := newCounter()
	go func() {
		c.sum++
		close(c.done)
		c.add(1)
	}()
	c.mu.Lock()
	defer c.mu.Unlock()
	<-c.done
}

func receiveUnderLock() {
	c := newCounter()
	go func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		select {
		case c.values <- 1:
		default:
		}
	}()
	c.mu.Lock()
	<-c.values // want `receiveUnderLock receives from c.values while holding c.mu.* sends at channels.go:91`
	c.mu.Unlock()
}

// A select with default never waits.
func tries() {
	c := newCounter()
	go func() {
		for n := range c.values {
			c.add(n)
		}
	}()
	for i := range 10 {
		c.mu.Lock()
		select {
		case c.values <- i:
		default:
		}
		c.mu.Unlock()
	}
}

func selects() {
	c := newCounter()
	go func() {
		for {
			select {
			case n, ok := <-c.values:
				if !ok {
					return
				}
				c.add(n)
			}
		}
	}()
	for i := range 10 {
		c.mu.Lock()
		select { // want `selects waits for c.values and others in a select statement while holding c.mu`
		case c.values <- i:
		case c.values <- -i:
		}
		c.mu.Unlock()
	}
}

type table struct {
	rw     sync.RWMutex
	events chan int
	n      int
}

func writer() {
	t := &table{events: make(chan int)}
	go func() {
		for {
			t.rw.RLock()
			n := t.n
			t.rw.RUnlock()
			t.events <- n
		}
	}()
	t.rw.Lock()
	defer t.rw.Unlock()
	t.n = <-t.events // want `writer receives from t.events while holding t.rw.* first needs t.rw at channels.go:152`
}

// Readers do not keep each other out.
func readers() {
	t := &table{events: make(chan int)}
	go func() {
		for {
			t.rw.RLock()
			n := t.n
			t.rw.RUnlock()
			t.events <- n
		}
	}()
	t.rw.RLock()
	defer t.rw.RUnlock()
	println(<-t.events)
}

// The lock is taken by a helper, the wait is in another, and the receiver gets
// to the lock through an interface and a function value.
type handler interface{ handle(int) }

func (c *counter) handle(n int) { c.add(n) }

func (c *counter) lock()      { c.mu.Lock() }
func (c *counter) unlock()    { c.mu.Unlock() }
func (c *counter) send(n int) { c.values <- n } // want `\(\*counter\).send sends on c.values while holding c.mu, locked at channels.go:185`

func throughCalls() {
	c := newCounter()
	var h handler = c
	handle := h.handle
	go func() {
		for n := range c.values {
			handle(n)
		}
	}()
	for i := range 10 {
		c.lock()
		c.send(i)
		c.unlock()
	}
}

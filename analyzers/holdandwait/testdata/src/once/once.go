// Package once waits inside the function of a sync.Once, which is like a lock:
// other callers of Do wait for it to return.
package once

import "sync"

type config struct {
	once  sync.Once
	ready chan int
}

func (c *config) load() {
	c.once.Do(func() {
		<-c.ready // want `\(\*config\).load receives from c.ready while holding c.once, locked at once.go:13; the goroutine started at once.go:20 sends at once.go:22, but first needs c.once at once.go:13`
	})
}

func both() {
	c := &config{ready: make(chan int)}
	go func() {
		c.load()
		c.ready <- 1
	}()
	c.load()
}

type simple struct {
	once  sync.Once
	ready chan int
}

func (c *simple) load() { c.once.Do(func() { <-c.ready }) }

func sender() {
	c := &simple{ready: make(chan int)}
	go func() {
		c.ready <- 1
		c.load()
	}()
	c.load()
}

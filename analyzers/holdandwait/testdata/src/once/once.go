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

// Who waits in the function of the once has started the goroutine that receives: it
// does not matter that another call of Start cannot start one.
type Group struct {
	once  sync.Once
	mu    sync.Mutex
	queue []int
	ch    chan int
}

func NewGroup() *Group { return &Group{ch: make(chan int)} }

func (g *Group) Add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.queue = append(g.queue, n)
}

func (g *Group) Start() {
	g.once.Do(func() {
		go g.run()
		g.mu.Lock()
		for _, n := range g.queue {
			g.ch <- n
		}
		g.mu.Unlock()
	})
}

func (g *Group) Stop() {
	g.Start()
	close(g.ch)
}

func (g *Group) run() {
	for n := range g.ch {
		println(n)
	}
}

// Only some of the calls start it before they wait.
type Late struct {
	once  sync.Once
	mu    sync.Mutex
	eager bool
	ch    chan int
}

func NewLate() *Late { return &Late{ch: make(chan int)} }

func (l *Late) Hurry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.eager = true
}

func (l *Late) Start() {
	l.once.Do(func() {
		if l.eager {
			go l.run()
		}
		l.ch <- 1 // want `\(\*Late\).Start sends on l.ch while holding l.once, locked at once.go:\d+; the goroutine that receives at once.go:\d+ is started at once.go:\d+, by one that first needs l.once`
	})
}

func (l *Late) run() {
	for n := range l.ch {
		println(n)
	}
}

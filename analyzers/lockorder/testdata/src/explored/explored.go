// Package explored takes locks behind interfaces and functions in fields. // want package:`c\.mu before c; .*c before c\.mu`
package explored

import "sync"

type replacer interface{ replace() }

type cacher struct {
	sync.Mutex
	store replacer
}

type cache struct {
	mu      sync.Mutex
	onEvent func()
}

type nothing struct{}

func (nothing) replace() {}

func (c *cacher) start() {
	c.Lock()
	defer c.Unlock()
	c.store.replace() // want `start, which holds c \(line 23\), calls replace, which locks c.mu \(explored.go:34\), and event, which holds c.mu, calls process, which locks c \(explored.go:29\): each can wait for the other for ever`
}

func (c *cacher) process() {
	c.Lock()
	defer c.Unlock()
}

func (c *cache) replace() {
	c.mu.Lock()
	defer c.mu.Unlock()
}

func (c *cache) event() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onEvent()
}

func run() {
	w := &cache{}
	c := &cacher{store: w}
	w.onEvent = c.process
	go c.start()
	w.event()
}

var _ replacer = nothing{}

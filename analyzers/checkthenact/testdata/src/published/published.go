// Package published has objects that are stored in an atomic variable.
package published

import (
	"sync"
	"sync/atomic"
)

type config struct {
	mu   sync.Mutex
	name string
	opts map[string]int
}

type server struct {
	cfg atomic.Pointer[config]
	any atomic.Value
}

func (s *server) late() {
	c := &config{}
	s.cfg.Store(c)
	c.name = "late" // want `late writes to the config that it made visible to other goroutines at line 22, by storing it in s.cfg`
}

func (s *server) early() {
	c := &config{}
	c.name = "early"
	s.cfg.Store(c)
}

func (s *server) value() {
	m := make(map[string]int)
	s.any.Store(m)
	m["a"] = 1 // want `by storing it in s.any`
}

func (s *server) guarded() {
	c := &config{}
	s.cfg.Store(c)
	c.mu.Lock()
	c.name = "guarded"
	c.mu.Unlock()
}

func (s *server) loop() {
	for range 3 {
		c := &config{}
		c.name = "each"
		s.cfg.Store(c)
	}
}

// Package noisy mixes atomic operations with plain accesses.
package noisy

import "sync/atomic"

type Server struct {
	requests int64
	state    uint32
}

func (s *Server) Handle() {
	atomic.AddInt64(&s.requests, 1)
	if !atomic.CompareAndSwapUint32(&s.state, 0, 1) {
		return
	}
}

func (s *Server) Requests() int64 {
	return s.requests // want `Requests reads s.requests without an atomic operation, as 1 of its 2 accesses use; Handle may change it at the same time \(noisy.go:12\)`
}

func (s *Server) Busy() bool { return atomic.LoadUint32(&s.state) == 1 }

func (s *Server) Idle() {
	s.state = 0 // want `Idle writes s.state without an atomic operation, as 2 of its 3 accesses use; Handle may change it at the same time \(noisy.go:13\)`
}

// Only loads are atomic.
type Config struct{ level int32 }

func (c *Config) Level() int32 { return atomic.LoadInt32(&c.level) }

func (c *Config) Set(level int32) {
	c.level = level // want `Set writes c.level without an atomic operation, as 1 of its 2 accesses use; Level may load it at the same time`
}

// At package level, from a goroutine.
var hits int64

func Hit() { atomic.AddInt64(&hits, 1) }

func Watch(show func(int64)) {
	go func() {
		for {
			show(hits) // want `the function literal in Watch reads hits without an atomic operation`
		}
	}()
}

// One finding for a line.
type Pool struct{ gets, puts int64 }

func (p *Pool) Get() { atomic.AddInt64(&p.gets, 1) }

func (p *Pool) Put() { atomic.AddInt64(&p.puts, 1) }

func (p *Pool) Outside() int64 {
	return p.gets - p.puts // want `Outside reads p.gets without an atomic operation`
}

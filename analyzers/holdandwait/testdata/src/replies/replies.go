// Package replies has channels that are made per request and kept in a list
// until they are answered.
package replies

import (
	"errors"
	"sync"
)

var errClosed = errors.New("closed")

type Server struct {
	mu      sync.Mutex
	waiting []chan int
	n       int
}

func New() *Server {
	s := &Server{}
	go s.answer()
	return s
}

// Each channel is sent on once, so there is room.
func (s *Server) answer() {
	for {
		s.mu.Lock()
		for _, c := range s.waiting {
			c <- s.n
		}
		s.waiting = nil
		s.mu.Unlock()
	}
}

func (s *Server) Ask() int {
	for {
		s.mu.Lock()
		c := make(chan int, 1)
		s.waiting = append(s.waiting, c)
		s.mu.Unlock()
		if n := <-c; n > 0 {
			return n
		}
	}
}

// The channel is made, and handed over, by one that has had the lock: whoever finds
// it knows that the other is past it.
type Loader struct {
	mu      sync.Mutex
	waiters []chan error
	fetch   chan int
	n       int
}

func NewLoader() *Loader {
	l := &Loader{fetch: make(chan int, 1)}
	go l.run()
	return l
}

func (l *Loader) Load() error {
	l.mu.Lock()
	done := make(chan error)
	l.waiters = append(l.waiters, done)
	l.mu.Unlock()
	return <-done
}

func (l *Loader) run() {
	for range l.fetch {
		l.mu.Lock()
		for _, w := range l.waiters {
			w <- nil
		}
		l.waiters = nil
		l.mu.Unlock()
	}
}

// Needed once more before the answer is taken.
type Counted struct {
	mu      sync.Mutex
	waiters []chan error
	fetch   chan int
	n       int
}

func NewCounted() *Counted {
	c := &Counted{fetch: make(chan int, 1)}
	go c.run()
	return c
}

func (c *Counted) Load() error {
	c.mu.Lock()
	done := make(chan error)
	c.waiters = append(c.waiters, done)
	c.mu.Unlock()
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	return <-done
}

func (c *Counted) run() {
	for range c.fetch {
		c.mu.Lock()
		for _, w := range c.waiters {
			w <- nil // want `\(\*Counted\).run sends on w while holding c.mu`
		}
		c.waiters = nil
		c.mu.Unlock()
	}
}

// A channel with room for the one answer, which who asks may give itself.
type Link struct {
	mu     sync.Mutex
	closed chan struct{}
	send   chan *query
}

type query struct{ answer chan error }

func NewLink() *Link {
	l := &Link{closed: make(chan struct{}), send: make(chan *query)}
	go l.run()
	return l
}

func (l *Link) run() {
	for {
		go l.ping()
		for q := range l.send {
			l.deliver(q)
		}
	}
}

func (l *Link) deliver(q *query) {
	l.mu.Lock()
	select {
	case <-l.closed:
		q.answer <- errClosed
		l.mu.Unlock()
		return
	default:
	}
	l.mu.Unlock()
	q.answer <- nil
}

func (l *Link) ping() {
	for {
		q := &query{answer: make(chan error, 1)}
		l.deliver(q)
		select {
		case err := <-q.answer:
			if err != nil {
				return
			}
		case <-l.closed:
			return
		}
	}
}

func (l *Link) Close() { close(l.closed) }

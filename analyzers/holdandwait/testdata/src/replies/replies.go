// Package replies has channels that are made per request and kept in a list
// until they are answered.
package replies

import "sync"

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

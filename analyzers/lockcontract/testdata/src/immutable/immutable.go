// Package immutable has variables that are said to be guarded and are not
// written any more once they are shared.
package immutable

import "sync"

type Server struct {
	mu   sync.Mutex // guards following
	name string
	addr string
	n    int
}

func New(name string) *Server {
	s := &Server{name: name}
	s.addr = name + ":80"
	return s
}

func (s *Server) Name() string { return s.name }
func (s *Server) Addr() string { return s.addr }

func (s *Server) Inc() {
	s.mu.Lock()
	s.n++
	_ = s.name
	s.mu.Unlock()
}

func (s *Server) N() int { return s.n } // want `N reads s.n without holding mu`

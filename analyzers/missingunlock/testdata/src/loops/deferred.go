package loops

// A deferred unlock waits for the end of the function.
func (s *server) pingAll(times int) {
	for range times {
		s.mu.Lock() // want `s.mu is locked again by the next iteration, and blocks for ever: its deferred unlock runs when pingAll returns`
		defer s.mu.Unlock()
		s.n++
	}
}

func (s *server) pingEach(times int) {
	for range times {
		func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.n++
		}()
	}
}

func (s *server) pingSome(times int) {
	for i := range times {
		s.mu.Lock() // want `s.mu is locked again by the next iteration`
		defer func() { s.mu.Unlock() }()
		if i == s.n {
			return
		}
	}
}

// Each iteration has another lock, and they are held together.
func holdAll(servers []*server, f func()) {
	for _, s := range servers {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	f()
}

// The loop ends with the iteration that locks.
func (s *server) firstUp(servers []*server) *server {
	for _, other := range servers {
		if other.down {
			continue
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.n++
		return other
	}
	return nil
}

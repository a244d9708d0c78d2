// Package correlated has locks that are taken under a condition and released
// under the same.
package correlated

import "sync"

type store struct {
	mu     sync.Mutex
	shared bool
	level  int
	n      int
}

func parameter(s *store, lock bool) {
	if lock {
		s.mu.Lock()
	}
	s.n++
	if lock {
		s.mu.Unlock()
	}
}

func field(s *store) int {
	if s.shared {
		s.mu.Lock()
	}
	n := s.n
	if s.shared {
		s.mu.Unlock()
	}
	return n
}

func comparison(s *store, old *store) int {
	if s.level > 2 && old != nil {
		s.mu.Lock()
	}
	n := s.n
	if s.level > 2 && old != nil {
		s.mu.Unlock()
	}
	return n
}

func (s *store) isShared() bool { return s.shared && s.level > 0 }

func call(s *store) int {
	if s.isShared() {
		s.mu.Lock()
	}
	n := s.n
	if s.isShared() {
		s.mu.Unlock()
	}
	return n
}

func flag(s *store, keys []string) {
	locked := false
	for _, k := range keys {
		if k != "" && !locked {
			s.mu.Lock()
			locked = true
		}
		s.n++
	}
	if locked {
		s.mu.Unlock()
	}
}

func flagInDefer(s *store, ok bool) {
	locked := false
	defer func() {
		if locked {
			s.mu.Unlock()
		}
	}()
	if ok {
		s.mu.Lock()
		locked = true
	}
	s.n++
}

func deferUnderCondition(s *store, lock bool) int {
	if lock {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	return s.n
}

func errorInDefer(s *store, f func() error) (err error) {
	s.mu.Lock()
	defer func() {
		if err != nil {
			s.mu.Unlock()
		}
	}()
	if err = f(); err != nil {
		return err
	}
	s.mu.Unlock()
	return nil
}

func otherwise(s *store, n int) {
	if n%2 == 0 {
		s.mu.Lock()
	}
	s.n += n
	if n%2 != 0 {
		return
	}
	s.mu.Unlock()
}

func twoSwitches(s *store, mode int) {
	switch mode {
	case 1, 2:
		s.mu.Lock()
	case 3:
		s.n--
	}
	s.n++
	switch mode {
	case 1, 2:
		s.mu.Unlock()
	}
}

// Looking twice: the second look may differ from the first.
func twice(s *store) int {
	if s.n == 0 {
		s.mu.Lock()
		if s.n != 0 {
			return s.n // want `twice returns with s.mu still locked`
		}
		s.n = 1
		s.mu.Unlock()
	}
	return s.n
}

func pointer(s *store, mu *sync.Mutex) {
	if mu != nil {
		mu.Lock()
	}
	s.n++
	if mu != nil {
		mu.Unlock()
	}
}

func helper(s *store, lock bool) {
	if lock {
		s.mu.Lock()
	}
	s.finish(lock)
}

func (s *store) finish(locked bool) {
	s.n++
	if locked {
		s.mu.Unlock()
	}
}

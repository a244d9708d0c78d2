package correlated

type list struct{ next *list }

func (l *list) each(f func(*list) bool) {
	for ; l != nil && f(l); l = l.next {
	}
}

func (l *list) all(yield func(*list) bool) { l.each(yield) }

// The function that is passed on changes the condition.
func found(s *store, l *list) bool {
	s.mu.Lock()
	found := false
	l.each(func(x *list) bool {
		found = x.next == nil
		return !found
	})
	if found {
		return true // want `found returns with s.mu still locked`
	}
	s.mu.Unlock()
	return false
}

// So does the body of a range over a function.
func foundByRange(s *store, l *list) bool {
	s.mu.Lock()
	found := false
	for x := range l.all {
		found = found || x.next == nil
	}
	if found {
		return true // want `foundByRange returns with s.mu still locked`
	}
	s.mu.Unlock()
	return false
}

// And a function literal in another.
func counted(s *store, l *list) int {
	s.mu.Lock()
	n := 0
	count := func() { l.each(func(*list) bool { n++; return true }) }
	count()
	if n == 0 {
		s.mu.Unlock()
		return 0
	}
	return n // want `counted returns with s.mu still locked`
}

// A function literal that unlocks says so, and is asked.
func unlockedBy(s *store, l *list) {
	s.mu.Lock()
	locked := true
	l.each(func(x *list) bool {
		if locked && x.next != nil {
			s.mu.Unlock()
			locked = false
		}
		return true
	})
	if locked {
		s.mu.Unlock()
	}
}

func unlockedOnce(s *store) int {
	s.mu.Lock()
	locked := true
	unlock := func() {
		if locked {
			s.mu.Unlock()
			locked = false
		}
	}
	defer unlock()
	if s.n == 0 {
		unlock()
		return s.level
	}
	return s.n
}

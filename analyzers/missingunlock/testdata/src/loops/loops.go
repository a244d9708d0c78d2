// Package loops has locks that are held when an iteration ends.
package loops

import "sync"

type server struct {
	mu   sync.Mutex
	down bool
	n    int
}

func (s *server) ping() error { return nil }

func each(servers []*server) {
	for _, s := range servers {
		s.mu.Lock()
		if s.down {
			continue // want `the next iteration begins with s.mu still locked: it was locked at line 16`
		}
		s.n++
		s.mu.Unlock()
	}
}

func eachRight(servers []*server) {
	for _, s := range servers {
		s.mu.Lock()
		if s.down {
			s.mu.Unlock()
			continue
		}
		s.n++
		s.mu.Unlock()
	}
}

// A lock that is the same in each iteration is locked twice.
func (s *server) poll() {
	for {
		s.mu.Lock() // want `s.mu is locked again while poll still holds it`
		if s.n == 0 {
			continue
		}
		s.n--
		s.mu.Unlock()
	}
}

func (s *server) pollRight() {
	for {
		s.mu.Lock()
		if s.n == 0 {
			s.mu.Unlock()
			continue
		}
		s.n--
		s.mu.Unlock()
	}
}

// Leaving the loop with the lock held, and returning with it.
func (s *server) drain() {
	for {
		s.mu.Lock()
		if s.n == 0 {
			break
		}
		s.n--
		s.mu.Unlock()
	}
} // want `drain returns with s.mu still locked`

func (s *server) drainRight() {
	for {
		s.mu.Lock()
		if s.n == 0 {
			break
		}
		s.n--
		s.mu.Unlock()
	}
	s.mu.Unlock()
}

// Unlocked behind the loop only, as if there were one iteration.
func (s *server) retry() {
	for i := 0; i < 3; i++ {
		s.mu.Lock() // want `s.mu is locked again while retry still holds it`
		if err := s.ping(); err != nil {
			continue
		}
		if i == 0 {
			break
		}
	}
	s.mu.Unlock()
}

// The lock is held where the iteration begins, and given up within it.
func (s *server) gaps(work func()) {
	s.mu.Lock()
	for s.n > 0 {
		s.n--
		s.mu.Unlock()
		work()
		s.mu.Lock()
	}
	s.mu.Unlock()
}

// Locks all, then unlocks all.
func lockAll(servers []*server, f func()) {
	for _, s := range servers {
		s.mu.Lock()
	}
	f()
	for _, s := range servers {
		s.mu.Unlock()
	}
}

// Hand over hand along a list.
type node struct {
	mu   sync.Mutex
	next *node
	key  int
}

func find(head *node, key int) bool {
	prev := head
	prev.mu.Lock()
	for cur := prev.next; cur != nil; cur = cur.next {
		cur.mu.Lock()
		prev.mu.Unlock()
		if cur.key == key {
			cur.mu.Unlock()
			return true
		}
		prev = cur
	}
	prev.mu.Unlock()
	return false
}

// What is locked is kept for later.
func lockFree(servers []*server) (locked []*server) {
	for i := range servers {
		s := servers[i]
		s.mu.Lock()
		if !s.down {
			locked = append(locked, s)
			continue
		}
		s.mu.Unlock()
	}
	return locked
}

// Another lock in each iteration, from a call.
func take(next func() *server) {
	for {
		s := next()
		if s == nil {
			return
		}
		s.mu.Lock()
		if s.down {
			continue // want `the next iteration begins with s.mu still locked`
		}
		s.mu.Unlock()
	}
}

// The variable goes on to another object.
func walk(n *node) {
	func() {
		for n != nil {
			n.mu.Lock()
			old := n
			n = n.next
			old.mu.Unlock()
		}
	}()
}

// What an iteration leaves locked is still locked behind the loop: one mistake.
func (s *server) pollAll(all []int) {
	for _, n := range all {
		s.mu.Lock() // want `s.mu is locked again while pollAll still holds it`
		if n == 0 {
			continue
		}
		s.n--
		s.mu.Unlock()
	}
}

// To leave the loop with the lock is another.
func (s *server) pollUntil(all []int) {
	for _, n := range all {
		s.mu.Lock() // want `s.mu is locked again while pollUntil still holds it`
		if n == 0 {
			continue
		}
		if n == 1 {
			return // want `pollUntil returns with s.mu still locked`
		}
		s.n--
		s.mu.Unlock()
	}
}

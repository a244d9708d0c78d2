// Package wrongunlock reports unlocks of a lock that is not held: unlocked
// twice, unlocked in the wrong mode, never locked, or Lock written for Unlock.
//
// # Wrong
//
//	func (a *Account) Withdraw(n int) error {
//		a.mu.Lock()
//		defer a.mu.Unlock()
//		if a.balance < n {
//			a.mu.Unlock() // the deferred call unlocks once more
//			return ErrShort
//		}
//		a.balance -= n
//		return nil
//	}
//
//	func (c *Cache) Get(key string) string {
//		c.mu.RLock()
//		defer c.mu.Unlock() // it is held for reading
//		return c.values[key]
//	}
//
//	func (s *Server) Count() int {
//		s.mu.Lock()
//		defer s.mu.Lock() // a slip for Unlock
//		return s.count
//	}
//
// # Right
//
//	func (a *Account) Withdraw(n int) error {
//		a.mu.Lock()
//		defer a.mu.Unlock()
//		if a.balance < n {
//			return ErrShort
//		}
//		a.balance -= n
//		return nil
//	}
//
//	func (c *Cache) Get(key string) string {
//		c.mu.RLock()
//		defer c.mu.RUnlock()
//		return c.values[key]
//	}
//
//	func (s *Server) Count() int {
//		s.mu.Lock()
//		defer s.mu.Unlock()
//		return s.count
//	}
//
// # Why it breaks
//
// A mutex does not know who holds it. To unlock one that nobody holds is a fatal
// error, "sync: unlock of unlocked mutex", which ends the program and which
// recover cannot stop. It is worse if another goroutine has locked it
// in the meantime: then the second unlock takes the lock away from under that
// one, no error is seen, and two goroutines change the same data. So it is with a
// lock held for reading: Unlock finds no writer and ends the program, or lets in a
// second writer beside one that came later.
//
// # How to fix it
//
// Let each Lock have one Unlock on every path, best as "defer mu.Unlock()" right
// behind it, and take out the explicit ones. To do something slow without
// the lock, unlock before it and lock again behind it. For a mode that is wrong
// and for Lock in place of Unlock, the suggested fix changes the name of the
// method.
//
// # What counts
//
// A report needs certainty from the function itself: on some path it has
// released the lock, has not acquired it since, and releases it
// again, in a call, a deferred call or a function of the package that it calls.
// A lock that it has not touched may be its caller's, and functions that release
// their caller's lock, unlock for a while, or hand a lock to another goroutine
// are left alone. "Never locked" is said of locks that only the package can name
// and whose address goes nowhere else.
//
// # Limitations
//
// Whether callers hold a lock that a function releases is not asked, so that
// the release of another instance's lock than the one that was acquired is
// missed: it may go hand over hand. All elements of a slice or map are one
// lock, and nothing is said about them. A double unlock on the way to a panic is
// left to the strict tier.
package wrongunlock

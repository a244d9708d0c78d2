// Package missingunlock reports locks that stay locked on some path: an early
// return, an error branch, the next iteration of a loop, a panic.
//
// # Wrong
//
//	func (c *Cache) Load(key string) (Value, error) {
//		c.mu.Lock()
//		v, ok := c.values[key]
//		if !ok {
//			return Value{}, ErrNotFound // c.mu is still locked
//		}
//		c.mu.Unlock()
//		return v, nil
//	}
//
//	for _, s := range servers {
//		s.mu.Lock()
//		if s.down {
//			continue // s.mu is still locked
//		}
//		s.ping()
//		s.mu.Unlock()
//	}
//
// # Right
//
//	func (c *Cache) Load(key string) (Value, error) {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		v, ok := c.values[key]
//		if !ok {
//			return Value{}, ErrNotFound
//		}
//		return v, nil
//	}
//
//	for _, s := range servers {
//		s.pingIfUp() // locks, and unlocks in a defer statement
//	}
//
// # Why it breaks
//
// Nothing unlocks a mutex but a call of Unlock. Once Load has returned without
// it, the next goroutine that calls Lock waits for ever, and so does every one
// after it. The program does not crash; it stops answering, often long after
// the path was taken, and in the test that never takes the path it works.
//
// # How to fix it
//
// Write "defer mu.Unlock()" right behind "mu.Lock()": it runs on every way out
// of the function, a panic included. A deferred call runs at the end of the
// function, not of the block; to unlock earlier, or once per iteration, move
// the locked part into a function of its own. The suggested fix replaces the
// explicit unlocks by a defer statement where that changes nothing else.
//
// # What counts
//
// Locks are sync.Mutex, sync.RWMutex and sync.Locker, embedded and wrapped ones
// included; a method that is only called Lock is none. A report needs a path on
// which the lock is certainly held at the end, and evidence that the function
// was to release it: it does so on another path, or nothing in the package ever
// releases what it acquired.
//
// A function that returns with the lock held on purpose is left alone: one that
// always does and that others release the lock for, that callers release the
// lock for, that says so in its name (lockX, acquireX, XLocked), that returns
// or passes on a function that unlocks, or that gives a pointer to the lock to an
// object of a type which unlocks it. Callers may call it as the method of an
// interface or as a function value: then it counts that they unlock what such a
// call returns. A way on which it returns an error, or nothing, hands over no lock.
//
// A switch statement without default that has a case for every constant of a type is
// taken to have no way past its cases.
//
// A panic with a lock held is reported if the same function recovers
// panics; otherwise the program ends, and the report belongs to the strict
// tier. So do a local lock that is kept to the end of its function, and a call that
// may panic before a plain Unlock in a function that recovers.
//
// # Limitations
//
// Only what is in the package is seen: a lock that a function of another
// package acquires or releases is missed. A lock that is taken under a condition
// is judged only if an unlock is certain to follow it. Two conditions that always
// agree but do not look alike can give a false report. All elements of a slice
// or map are one lock to the check, so that a loop which unlocks fewer of them
// than another has locked is missed.
package missingunlock

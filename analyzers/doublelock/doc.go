// Package doublelock reports a lock that a goroutine takes while it holds it:
// directly, or in a function that it calls.
//
// # Wrong
//
//	func (c *Cache) Price(item string) int {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		if _, ok := c.prices[item]; !ok {
//			c.Store(item, load(item)) // Store locks c.mu too
//		}
//		return c.prices[item]
//	}
//
//	func (c *Cache) Store(item string, price int) {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		c.prices[item] = price
//	}
//
// # Right
//
//	func (c *Cache) Price(item string) int {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		if _, ok := c.prices[item]; !ok {
//			c.storeLocked(item, load(item))
//		}
//		return c.prices[item]
//	}
//
//	func (c *Cache) Store(item string, price int) {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		c.storeLocked(item, price)
//	}
//
//	// storeLocked must be called with c.mu held.
//	func (c *Cache) storeLocked(item string, price int) {
//		c.prices[item] = price
//	}
//
// # Why it breaks
//
// A mutex of Go does not know who holds it. The second Lock waits until the
// mutex is unlocked, and the only goroutine that could unlock it is the one that
// waits: for ever, and with it everybody who needs the mutex.
//
// An RWMutex makes no exception for its holder either. Who reads cannot begin to
// write: the writer waits for all readers, itself among them. Who writes cannot
// read. And who reads twice may block as well: a writer that arrives between
// the two waits for the first reader, and makes the second wait behind it.
//
// # How to fix it
//
// Divide what is exported, and locks, from what does the work, and is called
// with the lock held; by convention the name of the latter ends in Locked. Or
// unlock before the call, if what the lock protects may change in between. To
// write what was read, unlock and lock for writing, then look again whether it
// still holds what was read.
//
// # What counts
//
// The lock must be certainly the same: the same field of the same object, not
// that of another element of a slice or map, and no variable on the way to it may
// be assigned in between. It must certainly be held on some path to the second
// Lock, which may be in a called function, in one behind an interface that one
// type of the package implements, or in a function that is passed on and called
// back; the message names the calls. A callee that takes the lock only under a
// condition which the caller is known not to meet is left alone, and so is one
// that unlocks it first. TryLock does not wait, and is not reported.
//
// If more than three functions on the way to the second Lock go on to it only
// under a condition, the finding is one of the strict tier: nobody may ever meet
// them all with the lock held.
//
// A lock that is read twice is reported if something in the package writes.
//
// Where goroutines are started, the check also follows what the program makes
// and stores, so that it sees through interfaces, functions in fields, and the
// lock of a condition variable.
//
// # Limitations
//
// A callee that takes the lock only in a state of the object that the caller
// excludes for reasons which are not in the code is reported. Locks that a
// function returns with only sometimes, and locks that are unlocked by a function
// value which is stored somewhere, are not followed. Of a function of
// another package only that counts which it locks whatever the conditions, and
// only if that package is checked as well.
package doublelock

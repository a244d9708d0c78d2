// Package checkthenact reports decisions and computations that other goroutines
// can come between: what was read is out of date when it is acted upon.
//
// # Wrong
//
//	func (c *Counter) Add(d int) {
//		c.mu.Lock()
//		n := c.n
//		c.mu.Unlock()
//		c.mu.Lock()
//		c.n = n + d // what others added meanwhile is lost
//		c.mu.Unlock()
//	}
//
//	func (a *Account) Withdraw(amount int) bool {
//		a.mu.RLock()
//		short := a.balance < amount
//		a.mu.RUnlock()
//		if short {
//			return false
//		}
//		a.mu.Lock()
//		defer a.mu.Unlock()
//		a.balance -= amount // another withdrawal may have passed too
//		return true
//	}
//
//	func (s *Stats) Hit() { s.hits.Store(s.hits.Load() + 1) }
//
// # Right
//
//	func (c *Counter) Add(d int) {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		c.n += d
//	}
//
//	func (a *Account) Withdraw(amount int) bool {
//		a.mu.Lock()
//		defer a.mu.Unlock()
//		if a.balance < amount {
//			return false
//		}
//		a.balance -= amount
//		return true
//	}
//
//	func (s *Stats) Hit() { s.hits.Add(1) }
//
// # Why it breaks
//
// Each step by itself is guarded, so the race detector has nothing to say; but
// the steps belong together. Between the Unlock and the next Lock, or between Load
// and Store, another goroutine can run the same function from beginning to end.
// Both read 5, both write 6. Both see that the balance is enough, and both
// take from it. Both find no entry in the map, and both make one; the first is
// overwritten, with the goroutines that wait on it.
//
// # How to fix it
//
// Make one critical section of the two. Where the work between them is too
// slow for that, read again and compare under the lock before writing, and begin
// anew if it has changed. Of atomic variables use the operation that does both: Add,
// Swap, CompareAndSwap in a loop; of a sync.Map LoadOrStore, LoadAndDelete,
// CompareAndSwap. Check a lock-protected variable with the lock held at each
// check, or use sync.Once in place of double-checked locking.
//
// # What counts
//
// The two sections are of one function and one lock, which belongs to the
// variable; the value that is written, or a branch on the way to the write,
// must depend on the value that was read, by operators, conversions and builtin
// functions. A function that reads the variable again in the second section,
// decides anything there by what it reads or calls there, writes something in the
// first section (a claim, such as busy = true), or holds another lock all the time,
// is left alone.
//
// Reported in the default tier is what certainly is harmful: a written value that is
// computed from the one that was read; a limit or a maximum that is compared in one
// section and changed in the other; a channel, or an object with a lock in it, that
// two goroutines can both make; a channel closed by who passed the test of an atomic
// flag of the same object. Somebody must be able to come between: the object is
// shared, nobody holds a lock over both operations, and the function can run twice at
// the same time for one object, by calls of other packages or in goroutines that are
// started in a loop; or, where a change is lost, another function that writes the
// variable is reached from elsewhere. A function that runs once in the life of an
// object, by its name (Open, Run, Close), does not meet itself. An atomic variable
// whose loaded value is also used for something else is taken to have one writer.
//
// Also in the default tier is double-checked locking with a plain read outside of the
// lock; and an object that is written to without a lock when others have it: after it
// was published by an atomic store, or loaded from an atomic variable, or, if the
// package shows who reads the same field meanwhile, after it was stored under a lock or
// sent on a channel.
//
// # The strict tier
//
// It adds the same where nobody is known to come between, and other writes that
// depend on a test made before, which may be harmless, such as an entry of a cache
// that is computed twice.
//
// # Limitations
//
// What is read in one function and written in another is not seen, nor a lock that is
// released and taken again by called functions of other packages, by sync.Cond.Wait,
// or by a function whose callers hold it. Values that go through memory or calls are
// not followed. An atomic variable that has Add, Swap or CompareAndSwap besides Load
// and Store in the same function is left alone. Functions that only the package itself
// calls, from where no goroutine is seen to start, do not count as running twice, nor
// do those of which the comment speaks of goroutines or locks. An object that a called
// function publishes is not taken for published. A reader that could know by other
// means that an object is finished is taken for one that cannot, and can give a false
// report. In a very long function the nearest of what a write depends on is looked at:
// 64 reads of a variable that decide on the way, and 256 values that one is computed
// from.
package checkthenact

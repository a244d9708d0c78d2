// Package condmisuse reports condition variables (sync.Cond) that are waited
// for without a loop, without the lock, or with nobody to signal them.
//
// # Wrong
//
//	func (q *Queue) Get() int {
//		q.mu.Lock()
//		defer q.mu.Unlock()
//		if len(q.items) == 0 {
//			q.cond.Wait() // another goroutine may take the item first
//		}
//		n := q.items[0]
//		q.items = q.items[1:]
//		return n
//	}
//
//	func (b *Box) Get() int {
//		for !b.full {
//			b.cond.Wait() // b.mu is not locked
//		}
//		return b.value
//	}
//
// # Right
//
//	func (q *Queue) Get() int {
//		q.mu.Lock()
//		defer q.mu.Unlock()
//		for len(q.items) == 0 {
//			q.cond.Wait()
//		}
//		n := q.items[0]
//		q.items = q.items[1:]
//		return n
//	}
//
//	func (b *Box) Get() int {
//		b.mu.Lock()
//		defer b.mu.Unlock()
//		for !b.full {
//			b.cond.Wait()
//		}
//		return b.value
//	}
//
// # Why it breaks
//
// Wait unlocks the lock, sleeps until it is woken, and locks again. Between the
// signal and that lock, others run: a third goroutine can take the only item,
// and the one that was woken finds the queue empty. Broadcast wakes everybody for
// one item. So Wait says no more than "look again". And a signal is not kept: one
// that comes when nobody waits is gone, and who waits without looking first waits
// for ever.
//
// Wait unlocks whatever it was given as L. If the caller has not locked that, the
// program ends with "sync: unlock of unlocked mutex", or takes the lock away from
// somebody else.
//
// # How to fix it
//
// Keep to the form
//
//	c.L.Lock()
//	for !condition() {
//		c.Wait()
//	}
//	… make use of condition …
//	c.L.Unlock()
//
// and let whoever changes what condition looks at do so with the lock held, and
// then call Broadcast, or Signal if any one of those who wait will do. Often a
// channel is simpler: receive from it instead of waiting, and close it instead of
// Broadcast.
//
// # What counts
//
// Behind Wait, the function must look again at something that the branch to it
// looked at, before it unlocks or returns; a function that waits with its
// caller's lock may leave that to its callers. A wait without any check is
// right if the lock is held while that which signals is set off, for it
// cannot be early then.
//
// "Without its lock" is said if neither the function nor any caller of it can
// hold the lock that the condition variable was given, and "nothing ever
// signals" only of a condition variable that no other package can name and that
// goes nowhere else.
//
// In the strict tier are waits in a loop that checks nothing, and those in a function
// literal whose calls are not seen.
//
// # Limitations
//
// That a change is not followed by a signal, or made without the lock, is not
// seen, nor that Signal wakes one of several that wait for different things. Any
// branch that looks at the same variable counts as a check.
package condmisuse

// Package condmisuse reports condition variables (sync.Cond) that are waited
// for without a loop, without the lock, or with nobody to signal them, and
// signals that may come too early to be seen.
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
//	func (q *Queue) Close() {
//		q.closed.Store(true)
//		q.cond.Broadcast() // between somebody's look at closed and its sleep
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
//	func (q *Queue) Close() {
//		q.mu.Lock()
//		q.closed.Store(true)
//		q.mu.Unlock()
//		q.cond.Broadcast()
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
// Who waits holds the lock from its look at the condition until it sleeps. Who
// changes the condition with the lock held does so before that look or after that
// sleep began. Without the lock it can come in between, an atomic variable or
// not: then the look was too early to see the change, and the sleep begins too
// late for the signal. The same goes for a context: context.AfterFunc(ctx,
// c.Broadcast) signals when ctx is done, but maybe just behind a look at ctx.Err.
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
// then call Broadcast, or Signal if any one of those who wait will do; that call
// may come behind Unlock. Where the change cannot be made with the lock held, such as
// the end of a context, lock and unlock between the change and the signal. Often a
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
// A signal is lost if what the loop around Wait tests is changed with the lock
// certainly not held, and Signal or Broadcast of the same object's condition
// variable follows without anybody having acquired the lock in between. Tested is
// what the branches load that leave the loop, also in functions of the package that
// they call: variables, atomic ones too, maps, channels that they look into without
// waiting, and contexts. Left alone are objects that nobody else has yet, changes
// that leave who waits waiting, such as counting up what is waited for to become
// zero, and those that were decided on by a look with the lock held, which may have
// shown that all sleep.
//
// "A condition that nothing changes" is said if all of it is fields that only this
// package can name and local variables, and none is assigned to but in the making
// of an object.
//
// In the strict tier are waits in a loop that checks nothing, and those in a function
// literal whose calls are not seen; a lost signal that a timer or a ticker
// repeats; a call of Signal where some wait for one thing and some for another, so
// that it may wake the wrong one; and a signal before which nothing changes that
// anybody waits for.
//
// # Limitations
//
// That a change is not followed by a signal, or that it comes behind the signal,
// is not seen. Nor is a change by a method of another package, such as PushBack of
// container/list, of an element of a slice, or by what Load and the like cannot
// show, such as the time. Any branch that looks at the same variable counts as a
// check.
package condmisuse

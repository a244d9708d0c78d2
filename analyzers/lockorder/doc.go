// Package lockorder reports locks that are taken in different orders: one
// function takes the second while it holds the first, and another the first while
// it holds the second, or more locks in a circle.
//
// # Wrong
//
//	func (s *Store) Flush() {
//		s.mu.Lock()
//		defer s.mu.Unlock()
//		for _, q := range s.queues {
//			q.drain() // locks q.mu
//		}
//	}
//
//	func (q *Queue) Push(v Value) {
//		q.mu.Lock()
//		defer q.mu.Unlock()
//		q.values = append(q.values, v)
//		q.store.changed() // locks q.store.mu
//	}
//
//	func transfer(from, to *Account, amount int) {
//		from.mu.Lock()
//		defer from.mu.Unlock()
//		to.mu.Lock() // two transfers in opposite directions
//		defer to.mu.Unlock()
//		from.balance -= amount
//		to.balance += amount
//	}
//
// # Right
//
//	func (q *Queue) Push(v Value) {
//		q.mu.Lock()
//		q.values = append(q.values, v)
//		q.mu.Unlock()
//		q.store.changed()
//	}
//
//	func transfer(from, to *Account, amount int) {
//		first, second := from, to
//		if second.id < first.id {
//			first, second = second, first
//		}
//		first.mu.Lock()
//		defer first.mu.Unlock()
//		second.mu.Lock()
//		defer second.mu.Unlock()
//		from.balance -= amount
//		to.balance += amount
//	}
//
// # Why it breaks
//
// One goroutine has the first lock and waits for the second, another has the
// second and waits for the first. Neither can go on, and neither lets go: both
// wait for ever, and so does everybody who needs one of the two locks. It takes
// two goroutines at the right moment, so tests seldom show it.
//
// # How to fix it
//
// Choose one order for the locks, write it down next to them, and keep to it
// everywhere: the container before what it contains, the smaller number before
// the greater. Where that is not possible, unlock the first before the call that
// takes the second. One lock for both is often the simplest answer.
//
// # What counts
//
// Locks are compared by the field or variable that holds them, whichever object
// it belongs to; where the check can follow the objects of a program, by
// object. Two types that embed a third one with a lock have two locks, and so have
// two fields of one type. It follows calls of any depth, functions that are passed on and called
// back, and interfaces that one type of the package implements; where goroutines are
// started, also other interfaces and functions in fields. Both chains of calls
// are named.
//
// A circle can have any number of locks. One that has all the locks of a smaller
// circle is reported when that one is gone.
//
// No report is made if the locks of the circle are only held and taken for
// reading; if two who go round the circle hold another lock in common, which lets
// in one at a time; if one of the locks belongs to an object that the function has just
// made, or that a called function has made and given to nobody else, or to which the
// last reference was just given up, as an atomic counter in it says; if what one
// does has ended before the other begins; or if the second lock is only tried.
//
// If more than three functions on the way to a second lock go on to it only under a
// condition, the finding is one of the strict tier, and made within one package only:
// nobody may ever meet them all with the first lock held.
//
// Two objects of one type, such as two accounts, are usually locked in an
// order: the parent before the child. That is reported only if the same two are
// known to be locked both ways round: a function that is called with the two both
// ways round and does not compare them, or two goroutines that hold one each.
//
// # Limitations
//
// That one function has ended, or not begun, when the other runs is known only where
// the goroutine is started, and only of locks in objects that no other code can
// have. The check does not know that the state of an object keeps a path from being
// taken, or that an object is new which comes from a function that it does not know,
// such as one in a variable.
// Under go vet, only what is in one package is compared; lockstep check compares
// the packages that it is given.
package lockorder

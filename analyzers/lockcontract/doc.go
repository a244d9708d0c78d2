// Package lockcontract reports accesses and calls that break a lock contract
// which the program itself states, in a comment or in the name of a function.
//
// # Wrong
//
//	type Counter struct {
//		mu sync.Mutex
//		n  int // guarded by mu
//	}
//
//	func (c *Counter) Inc() {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		c.n++
//	}
//
//	func (c *Counter) Value() int {
//		return c.n // c.mu is not held
//	}
//
//	// drop forgets the oldest item. The caller must hold q.mu.
//	func (q *Queue) drop() { q.items = q.items[1:] }
//
//	func (q *Queue) Trim(n int) {
//		for range n {
//			q.drop() // q.mu is not held
//		}
//	}
//
// # Right
//
//	func (c *Counter) Value() int {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		return c.n
//	}
//
//	func (q *Queue) Trim(n int) {
//		q.mu.Lock()
//		defer q.mu.Unlock()
//		for range n {
//			q.drop()
//		}
//	}
//
// # Why it breaks
//
// A mutex protects nothing by itself: it only keeps out those who lock it too.
// One access that does not is enough for a data race, even if it only reads: it
// may see the variable in the middle of a change, a map that is being rebuilt or
// half of an interface value, or never see a change at all. Which lock belongs to
// which variable is an agreement between the people who write the program; the
// compiler does not know it, and where it was broken, the code looks like any
// other.
//
// # How to fix it
//
// Hold the lock for the whole time in which the variable must not change: lock
// before the first access, defer the unlock. If a function is called both with
// the lock and without, make two of it: one that locks and calls the other,
// whose name ends in Locked or whose comment says that the lock must be held.
// For writing, RLock is not enough. If it is the comment that is wrong, correct
// it; others rely on it.
//
// # What counts as a contract
//
// Nothing has to be written for this check; it reads what people write anyway:
//
//	n    int // guarded by mu                     protected by s.mu
//	mu   sync.Mutex // guards n, done             protects the fields below
//	mu   sync.Mutex // guards following           up to a blank line
//
//	// The caller must hold s.mu.                 s.mu must be held.
//	// It must be called with s.mu held.          Requires s.mu.
//	// s.mu must not be held.
//
//	func (s *Store) flushLocked()                 if Store has one mutex
//
// and the annotations +checklocks:mu, +checklocksread, +checklocksexclude,
// +checklocksacquire, +checklocksrelease, +checklocksignore and
// +checklocksforce. A sentence with a condition ("guarded by mu unless closed")
// is no contract, nor is a mutex that merely stands above other fields.
//
// # What counts as a violation
//
// A report needs a chain of calls on which the lock is certainly not held under
// any name: from a goroutine, or from a function that other packages call. A
// function that only its own package calls is judged by its callers. Exempt are
// objects that were just made and that no other goroutine has, variables that
// are never written once they are shared, accesses behind a wait for goroutines
// (WaitGroup, Once, a channel, a flag), methods whose names say that they prepare
// an object (Init, Reset, Open, Unmarshal), and tests. A comment at the access, or
// on the function, that speaks of locks or of concurrency, means that somebody
// has thought about it: nothing is reported there.
//
// If the package breaks a contract more often than it keeps it, the comment is
// probably out of date, and the reports belong to the strict tier; so do those
// about goroutines that take turns by a channel.
//
// # Limitations
//
// Contracts of other packages are not seen. A lock that other packages can
// name is taken to be held by them. Holding the lock of another object of the
// same type counts as holding the right one. Comments of local variables are not
// read, and +checkatomic is not checked. A few of the reasons why an access is
// exempt can be wrong: a wait may be for something else.
package lockcontract

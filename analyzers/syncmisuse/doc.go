// Package syncmisuse reports uses of package sync that cannot do what they are
// meant to do: a lock that each call or goroutine has for itself, an ignored
// TryLock, nil in place of a function.
//
// # Wrong
//
//	func (c Counter) Inc() { // c is a copy
//		c.mu.Lock()
//		c.values["n"]++
//		c.mu.Unlock()
//	}
//
//	for _, n := range numbers {
//		go func() {
//			var mu sync.Mutex // one for each goroutine
//			mu.Lock()
//			sum += n
//			mu.Unlock()
//		}()
//	}
//
//	mu.TryLock() // and if it is false?
//	queue = append(queue, job)
//	mu.Unlock()
//
//	once.Do(nil)
//
// # Right
//
//	func (c *Counter) Inc() {
//		c.mu.Lock()
//		c.values["n"]++
//		c.mu.Unlock()
//	}
//
//	var mu sync.Mutex // one for all that touch sum
//	for _, n := range numbers {
//		go func() {
//			mu.Lock()
//			sum += n
//			mu.Unlock()
//		}()
//	}
//
//	mu.Lock()
//	queue = append(queue, job)
//	mu.Unlock()
//
//	once.Do(setup)
//
// # Why it breaks
//
// A lock excludes those who lock the same lock. A copy of a mutex is another
// mutex, and so is one that is declared anew in each call or iteration: every
// goroutine locks its own, nobody ever waits, and they all write to the shared
// variable at the same time. TryLock does not wait; if another goroutine holds the
// lock it returns false at once, and the program goes on without the lock and
// then unlocks that of the other. A nil function panics when it is called.
//
// # How to fix it
//
// Declare the lock beside what it protects, with the same lifetime: a field
// beside the fields, a package-level variable beside the variable. Pass pointers to what
// holds a lock. Call Lock where the work has to be done, and TryLock only in
// the condition of an if.
//
// # What counts
//
// That a lock is copied is go vet's to report (copylocks), at the copy; this
// check reports that the copy is locked. A lock of its own for each call is
// reported if all its uses are seen, one goroutine makes them all, and a variable
// from outside is assigned to while it is held and no other lock is.
//
// In the strict tier are WaitGroup.Add of zero or of a negative number other than
// -1, and nil for a timer, which may be stopped before it calls it.
//
// # Limitations
//
// Whether a variable that a pointer leads to is shared is not known, so that a lock of
// its own beside the fields of a receiver is missed. So is a lock behind a pointer that
// each call makes anew.
package syncmisuse

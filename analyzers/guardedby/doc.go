// Package guardedby reports accesses of a variable without the lock that
// guards it, where nothing says so but the other accesses.
//
// # Wrong
//
//	type Counter struct {
//		mu sync.Mutex
//		n  int
//	}
//
//	func (c *Counter) Inc() {
//		c.mu.Lock()
//		c.n++
//		c.mu.Unlock()
//	}
//
//	func (c *Counter) Value() int {
//		return c.n // c.mu is not held
//	}
//
//	func (s *Stats) Summary() string {
//		s.mu.RLock()
//		n := s.errors
//		s.mu.RUnlock()
//		if s.errors > 0 { // too late
//			return fmt.Sprint(n, " errors, the last: ", s.last)
//		}
//		return "no errors"
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
//	func (s *Stats) Summary() string {
//		s.mu.RLock()
//		n, last := s.errors, s.last
//		s.mu.RUnlock()
//		if n > 0 {
//			return fmt.Sprint(n, " errors, the last: ", last)
//		}
//		return "no errors"
//	}
//
// # Why it breaks
//
// A mutex keeps out only those who lock it. One access that does not is a data
// race with all that do, even if it only reads: it may see the variable in the
// middle of a change, a map that is being rebuilt, half of an interface value, or
// never see a change at all. A map that is read while it is written stops the
// program.
//
// # How to fix it
//
// Lock before the first access and unlock behind the last one; copy what is
// needed later into local variables. If a function is called with the lock held
// and without, make two of it, of which one expects the lock and says so, in
// its name (sizeLocked) or in a comment. If the variable does not need the
// lock here, say why in a comment at the access: reports heed it. Write down
// which lock guards the variable ("guarded by mu"); the suggested fix does that,
// and the check lockcontract holds everybody to it from then on.
//
// # What counts
//
// The guard of a variable is the lock that most of its accesses hold: one of the
// same object, of an object that leads to it or to which it leads, or at package
// level. It is believed if three accesses or more hold it, at least one of which
// writes, and four times as many as do not; or if it is locked somewhere just to
// write this variable, and at least half of the accesses hold it. The strict tier
// asks for three accesses. An access right behind a critical section of the same
// function counts as forgotten there if it writes, or if the section uses the
// variable too.
//
// A report needs a way to the access on which the lock is certainly not held:
// from a goroutine, or from a function that other packages call. And it needs an
// access under the lock that can come at the same time: from another goroutine or
// function, not ordered by another lock that both hold or whose callers hold, and
// one of the two a write. Exempt are objects that were just made, variables
// that are never written once they are shared, accesses behind a wait for
// goroutines, methods whose names say that they prepare an object (Init, Reset,
// Open), tests, generated files, and what a comment speaks of.
//
// # The strict tier
//
// It adds guards that are held less often; accesses in functions that end the
// life of an object, such as Close; of variables that goroutines may use in turns; and
// of what is filled once, under the lock, when it is first needed.
//
// # Limitations
//
// Two locks that both guard a variable somewhere are not told from one that is
// forgotten. A lock that other packages can name is taken to be held by them. Elements
// of a slice and what a pointer leads to are guarded by what guards the slice
// and the object. An access that is right because of the state of the object is
// reported.
package guardedby

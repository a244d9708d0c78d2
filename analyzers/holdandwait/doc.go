// Package holdandwait reports goroutines that wait for others while they hold
// a lock that those others need first: each then waits for the other.
//
// # Wrong
//
//	func (s *Server) Stop() {
//		s.mu.Lock()
//		defer s.mu.Unlock()
//		close(s.jobs)
//		<-s.done // closed by run when it ends …
//	}
//
//	func (s *Server) run() {
//		defer close(s.done)
//		for j := range s.jobs {
//			s.mu.Lock() // … but run waits here until Stop unlocks
//			s.finished++
//			s.mu.Unlock()
//			j.do()
//		}
//	}
//
// # Right
//
//	func (s *Server) Stop() {
//		s.mu.Lock()
//		close(s.jobs)
//		s.mu.Unlock()
//		<-s.done
//	}
//
// # Why it breaks
//
// Stop takes s.mu and waits for run to end. If run has just received a job, it
// waits for s.mu, which Stop holds. Neither can go on. It takes this order of
// events: most often run is between two jobs when Stop is called, and all is
// well, so the program passes its tests and hangs in use. Other goroutines
// that need the lock hang with the two, the rest of the program goes on, and so
// the runtime's message "all goroutines are asleep" does not come.
//
// Four conditions make a deadlock; this is the one called "hold and wait". What
// is waited for need not be a channel: wg.Wait waits for goroutines, and
// cond.Wait for a signal. Cond.Wait unlocks the lock of the condition variable
// while it waits, and no other.
//
// # How to fix it
//
// Unlock before you wait: do under the lock what changes the shared state, copy
// what you need from it into local variables, unlock, then send, receive or
// wait. If the wait must come under the lock, those waited for must do without
// it: let them use another lock, or none. A case in a select statement that
// someone without the lock makes ready, such as <-ctx.Done(), ends the deadlock
// when it comes. More room in a channel only makes it rarer.
//
// # What counts
//
// A wait is a send, a receive, range over a channel, a select statement without
// default, Wait of a sync.WaitGroup, an errgroup.Group or a sync.Cond. A lock is
// one of package sync; a sync.Once counts as one that Do holds while its
// function runs. A report needs
//   - that the lock is certainly held at the wait,
//   - that everything that could end the wait is known, and that each goroutine
//     that could do it may stand at that time at a point where it needs the
//     same lock, or waits in turn for someone who does,
//   - that nothing makes sure that the two points are not reached together.
//
// If nothing in the program can end the wait, it is reported if someone else
// needs the lock.
//
// For a type that is used by other packages, the check assumes that they may
// call its exported methods at the same time, and for package-level variables that
// they may call the package's functions. It then needs every function of the
// package that uses the channel to be part of what it sees.
//
// A flag counts if it is set and looked at with a lock held: whoever has found with
// the lock held that a goroutine was started, by a flag that is only set where it
// is, does not wait for one that is not; and whoever holds a second lock since he
// found a flag not set has passed the first when the other has set it and waits.
// What a goroutine has seen without a lock may be out of date when it comes to its
// own.
//
// Cond.Wait gives back one lock, that of the condition variable. Whoever else holds
// a second one, for reading or writing, keeps out those who want it until the
// signal comes, and behind a writer that waits all readers too. It is reported if
// such a goroutine is seen, whoever signals.
//
// The strict tier adds locks held over whatever may take long, whoever ends it:
// time.Sleep, requests over the network, commands and databases (category
// slow), sends, receives and Wait (category blocked), and Cond.Wait with a
// second lock that nobody else is seen to want.
//
// # Limitations
//
// Of what variables hold no more is known than that: a state that hands the role of
// the one who starts goroutines from one function to another gives a false report. A
// channel that is given to another package, or whose room is not a constant, is left
// alone. So are loops over many locks, unless each belongs to the object with the
// channel. A writer of a sync.RWMutex that waits keeps later readers out; a deadlock
// of two readers and a writer is missed.
package holdandwait

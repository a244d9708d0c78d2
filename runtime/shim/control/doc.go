// Package control runs the program that it is linked into under a schedule: one
// goroutine at a time, in an order that a short string says.
//
// # The token
//
// Rewritten code calls this package instead of each operation that starts, ends,
// blocks or wakes goroutines, and before accesses to shared memory. Each such
// call first is a point: the goroutine that has the token, the right to run the
// user's code, asks the scheduler who goes on. The token is handed over by a
// channel of one goroutine's own, so all others are blocked by Go's own means and
// cost nothing.
//
// # The model decides, the native operation does
//
// Types stay Go's: a *sync.Mutex of the program is a *sync.Mutex. Whether an
// operation can complete is decided by looking (at the length of a channel, the
// state of a mutex, the counter of a WaitGroup) and by what this package knows of
// goroutines that wait in it. The native operation is then executed only when it
// is certain to complete at once. So what the program can see, and what the race
// detector takes as happens-before, is what the native operations do, exactly. For
// an unbuffered channel both sides are needed: the waiting side is woken to do its
// native operation, without the token, while this side does its own.
//
// Layouts that are looked at are checked when the program starts (selftest.go). If
// one is not as expected, the program runs perturbed instead, and its result
// says so.
//
// # The race detector
//
// Handing the token over synchronises, and would hide every race. All hand-overs
// therefore happen between runtime.RaceDisable and RaceEnable, and every function
// that touches the scheduler's state is marked go:norace. Such functions must not
// use what the runtime reports to the race detector by itself, whatever the pragma
// says: maps, append, copies of slices, string concatenation, closures. A test
// holds them to it.
//
// # Who is controlled
//
// A goroutine that the program started in code that was not rewritten (the
// standard library, a dependency) has no token and must not wait for one; its
// operations are executed natively. To tell goroutines apart costs a parse of a
// stack trace in Go; but there is one bit of each goroutine that can be set and
// read from outside of the runtime, that is not inherited by the goroutines it
// starts, and that means nothing to almost any program: debug.SetPanicOnFault. It is
// set in controlled goroutines. Which of them is asking is then known: only one runs.
//
// # Decisions and schedules
//
// A decision is a choice between at least two options: which goroutine goes on, or
// which ready case a select takes. Options come in an order that depends on the past
// of the run only: the current goroutine first, then the others by number, cyclically;
// a goroutine that yields, or has run long without a rest, comes last. Option 0 is the default.
// A strategy only says the number of an option, so every run, whoever chose, is
// described by the decisions at which it did not take option 0, and can be run again
// from these.
//
// # Time
//
// Time is virtual. It goes on when no goroutine can run, to when the next timer
// is due, and by a microsecond at each look at the clock.
package control

// Package detect reads what a run printed and returns the evidence in it:
// bytes in, values out, one file for each detector.
//
//   - [Races]: reports of the race detector.
//   - [Locks]: reports of go-deadlock: lock order, recursive locking, waiting
//     longer than its limit.
//   - [Crashes]: what the runtime prints when it ends a program: fatal errors,
//     panics, goroutine dumps asked for by a signal, a test's timeout.
//   - [Leaks]: the goroutineleak profile.
//
// [All] applies each of them to one output.
//
// # What the parsers rely on
//
// A program under test shares its output with the detectors. Its own lines
// come before, between and, since writes are not synchronised, in the middle
// of a report, and a run that is killed ends anywhere. The parsers therefore
// know the shape of every line that a detector prints, take what has that
// shape and skip what has not; the text of a piece of evidence, its Raw, is
// made of the lines that were taken. A report that ends early is kept if it
// names at least one place, and says that it is truncated. What is damaged
// beyond that is dropped; the reports before and after it are not.
//
// # What cannot be told apart
//
// A program that prints a report in the detector's own words, on purpose or
// because it relays the output of another Go program, cannot be told from one
// in which the detector printed it. Three things narrow this down: a panic or
// fatal error counts only with the goroutine dump that the runtime prints
// below it; a dump that begins in debug.Stack is the program's own, as when it
// logs a panic that it recovered; and a program that ended with status 0 has
// not crashed, which the caller may say by [Options.Survived]. Who must be
// sure, such as a grader, gives the detectors an output of their own: the race
// detector through GORACE=log_path, go-deadlock through its LogBuf, the profile
// through a file.
//
// Crash reports and profiles have no mark at their end. One that was cut off
// after a complete frame looks complete.
//
// # Limits of the detectors themselves
//
// The race detector does not name variables, and loses the frame that calls
// into sync/atomic: that access has no line in the user's code, only its
// callers. Its stack of a go statement lacks frames that were inlined, such
// as the caller of WaitGroup.Go.
//
// go-deadlock prints paths relative to the working directory or the home
// directory ([Options.Dir], [Options.Home]) and the line before the one at which
// the call returns. That is the line of the call if the next statement is on the
// next line, and wrong if a comment, a blank line or nothing at all lies
// between. With [Options.Source] the line of the lock call itself is put right;
// its callers stay as they are. A copy of go-deadlock that prints its frames as
// the runtime does,
//
//	example.com/app.(*T).Close(...)
//		/home/user/app/t.go:17
//
// is understood too and needs no correction.
package detect

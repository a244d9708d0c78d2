// Package sigchanyzer reports calls of signal.Notify with an unbuffered
// channel, on which signals can be lost.
//
// # Wrong
//
//	c := make(chan os.Signal)
//	signal.Notify(c, os.Interrupt)
//	serve()
//	<-c
//
// # Right
//
//	c := make(chan os.Signal, 1)
//	signal.Notify(c, os.Interrupt)
//	serve()
//	<-c
//
// # Why it breaks
//
// Package signal does not wait for the receiver: if nobody is receiving at the
// moment at which the signal arrives, and the channel has no room, the signal
// is dropped. The user presses Ctrl-C while serve still runs, and then waits
// for ever.
//
// # How to fix it
//
// Give the channel room for one signal; the suggested fix does. For a program
// that only has to stop, signal.NotifyContext does the whole of it.
//
// # What counts
//
// A channel that is made in the same function, or at package level in the same
// file, without a size.
//
// This is the check of the same name of go vet, with its sentences worded for
// this suite. Under "go vet -vettool" it is off unless named, since go vet
// itself has run it.
//
// # Limitations
//
// A channel that comes from elsewhere, such as a field or a parameter, is not
// judged.
package sigchanyzer

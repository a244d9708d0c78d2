// Package lostcancel reports contexts whose cancel function is thrown away, or
// not used on some path to a return.
//
// # Wrong
//
//	func search(ctx context.Context, query string) (Result, error) {
//		ctx, cancel := context.WithTimeout(ctx, time.Second)
//		if query == "" {
//			return Result{}, errEmpty // nothing cancels ctx
//		}
//		defer cancel()
//		return find(ctx, query)
//	}
//
// # Right
//
//	func search(ctx context.Context, query string) (Result, error) {
//		ctx, cancel := context.WithTimeout(ctx, time.Second)
//		defer cancel()
//		if query == "" {
//			return Result{}, errEmpty
//		}
//		return find(ctx, query)
//	}
//
// # Why it breaks
//
// A context that can be cancelled is known to its parent, and may have a timer
// or a goroutine of its own. Without a call of cancel all of them stay until
// the parent is cancelled, or the timer fires: a server whose parent context
// lives as long as the process loses some memory with every request, and
// goroutines that wait for ctx.Done() never end.
//
// # How to fix it
//
// Write "defer cancel()" right behind the call that made the context. Calling
// it twice, or after the timeout, is harmless. If the context is to outlive the
// function, return cancel, or keep it where the end of the work calls it.
//
// # What counts
//
// The results of context.WithCancel, WithTimeout, WithDeadline and their
// variants with a cause. Any use of the variable counts, be it a call, an
// argument or a function literal that mentions it. Functions that never return,
// such as os.Exit and log.Fatal, end a path; package main's main function is
// left alone.
//
// A fix writes "defer cancel()" where the function cancels on its way to the end and forgets it
// where it returns before with nothing but constants and errors, and where no goroutine, function
// literal or assignment has the context.
//
// This is the check of the same name of go vet, with its sentences worded for
// this suite. Under "go vet -vettool" it is off unless named, since go vet
// itself has run it.
//
// # Limitations
//
// That the variable is used does not say that cancel is called. A function of
// another package that never returns is known only if it is one of the standard
// library or of a common logging package.
package lostcancel

// Package testinggoroutine reports calls of Fatal, FailNow, Skip and their like
// in a goroutine that a test started.
//
// # Wrong
//
//	func TestServe(t *testing.T) {
//		go func() {
//			if err := serve(); err != nil {
//				t.Fatal(err)
//			}
//		}()
//		dial(t)
//	}
//
// # Right
//
//	func TestServe(t *testing.T) {
//		errs := make(chan error, 1)
//		go func() { errs <- serve() }()
//		dial(t)
//		if err := <-errs; err != nil {
//			t.Fatal(err)
//		}
//	}
//
// # Why it breaks
//
// Fatal ends the goroutine that calls it, by runtime.Goexit. Called elsewhere
// than in the test's own goroutine it does not end the test: dial waits for a
// server that is no more, until the test times out, and the message that says
// why comes with the timeout or not at all. If the test has returned by then,
// the call panics.
//
// # How to fix it
//
// Send the error to the test's goroutine and call Fatal there. If the test can
// go on, t.Error and return do in any goroutine, as long as the test waits for
// it.
//
// # What counts
//
// FailNow, Fatal, Fatalf, Skip, Skipf and SkipNow of testing.T, B and F, called
// in a function literal or a function of the same package that a go statement
// starts.
//
// This is the check of the same name of go vet, with its sentences worded for
// this suite. Under "go vet -vettool" it is off unless named, since go vet
// itself has run it.
//
// # Limitations
//
// A call by way of another function, such as a helper that takes t, is not
// seen, nor is a goroutine that is not started by a go statement, such as that
// of errgroup.
package testinggoroutine

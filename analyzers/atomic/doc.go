// Package atomic reports atomic additions whose result is assigned to the
// variable that was added to, which undoes their atomicity.
//
// # Wrong
//
//	var hits int64
//
//	func handle(w http.ResponseWriter, r *http.Request) {
//		hits = atomic.AddInt64(&hits, 1)
//	}
//
// # Right
//
//	var hits atomic.Int64
//
//	func handle(w http.ResponseWriter, r *http.Request) {
//		hits.Add(1)
//	}
//
// # Why it breaks
//
// The addition is atomic, the assignment behind it is an ordinary write. Two
// goroutines add one after the other and get 1 and 2; the one that got 2
// assigns first, the other overwrites it with 1, and a hit is lost. The
// ordinary write is also a data race with every other use of the variable.
//
// # How to fix it
//
// Call the function for its effect alone, or assign its result to a variable of
// your own. The types of package sync/atomic, such as atomic.Int64, have no way
// to write the variable other than atomically, so that the mistake cannot be
// made with them.
//
// # What counts
//
// A statement of the form x = atomic.AddT(&x, d) or *p = atomic.AddT(p, d),
// with an x or p that is written the same on both sides.
//
// This is the check of the same name of go vet, with its sentences worded for
// this suite. Under "go vet -vettool" it is off unless named, since go vet
// itself has run it.
//
// # Limitations
//
// The result that reaches the variable by way of another one is not seen.
// Mixing atomic and ordinary uses of a variable elsewhere is not this rule's
// business.
package atomic

// Package copylocks reports values that hold a lock and are copied: assigned,
// passed, returned or ranged over by value.
//
// # Wrong
//
//	type Account struct {
//		mu      sync.Mutex
//		balance int
//	}
//
//	func (a Account) Deposit(n int) { // a is a copy, and so is a.mu
//		a.mu.Lock()
//		defer a.mu.Unlock()
//		a.balance += n
//	}
//
//	for _, a := range accounts { // each a is a copy
//		a.mu.Lock()
//		total += a.balance
//		a.mu.Unlock()
//	}
//
// # Right
//
//	func (a *Account) Deposit(n int) {
//		a.mu.Lock()
//		defer a.mu.Unlock()
//		a.balance += n
//	}
//
//	for i := range accounts {
//		a := &accounts[i]
//		a.mu.Lock()
//		total += a.balance
//		a.mu.Unlock()
//	}
//
// # Why it breaks
//
// A lock excludes those who lock the same lock. The copy is another one: who
// locks it keeps nobody out of the original, and both goroutines are inside at
// once. A copy that is made while the lock is held is born locked, and nobody
// will unlock it. A copied WaitGroup counts by itself, a copied Once runs its
// function again, and a Cond that was used panics when it finds that it was
// copied.
//
// # How to fix it
//
// Pass a pointer: give methods pointer receivers, range over indices, hold
// *Account in slices and maps. If a copy of the data is what is wanted, copy
// the other fields by hand while the lock is held, and leave the lock out.
//
// # What counts
//
// Types that have Lock and Unlock on their pointer, and the types of packages
// sync and sync/atomic that must not be copied, alone or within structs and
// arrays. A composite literal or the result of a call is a new value, not a
// copy.
//
// This is the check of the same name of go vet, with its sentences worded for
// this suite. Under "go vet -vettool" it is off unless named, since go vet
// itself has run it.
//
// # Limitations
//
// A copy by way of an interface or reflection is not seen. A copy that is made
// before the value is first used is harmless and reported all the same.
package copylocks

// Package strict has what the strict tier adds.
package strict

import "sync"

type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) mustSpend(n int) {
	a.mu.Lock()
	if n > a.balance {
		panic("overdraft") // want `mustSpend panics with a.mu still locked`
	}
	a.balance -= n
	a.mu.Unlock()
}

// A local lock that is kept to the end.
func test(f func(func())) int {
	var mu sync.Mutex
	n := 0
	f(func() {
		mu.Lock()
		n++
		mu.Unlock()
	})
	mu.Lock() // want `test locks mu and nothing unlocks it again`
	return n
}

func embedded(f func(func())) int {
	var log struct {
		sync.Mutex
		n int
	}
	f(func() {
		log.Lock()
		log.n++
		log.Unlock()
	})
	log.Lock() // want `embedded locks log and nothing unlocks it again`
	return log.n
}

// A function that goes on after a panic.
func (a *account) guarded(f func(int) int) {
	defer func() { _ = recover() }()
	a.mu.Lock()
	a.balance = f(a.balance) // want `if this panics, a.mu stays locked: guarded locked it at line \d+ and recovers from panics, but does not unlock it in a defer statement`
	a.mu.Unlock()
}

func (a *account) guardedRightly(f func(int) int) {
	defer func() { _ = recover() }()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance = f(a.balance)
}

func (a *account) nothingToPanic(f func(int) int) {
	defer func() { _ = recover() }()
	n := f(0)
	a.mu.Lock()
	a.balance = n
	a.mu.Unlock()
	f(n)
}

func (a *account) run(f func()) { f() }

// The name is that of the deferred call, not of the one that the literal is given to.
func deferredInside(other *account) {
	var mu sync.Mutex
	other.run(func() {
		mu.Lock()       // want `the function literal in deferredInside locks mu and nothing unlocks it again`
		defer mu.Lock() // want `the function literal in deferredInside locks mu and nothing unlocks it again`
		other.balance++
	})
}

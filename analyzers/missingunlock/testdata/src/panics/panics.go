// Package panics has locks that are held when the function panics.
package panics

import "sync"

type account struct {
	mu      sync.Mutex
	balance int
}

// The panic is recovered, so the program goes on with the lock held.
func (a *account) spend(n int) (err any) {
	defer func() { err = recover() }()
	a.mu.Lock()
	if n > a.balance {
		panic("overdraft") // want `spend panics with a.mu still locked`
	}
	a.balance -= n
	a.mu.Unlock()
	return nil
}

func (a *account) spendRight(n int) (err any) {
	defer func() { err = recover() }()
	a.mu.Lock()
	defer a.mu.Unlock()
	if n > a.balance {
		panic("overdraft")
	}
	a.balance -= n
	return nil
}

// Nobody is seen to recover: the program ends.
func (a *account) mustSpend(n int) {
	a.mu.Lock()
	if n > a.balance {
		panic("overdraft")
	}
	a.balance -= n
	a.mu.Unlock()
}

// The deferred function unlocks if there was a panic, and only then.
func (a *account) guarded(f func(int) int) {
	a.mu.Lock()
	defer func() {
		if r := recover(); r != nil {
			a.mu.Unlock()
			panic(r)
		}
	}()
	a.balance = f(a.balance)
	if a.balance < 0 {
		panic("negative")
	}
	a.mu.Unlock()
}

func (a *account) guardedWrong(f func(int) int) {
	a.mu.Lock()
	defer func() {
		if r := recover(); r != nil {
			a.mu.Unlock()
			panic(r)
		}
	}()
	a.balance = f(a.balance)
	if a.balance < 0 {
		return // want `guardedWrong returns with a.mu still locked`
	}
	a.mu.Unlock()
}

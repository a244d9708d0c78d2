// Package annotations has contracts of the +checklocks family.
package annotations

import "sync"

type Account struct {
	mu sync.RWMutex
	// +checklocks:mu
	balance int
	// +checklocks:mu
	// +checkatomic
	version int32
}

func (a *Account) Deposit(n int) {
	a.mu.Lock()
	a.balance += n
	a.version++
	a.mu.Unlock()
}

func (a *Account) Balance() int {
	return a.balance // want `Balance reads a.balance without holding mu, though annotations.go:8 says "\+checklocks:mu"`
}

// +checklocks:a.mu
func (a *Account) add(n int) { a.balance += n }

// +checklocksread:a.mu
func (a *Account) get() int { return a.balance }

func (a *Account) Add(n int) {
	a.mu.Lock()
	a.add(n)
	a.mu.Unlock()
}

func (a *Account) AddQuickly(n int) {
	a.add(n) // want `AddQuickly calls add without holding a.mu`
}

func (a *Account) Get() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.get()
}

// +checklocksacquire:a.mu
func (a *Account) begin() { a.mu.Lock() }

// +checklocksrelease:a.mu
func (a *Account) end() { a.mu.Unlock() }

func (a *Account) Twice() {
	a.begin()
	a.balance *= 2
	a.end()
}

// +checklocksacquire:a.mu
func (a *Account) forgets() { // want `forgets never returns with a.mu locked, though annotations.go:60 says "\+checklocksacquire:a.mu"`
	a.mu.Lock()
	a.mu.Unlock()
}

// +checklocksrelease:a.mu
func (a *Account) keeps() { // want `keeps never unlocks a.mu for its caller`
	a.balance++
}

// +checklocksignore
func (a *Account) Debug() int { return a.balance }

func (a *Account) Forced() int {
	return a.balance // +checklocksforce: the account is closed.
}

// +checklocksexclude:a.mu
func (a *Account) audit() {
	a.mu.Lock()
	defer a.mu.Unlock()
}

func (a *Account) Audit() {
	a.mu.Lock()
	a.audit() // want `Audit calls audit while it holds a.mu`
	a.mu.Unlock()
}

// Package strictpanics has what the strict tier adds.
package strictpanics

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

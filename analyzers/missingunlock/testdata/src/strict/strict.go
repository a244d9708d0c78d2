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

// Two standing orders move money between two accounts, in opposite directions.
package main

import (
	"fmt"
	"sync"
)

const transfers = 2_000

type account struct {
	id      int // unique; locks of several accounts are taken in its order
	mu      sync.Mutex
	balance int
}

func transfer(from, to *account, amount int) {
	first, second := from, to
	if to.id < from.id {
		first, second = to, from
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock()
	defer second.mu.Unlock()
	from.balance -= amount
	to.balance += amount
}

func main() {
	alice := &account{id: 1, balance: 1000}
	bob := &account{id: 2, balance: 1000}

	var wg sync.WaitGroup
	wg.Go(func() {
		for range transfers {
			transfer(alice, bob, 1)
		}
	})
	wg.Go(func() {
		for range transfers {
			transfer(bob, alice, 1)
		}
	})
	wg.Wait()
	fmt.Printf("alice %d, bob %d\n", alice.balance, bob.balance)
}

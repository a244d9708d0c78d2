// Two standing orders move money between two accounts, in opposite directions.
package main

import (
	"fmt"
	"sync"
)

const transfers = 2_000

type account struct {
	mu      sync.Mutex
	balance int
}

func transfer(from, to *account, amount int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	from.balance -= amount
	to.balance += amount
}

func main() {
	alice := &account{balance: 1000}
	bob := &account{balance: 1000}

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

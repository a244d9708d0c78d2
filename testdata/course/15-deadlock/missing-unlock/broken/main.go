// Three customers draw money from one account at the same time.
package main

import (
	"errors"
	"fmt"
	"sync"
)

var errTooLittle = errors.New("too little money")

type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) withdraw(amount int) error {
	a.mu.Lock()
	if amount > a.balance {
		return errTooLittle
	}
	a.balance -= amount
	a.mu.Unlock()
	return nil
}

func (a *account) total() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balance
}

func main() {
	acct := &account{balance: 100}
	var wg sync.WaitGroup
	for _, amount := range []int{30, 500, 20} {
		wg.Go(func() {
			if err := acct.withdraw(amount); err != nil {
				fmt.Printf("%d refused: %v\n", amount, err)
				return
			}
			fmt.Printf("%d paid out\n", amount)
		})
	}
	wg.Wait()
	fmt.Printf("%d left\n", acct.total())
}

// Package main has a program all of whose functions only main reaches.
package main

import (
	"fmt"
	"sync"
)

type account struct {
	mu      sync.Mutex
	balance int // guarded by mu
}

func (a *account) deposit(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += n
}

func (a *account) get() int {
	return a.balance // want `get reads a.balance without holding mu`
}

func (a *account) before() int { return a.balance }

func (a *account) after() int { return a.balance }

func main() {
	a := &account{}
	fmt.Println(a.before())
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		a.deposit(1)
	}()
	fmt.Println(a.get())
	wg.Wait()
	fmt.Println(a.after())
}

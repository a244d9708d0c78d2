// A method takes a lock that its caller holds.
package main

import "sync"

type 账户 struct {
	mu sync.Mutex
	余额 int
}

func (a *账户) add(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.余额 += n
}

func (a *账户) double() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(a.余额)
}

func main() {
	小明 := &账户{余额: 3}
	小明.add(2)
	小明.double()
}

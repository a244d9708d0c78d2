package p

import (
	"strings"
	"sync"
	"sync/atomic"
)

type account struct {
	mu      sync.Mutex
	balance int
	name    string // never written but where it is made
	n       atomic.Int64
	sub     struct{ x int }
	buf     strings.Builder
	next    *account
	list    []int
}

type store struct {
	mu struct {
		sync.Mutex
		replicas []int
		fixed    int
	}
	inner struct{ n int }
}

func (s *store) set() int {
	s.mu.Lock()
	s.mu.replicas = nil // write: s.mu.replicas
	s.mu.Unlock()
	return s.mu.fixed
}

func newAccount(n int) *account {
	a := &account{name: "x"}
	a.balance = n
	return a
}

func (a *account) deposit(n int) {
	a.balance += n // read: a.balance; write: a.balance
	a.n.Add(1)
	a.sub.x = 1           // write: a.sub.x
	a.buf.WriteString("") // update: a.buf
	println(a.name)
	a.next = nil               // write: a.next
	a.next.balance++           // read: a.next.balance; write: a.next.balance
	a.list = append(a.list, n) // update: a.list
	a.list[0] = 1              // write: a.list[0]
	for i := range a.list {    // read: a.list
		println(a.list[i]) // read: a.list[i]
	}
	p := &a.balance
	*p = 3      // write: *p
	println(*p) // read: *p
}

func move(a, b *account, n int) bool {
	if a.balance < n { // read: a.balance
		return false
	}
	a.balance, b.balance = a.balance-n, b.balance+n // update: a.balance
	return true
}

func own() int {
	list := make([]int, 10)
	for i := range list {
		list[i] = i
	}
	list = append(list, 1)
	seen := map[int]bool{}
	seen[list[0]] = true
	delete(seen, 0)
	grid := [3][3]int{}
	grid[0][1] = 2
	given := make([]int, 3)
	give(given)
	given[0] = 1 // write: given[0]
	return list[3]
}

func give(list []int) {
	copy(list, list) // update: list
	println(len(list))
}

func strs(s []string, t string) {
	println(s[0], t[0]) // (strings are never written in this package)
}

// Package instances locks two objects of one type.
package instances

import "sync"

type account struct {
	mu      sync.Mutex
	id      int
	balance int
}

func transfer(from, to *account, amount int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock() // want `transfer locks to.mu while it holds from.mu \(line 13\), and is called with the same two both ways round: two goroutines can each hold one`
	defer to.mu.Unlock()
	from.balance -= amount
	to.balance += amount
}

func settle(alice, bob *account) {
	go transfer(alice, bob, 1)
	go transfer(bob, alice, 2)
}

// The smaller number first.
func ordered(from, to *account, amount int) {
	if from.id < to.id {
		from.mu.Lock()
		defer from.mu.Unlock()
		to.mu.Lock()
		defer to.mu.Unlock()
	} else {
		to.mu.Lock()
		defer to.mu.Unlock()
		from.mu.Lock()
		defer from.mu.Unlock()
	}
	from.balance -= amount
	to.balance += amount
}

func settleInOrder(alice, bob *account) {
	go ordered(alice, bob, 1)
	go ordered(bob, alice, 2)
}

func swapped(from, to *account, amount int) {
	first, second := from, to
	if second.id < first.id {
		first, second = second, first
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock()
	defer second.mu.Unlock()
	from.balance -= amount
	to.balance += amount
}

func settleSwapped(alice, bob *account) {
	go swapped(alice, bob, 1)
	go swapped(bob, alice, 2)
}

// The parent before the child.
type node struct {
	mu       sync.Mutex
	parent   *node
	children []*node
}

func (n *node) attach(child *node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	child.mu.Lock()
	defer child.mu.Unlock()
	child.parent = n
	n.children = append(n.children, child)
}

func build(a, b, c *node) {
	a.attach(b)
	b.attach(c)
	a.attach(c)
}

type purse struct {
	mu    sync.Mutex
	coins int
}

func (p *purse) pour(into *purse) {
	p.mu.Lock()
	defer p.mu.Unlock()
	into.mu.Lock()
	defer into.mu.Unlock()
	into.coins, p.coins = into.coins+p.coins, 0
}

// One after the other, on objects that nobody else has.
func thereAndBack() int {
	var a, b purse
	a.pour(&b)
	b.pour(&a)
	return a.coins
}

type bag struct {
	mu    sync.Mutex
	coins int
}

func (p *bag) pour(into *bag) {
	p.mu.Lock()
	defer p.mu.Unlock()
	into.mu.Lock() // want `pour locks into.mu while it holds p.mu \(line \d+\), and is called with the same two both ways round`
	defer into.mu.Unlock()
	into.coins, p.coins = into.coins+p.coins, 0
}

// One call runs beside the other.
func mixed() {
	var a, b bag
	go a.pour(&b)
	b.pour(&a)
}

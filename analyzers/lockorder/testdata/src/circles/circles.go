// Package circles takes three locks in a circle. // want package:`circles\.first: a before b`
package circles

import "sync"

var a, b, c sync.Mutex

func first() {
	a.Lock()
	defer a.Unlock()
	b.Lock() // want `these locks are taken in a circle, each while the one before is held: a → b → c → a, by first \(circles.go:11\), second \(circles.go:18\), third \(circles.go:25\)`
	defer b.Unlock()
}

func second() {
	b.Lock()
	defer b.Unlock()
	c.Lock()
	defer c.Unlock()
}

func third() {
	c.Lock()
	defer c.Unlock()
	a.Lock()
	defer a.Unlock()
}

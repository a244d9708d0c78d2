// Package gates has a lock that lets in one at a time. // want package:`gate before a`
package gates

import "sync"

var gate, a, b sync.Mutex

func ab() {
	gate.Lock()
	defer gate.Unlock()
	a.Lock()
	defer a.Unlock()
	b.Lock()
	defer b.Unlock()
}

func ba() {
	gate.Lock()
	defer gate.Unlock()
	b.Lock()
	defer b.Unlock()
	a.Lock()
	defer a.Unlock()
}

// A gate that is only read lets in many.
var (
	open sync.RWMutex
	c, d sync.Mutex
)

func cd() {
	open.RLock()
	defer open.RUnlock()
	c.Lock()
	defer c.Unlock()
	d.Lock() // want `cd locks d while it holds c`
	defer d.Unlock()
}

func dc() {
	open.RLock()
	defer open.RUnlock()
	d.Lock()
	defer d.Unlock()
	c.Lock()
	defer c.Unlock()
}

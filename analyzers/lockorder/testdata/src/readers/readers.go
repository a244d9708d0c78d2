// Package readers takes locks for reading. // want package:`readers\.ab: a before b`
package readers

import "sync"

var a, b, c, d sync.RWMutex

// Readers do not wait for readers.
func ab() {
	a.RLock()
	defer a.RUnlock()
	b.Lock()
	defer b.Unlock()
}

func ba() {
	b.Lock()
	defer b.Unlock()
	a.RLock()
	defer a.RUnlock()
}

// But for writers.
func cd() {
	c.RLock()
	defer c.RUnlock()
	d.RLock() // want `cd locks d while it holds c \(line 25\), and dc locks c while it holds d`
	defer d.RUnlock()
}

func dc() {
	d.Lock()
	defer d.Unlock()
	c.Lock()
	defer c.Unlock()
}

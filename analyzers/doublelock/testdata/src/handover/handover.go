// Package handover has locks that somebody else unlocks.
package handover

import "sync"

type conn struct {
	closemu sync.RWMutex
	release func()
}

// grab keeps the lock until release is called.
func (c *conn) grab() {
	c.closemu.RLock()
	c.release = c.closemu.RUnlock
}

func (c *conn) close() {
	c.closemu.Lock()
	defer c.closemu.Unlock()
}

func use(c *conn) {
	c.grab()
	c.release()
	c.close()
}

// A lock as a gate between goroutines.
func gate(done chan bool) {
	var mu sync.Mutex
	go func() {
		mu.Lock()
		done <- true
		mu.Lock()
		done <- true
	}()
	<-done
	mu.Unlock()
	<-done
}

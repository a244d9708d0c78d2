// Package limitations has what the check sees wrongly, or does not see. // want package:`c\.in before c\.handshake`
package limitations

import "sync"

// The state of the connection keeps the two from running at the same time.
type conn struct {
	in, handshake sync.Mutex
	complete      bool
}

func (c *conn) read() {
	if !c.complete {
		return
	}
	c.in.Lock()
	defer c.in.Unlock()
	c.handshake.Lock() // want `read locks c.handshake while it holds c.in`
	c.handshake.Unlock()
}

func (c *conn) shake() {
	c.handshake.Lock()
	defer c.handshake.Unlock()
	if c.complete {
		return
	}
	c.in.Lock()
	defer c.in.Unlock()
	c.complete = true
}

// Two accounts, and no call with both ways round to be seen.
type account struct{ mu sync.Mutex }

func Transfer(from, to *account) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
}

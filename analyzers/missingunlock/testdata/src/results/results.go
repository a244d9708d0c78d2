// Package results has locks that another package takes, and releases by way of
// what it returned.
package results

import (
	"sync"

	"results/claim"
)

type counter struct {
	gate claim.Gate
	mu   sync.Mutex
	n    int
}

func (c *counter) add() {
	cl := c.gate.Begin()
	c.finish(cl)
}

func (c *counter) finish(cl claim.Claim) {
	defer cl.End()
	c.n++
}

func (c *counter) forgets() {
	c.mu.Lock() // want `forgets locks c.mu and nothing unlocks it again`
	c.n++
}

// Package claim locks in one call and unlocks in a method of what that gives.
package claim

import "sync"

type Gate struct{ mu sync.Mutex }

type Claim struct{ gate *Gate }

func (g *Gate) Begin() Claim {
	g.mu.Lock()
	return Claim{g}
}

func (c Claim) End() { c.gate.mu.Unlock() }

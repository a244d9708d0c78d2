// Package helpers waits in a function that is called to wait.
package helpers

import "sync"

type gate struct {
	mu   sync.Mutex
	cond sync.Cond
	open bool
}

func newGate() *gate {
	g := new(gate)
	g.cond.L = &g.mu
	return g
}

func (g *gate) set() {
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Broadcast()
}

// Each caller calls it in a loop.
func (g *gate) sleep() { g.cond.Wait() }

func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.sleep()
	}
}

// A caller does not.
func (g *gate) rest() { g.cond.Wait() } // want `rest goes on|rest calls g.cond.Wait without checking`

func (g *gate) passOnce() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open {
		g.rest()
	}
	return 1
}

// Exported, so that others may call it in a loop.
func (g *gate) Wait() { g.cond.Wait() }

// It tells its callers to look.
func (g *gate) waitLocked() bool {
	if g.open {
		return true
	}
	g.cond.Wait()
	return false
}

func (g *gate) passBool() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.waitLocked() {
	}
}

// The loop is around a literal.
func (g *gate) literal() {
	wait := func() {
		g.cond.Wait()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		wait()
	}
}

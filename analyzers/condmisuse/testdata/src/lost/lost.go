// Package lost changes what is waited for, and signals, without the lock, so that
// both may happen between a look at the condition and the sleep.
package lost

import (
	"sync"
	"sync/atomic"
	"time"
)

type gate struct {
	mu    sync.Mutex
	cond  *sync.Cond
	open  bool
	ready atomic.Bool
	n     int32
	jobs  chan int
	stop  chan struct{}
	users map[string]int
}

func newGate() *gate {
	g := &gate{jobs: make(chan int, 8), stop: make(chan struct{}), users: make(map[string]int)}
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *gate) Wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait()
	}
}

func (g *gate) WaitReady() {
	g.mu.Lock()
	for !g.ready.Load() {
		g.cond.Wait()
	}
	g.mu.Unlock()
}

func (g *gate) WaitCount() {
	g.mu.Lock()
	for atomic.LoadInt32(&g.n) > 0 {
		g.cond.Wait()
	}
	g.mu.Unlock()
}

func (g *gate) WaitJob() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.jobs) == 0 {
		g.cond.Wait()
	}
}

// The condition is a branch in the loop, and a select statement that does not wait.
func (g *gate) WaitStop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		select {
		case <-g.stop:
			return
		default:
		}
		g.cond.Wait()
	}
}

func (g *gate) WaitUsers() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.users["root"] > 0 || len(g.users) > 10 {
		g.cond.Wait()
	}
}

// Neither the change nor the signal is made with the lock held.
func (g *gate) Open() {
	g.open = true // want `Open changes g.open and then calls Broadcast, at lost.go:\d+, without holding g.mu: if Wait has just looked at it, at lost.go:\d+, and does not sleep yet, the signal is lost`
	g.cond.Broadcast()
}

func (g *gate) Ready() {
	g.ready.Store(true) // want `Ready changes g.ready and then calls Signal`
	g.cond.Signal()
}

func (g *gate) Done() {
	if atomic.AddInt32(&g.n, -1) == 0 { // want `Done changes g.n and then calls Signal`
		g.cond.Signal()
	}
}

func (g *gate) Send(n int) {
	g.jobs <- n // want `Send changes g.jobs and then calls Signal`
	g.cond.Signal()
}

func (g *gate) TrySend(n int) bool {
	select {
	case g.jobs <- n: // want `TrySend changes g.jobs and then calls Signal`
		g.cond.Signal()
		return true
	default:
		return false
	}
}

func (g *gate) Stop() {
	close(g.stop) // want `Stop changes g.stop and then calls Broadcast`
	g.cond.Broadcast()
}

func (g *gate) Leave(name string) {
	delete(g.users, name) // want `Leave changes g.users and then calls Broadcast`
	g.cond.Broadcast()
}

// The lock comes too late.
func (g *gate) OpenLate() {
	g.open = true // want `OpenLate changes g.open and then calls Broadcast`
	g.cond.Broadcast()
	g.mu.Lock()
	g.users["root"] = 0
	g.mu.Unlock()
}

// The lock comes too early.
func (g *gate) OpenEarly() {
	g.mu.Lock()
	g.users["root"] = 0
	g.mu.Unlock()
	g.open = true // want `OpenEarly changes g.open and then calls Broadcast`
	g.cond.Broadcast()
}

func (g *gate) ReadyDeferred() {
	defer g.cond.Broadcast()
	g.ready.Store(true) // want `ReadyDeferred changes g.ready and then calls Broadcast`
}

func (g *gate) ReadyAtLast(work func()) {
	go func() {
		defer func() {
			g.ready.Store(true) // want `the function literal in ReadyAtLast changes g.ready and then calls Broadcast`
			g.cond.Broadcast()
		}()
		work()
	}()
}

func (g *gate) ReadyLater() {
	time.AfterFunc(time.Second, func() {
		g.ready.Store(true) // want `the function literal in ReadyLater changes g.ready and then calls Broadcast`
		g.cond.Broadcast()
	})
}

// The change is one function's affair, the signal another's.
func (g *gate) setReady() {
	g.ready.Store(true) // want `setReady changes g.ready and then calls Broadcast, at lost.go:\d+, without`
}

func (g *gate) wake() { g.cond.Broadcast() }

func (g *gate) ReadyByOthers() {
	g.setReady()
	g.wake()
}

// Who waits goes on waiting, whether or not it is woken.
func (g *gate) Add() {
	atomic.AddInt32(&g.n, 1)
	g.cond.Signal()
}

func (g *gate) Unready() {
	g.ready.Store(false)
	g.cond.Broadcast()
}

// The change is made with the lock held.
func (g *gate) OpenRight() {
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Broadcast()
}

// The signal is given with the lock held.
func (g *gate) ReadyRight() {
	g.ready.Store(true)
	g.mu.Lock()
	g.cond.Broadcast()
	g.mu.Unlock()
}

func (g *gate) ReadyRightDeferred() {
	g.ready.Store(true)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cond.Broadcast()
}

// Whoever has looked before is asleep once the lock was free.
func (g *gate) ReadyBetween() {
	g.ready.Store(true)
	g.mu.Lock()
	g.mu.Unlock()
	g.cond.Broadcast()
}

func (g *gate) settle() {
	g.mu.Lock()
	defer g.mu.Unlock()
}

func (g *gate) ReadySettled() {
	g.ready.Store(true)
	g.settle()
	g.cond.Broadcast()
}

// A new object, which nobody waits for yet.
func opened() *gate {
	g := newGate()
	g.open = true
	g.cond.Broadcast()
	return g
}

// The condition variable of another object.
func pass(from, to *gate) {
	from.ready.Store(true)
	to.cond.Broadcast()
}

// What was seen with the lock held decides: whoever counts itself waits by now.
type counted struct {
	mu      sync.Mutex
	cond    *sync.Cond
	waiters int
	ready   atomic.Bool
}

func newCounted() *counted {
	c := &counted{}
	c.cond = sync.NewCond(&c.mu)
	return c
}

func (c *counted) Wait() {
	c.mu.Lock()
	c.waiters++
	for !c.ready.Load() {
		c.cond.Wait()
	}
	c.waiters--
	c.mu.Unlock()
}

func (c *counted) waiting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiters > 0
}

func (c *counted) Ready() {
	if c.waiting() {
		c.ready.Store(true)
		c.cond.Signal()
	}
}

// A lost signal is made good by the next.
func (c *counted) Insist() {
	c.ready.Store(true)
	for c.waiting() {
		c.cond.Broadcast()
		time.Sleep(time.Millisecond)
	}
}

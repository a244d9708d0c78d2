// Package strict holds locks over what may take long.
package strict

import (
	"os/exec"
	"sync"
	"time"
)

type cache struct {
	mu sync.Mutex
	c  chan int
	wg sync.WaitGroup
}

func (c *cache) sleep() {
	c.mu.Lock()
	time.Sleep(time.Second) // want `\(\*cache\).sleep calls time.Sleep while holding c.mu, locked at strict.go:17`
	c.mu.Unlock()
	time.Sleep(time.Second)
}

func (c *cache) run(cmd *exec.Cmd) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmd.Run() // want `calls exec.Cmd.Run while holding c.mu`
}

func (c *cache) send() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.c <- 1    // want `\(\*cache\).send sends on c.c while holding c.mu`
	<-c.c       // want `\(\*cache\).send receives from c.c while holding c.mu`
	c.wg.Wait() // want `\(\*cache\).send waits for c.wg while holding c.mu`
}

func (c *cache) quiet() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case c.c <- 1:
	default:
	}
}

func condHolding() {
	var mu, own sync.Mutex
	cond := sync.NewCond(&own)
	go cond.Signal()
	mu.Lock()
	own.Lock()
	cond.Wait() // want `condHolding waits on cond while holding mu, locked at strict.go:50: Wait unlocks only the lock of cond`
	own.Unlock()
	mu.Unlock()
	own.Lock()
	cond.Wait()
	own.Unlock()
}

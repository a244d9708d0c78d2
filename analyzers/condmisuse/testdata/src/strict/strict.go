// Package strict has what only the strict tier reports.
package strict

import "sync"

type bell struct {
	mu   sync.Mutex
	cond *sync.Cond
}

func newBell() *bell {
	b := &bell{}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *bell) ring() { b.cond.Signal() }

// A signal that comes while handle runs is lost.
func (b *bell) serve(handle func()) {
	for {
		b.mu.Lock()
		b.cond.Wait() // want `serve calls b.cond.Wait in a loop that checks no condition`
		b.mu.Unlock()
		handle()
	}
}

// Who calls the literal, and how, is not seen.
func (b *bell) passes(start func(func())) {
	start(func() {
		b.cond.Wait() // want `the function literal in passes calls b.cond.Wait without checking a condition`
	})
}

// It says that it waits, and whoever signals may look at that.
type pinger struct {
	mu      sync.Mutex
	cond    *sync.Cond
	dormant bool
	streams int
}

func newPinger() *pinger {
	p := &pinger{}
	p.cond = sync.NewCond(&p.mu)
	return p
}

func (p *pinger) ping(send func()) {
	p.mu.Lock()
	if p.streams == 0 {
		p.dormant = true
		p.cond.Wait() // want `ping goes on behind p.cond.Wait without checking`
	}
	p.dormant = false
	p.mu.Unlock()
	send()
}

func (p *pinger) stream() {
	p.mu.Lock()
	p.streams++
	if p.dormant {
		p.cond.Signal()
	}
	p.mu.Unlock()
}

// Package flags has loops that wait for a variable to change.
package flags

import (
	"sync"
	"sync/atomic"
	"time"
)

type Worker struct {
	stop  bool
	round int
}

func (w *Worker) Start() { go w.loop() }

func (w *Worker) loop() {
	for !w.stop { // want `loop waits in a loop for w.stop to change, which only another goroutine can do, and Stop does \(flags.go:26\), with nothing that orders the two`
		w.step()
		time.Sleep(time.Millisecond)
	}
}

func (w *Worker) step() { w.round++ }

func (w *Worker) Stop() { w.stop = true }

// Whoever calls Run stays in it.
type Pump struct{ left int }

func (p *Pump) Run() {
	for {
		if p.left == 0 { // want `Run waits in a loop for p.left to change`
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (p *Pump) Drain() { p.left = 0 }

var ready bool

func Wait() {
	for !ready { // want `Wait waits in a loop for ready to change`
	}
}

func SetReady() { ready = true }

// The loop changes the variable itself.
type Counter struct{ n int }

func (c *Counter) Down() {
	for c.n > 0 {
		c.n--
	}
}

func (c *Counter) Zero() { c.n = 0 }

// What the loop calls changes it.
type Machine struct{ done bool }

func (m *Machine) Run() {
	for !m.done {
		m.step()
	}
}

func (m *Machine) step() { m.done = true }

func (m *Machine) Halt() { m.done = true }

// The loop calls somebody who may.
type Loop struct {
	quit    bool
	handler func()
}

func (l *Loop) Run() {
	for !l.quit {
		l.handler()
	}
}

func (l *Loop) Quit() { l.quit = true }

// The loop synchronises.
type Polite struct {
	mu   sync.Mutex
	stop bool
	wake chan bool
	off  atomic.Bool
}

func (p *Polite) Run() {
	for !p.stop {
		<-p.wake
	}
}

func (p *Polite) Stop() {
	p.stop = true
	p.wake <- true
}

func (p *Polite) Loop() {
	for !p.off.Load() {
		time.Sleep(1)
	}
}

// Nobody else changes it.
type Fixed struct{ limit int }

func NewFixed(limit int) *Fixed { return &Fixed{limit: limit} }

func (f *Fixed) Spin() {
	for f.limit > 0 {
		time.Sleep(1)
	}
}

// Each round looks at another object.
type Node struct {
	skip bool
	next *Node
}

func (n *Node) First() *Node {
	for n.skip {
		n = n.next
	}
	return n
}

func (n *Node) Hide() { n.skip = true }

type List struct{ nodes []Node }

func (l *List) Visible() int {
	for i := range l.nodes {
		if !l.nodes[i].skip {
			return i
		}
	}
	return -1
}

// The loop is over the elements, and the flag is the same for all.
type Options struct{ strict bool }

func (o *Options) Check(names []string) bool {
	for _, name := range names {
		if name == "" && o.strict {
			return false
		}
	}
	return true
}

func (o *Options) Strict() { o.strict = true }

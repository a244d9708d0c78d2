// Package strict has what only the strict tier reports.
package strict

import (
	"sync"
	"sync/atomic"
	"time"
)

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

// One condition variable for two conditions.
type buffer struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newBuffer() *buffer {
	b := &buffer{}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *buffer) put() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.n == 10 {
		b.cond.Wait()
	}
	b.n++
	b.cond.Signal() // want `put calls Signal of b.cond, for which some wait at strict.go:\d+ and others, with another condition, at strict.go:\d+`
}

func (b *buffer) get() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.n == 0 {
		b.cond.Wait()
	}
	b.n--
	b.cond.Signal() // want `get calls Signal of b.cond, for which some wait`
}

func (b *buffer) reset() {
	b.mu.Lock()
	b.n = 0
	b.mu.Unlock()
	b.cond.Broadcast()
}

// Several waits for one condition.
type Tickets struct {
	mu   sync.Mutex
	cond *sync.Cond
	free int
	seen int
}

func NewTickets() *Tickets {
	t := &Tickets{}
	t.cond = sync.NewCond(&t.mu)
	return t
}

func (t *Tickets) take() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.free == 0 {
		t.cond.Wait()
	}
	t.free--
}

func (t *Tickets) takeLast() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		if t.free != 0 {
			break
		}
		t.cond.Wait()
	}
	t.free = 0
}

func (t *Tickets) give() {
	t.mu.Lock()
	t.free++
	t.cond.Signal()
	t.mu.Unlock()
}

// Nothing has changed that anybody waits for.
func (t *Tickets) Look() {
	t.mu.Lock()
	t.seen++
	t.mu.Unlock()
	t.cond.Signal() // want `Look calls Signal, but nothing before it changes what is waited for at strict.go:\d+`
}

func (t *Tickets) notify() { t.cond.Signal() }

func (t *Tickets) Give() {
	t.mu.Lock()
	t.free++
	t.mu.Unlock()
	t.notify()
}

func (t *Tickets) GiveIn(with func()) {
	with() // may give
	t.notify()
}

// A timer of the one who waits makes good what is lost.
type slow struct {
	mu    sync.Mutex
	cond  *sync.Cond
	ready atomic.Bool
}

func newSlow() *slow {
	s := &slow{}
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *slow) wait(d time.Duration) {
	end := time.Now().Add(d)
	timer := time.AfterFunc(d, s.cond.Broadcast)
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.ready.Load() && time.Now().Before(end) {
		s.cond.Wait()
	}
}

func (s *slow) Finish() {
	s.ready.Store(true) // want `Finish changes s.ready and then calls Broadcast`
	s.cond.Broadcast()
}

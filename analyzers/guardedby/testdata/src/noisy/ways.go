package noisy

import (
	"sync"
	"time"
)

// The access is reached by calls, from a goroutine that holds nothing.
type Poller struct {
	mu    sync.Mutex
	last  time.Time
	every time.Duration
}

func (p *Poller) Touch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
}

func (p *Poller) Last() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

func (p *Poller) Run() {
	go p.loop()
}

func (p *Poller) loop() {
	for {
		if p.idle() {
			return
		}
	}
}

func (p *Poller) idle() bool {
	return time.Since(p.last) > p.every // want `idle reads p.last without holding mu, which 2 of its 4 accesses hold; Touch may write it at the same time`
}

// A function literal that a timer runs.
func (p *Poller) Later() {
	time.AfterFunc(p.every, func() {
		p.last = time.Time{} // want `the function literal in Later writes p.last without holding mu, .* Touch may write it at the same time`
	})
}

// After the lock is released is too late.
type Stats struct {
	mu     sync.RWMutex
	errors int
	last   error
}

func (s *Stats) Fail(err error) {
	s.mu.Lock()
	s.errors++
	s.last = err
	s.mu.Unlock()
}

func (s *Stats) Reset() {
	s.mu.Lock()
	s.errors, s.last = 0, nil
	s.mu.Unlock()
}

func (s *Stats) Snapshot() (n int, err error) {
	s.mu.RLock()
	n = s.errors
	err = s.last
	s.mu.RUnlock()
	return n, err
}

func (s *Stats) Summary() (n int, err error) {
	s.mu.RLock()
	n = s.errors
	err = s.last
	s.mu.RUnlock()
	if s.errors > 0 { // want `Summary reads s.errors without holding mu, which 4 of its 5 accesses hold`
		return n, err
	}
	return 0, nil
}

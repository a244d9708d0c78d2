package quiet

import (
	"sync"
	"time"
)

type poller struct {
	mu     sync.Mutex
	closed bool
	timer  *time.Timer

	ready, done, asked, tried, other, first, last chan bool
	gate                                          chan bool
}

func (p *poller) Start(d time.Duration) {
	p.timer = time.AfterFunc(d, func() { p.ready <- true })
	time.AfterFunc(d, p.timeout)
	time.AfterFunc(d, p.try)
	time.AfterFunc(d, func() { p.other <- true })
	time.AfterFunc(d, func() {
		<-p.gate
		p.first <- true
	})
	time.AfterFunc(d, func() {
		defer func() { recover() }()
		p.last <- true
	})
}

// The function asks whether the poller was closed.
func (p *poller) timeout() {
	p.mu.Lock()
	if !p.closed {
		p.asked <- true
	}
	p.mu.Unlock()
}

func (p *poller) try() {
	select {
	case p.tried <- true:
	case <-p.done:
	}
}

func (p *poller) Close() {
	p.timer.Stop()
	close(p.ready)
	close(p.done)
	close(p.tried)
	close(p.first)
	close(p.last)
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	close(p.asked)
}

// Only on a condition does Stop close the channel.
func (p *poller) Stop(all bool) {
	if all {
		close(p.other)
	}
}

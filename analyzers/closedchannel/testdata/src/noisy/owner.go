package noisy

import "time"

type poller struct {
	ready, done chan bool
}

func (p *poller) Start(d time.Duration) {
	time.AfterFunc(d, func() { p.ready <- true })
	time.AfterFunc(d, p.timeout)
}

func (p *poller) timeout() {
	println(fetch(""))
	close(p.done)
}

func (p *poller) Close() {
	close(p.ready) // want `Close closes p.ready, and nobody can stop the timer started at owner.go:10: if it runs out later, the send at owner.go:10 panics`
	close(p.done)  // want `Close closes p.done, and nobody can stop the timer started at owner.go:11: when it runs out, the second close panics`
}

// Package limitations has what the check sees wrongly, or does not see. // want package:`c\.in before c\.handshake`
package limitations

import "sync"

// The state of the connection keeps the two from running at the same time.
type conn struct {
	in, handshake sync.Mutex
	complete      bool
}

func (c *conn) read() {
	if !c.complete {
		return
	}
	c.in.Lock()
	defer c.in.Unlock()
	c.handshake.Lock() // want `read locks c.handshake while it holds c.in`
	c.handshake.Unlock()
}

func (c *conn) shake() {
	c.handshake.Lock()
	defer c.handshake.Unlock()
	if c.complete {
		return
	}
	c.in.Lock()
	defer c.in.Unlock()
	c.complete = true
}

// Two accounts, and no call with both ways round to be seen.
type account struct{ mu sync.Mutex }

func Transfer(from, to *account) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
}

// The stream is new, and nobody else can have its lock; but which function makes
// it is not known.
type streams struct {
	mu   sync.Mutex
	list []*stream
}

type stream struct {
	mu    sync.Mutex
	owner *streams
	n     int
}

func (s *streams) add(create func() *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := create()
	st.mu.Lock() // want `add locks st.mu while it holds s.mu`
	st.n++
	st.mu.Unlock()
	s.list = append(s.list, st)
}

func (st *stream) leave() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.owner.mu.Lock()
	st.owner.mu.Unlock()
}

// The goroutine has ended when stop takes the locks; but another package starts it.
type pump struct {
	streams, state sync.Mutex
	done           chan struct{}
}

func (p *pump) run() {
	defer close(p.done)
	p.state.Lock()
	p.streams.Lock() // want `run locks p.streams while it holds p.state`
	p.streams.Unlock()
	p.state.Unlock()
}

func (p *pump) stop() {
	<-p.done
	p.streams.Lock()
	p.state.Lock()
	p.state.Unlock()
	p.streams.Unlock()
}

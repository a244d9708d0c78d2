// Package flags has goroutines that tell each other by a variable how far they are.
package flags

import (
	"errors"
	"sync"
)

// Whoever sets started has started run, with the lock held.
type Meter struct {
	mu      sync.Mutex
	started bool
	query   chan int
	quit    chan struct{}
}

func NewMeter() *Meter { return &Meter{query: make(chan int), quit: make(chan struct{})} }

func (m *Meter) Start() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.started {
		return
	}
	go m.run()
	m.started = true
}

func (m *Meter) run() {
	for {
		select {
		case m.query <- 1:
		case <-m.quit:
			return
		}
	}
}

func (m *Meter) Rate() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.started {
		return 0
	}
	return <-m.query
}

// The flag says nothing of the goroutine.
type Eager struct {
	mu      sync.Mutex
	started bool
	query   chan int
}

func NewEager() *Eager { return &Eager{query: make(chan int)} }

func (e *Eager) Enable() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.started = true
}

func (e *Eager) Run() {
	e.mu.Lock()
	defer e.mu.Unlock()
	go func() {
		for {
			e.query <- 1
		}
	}()
}

func (e *Eager) Rate() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.started {
		return 0
	}
	return <-e.query // want `\(\*Eager\).Rate receives from e.query while holding e.mu`
}

// It is looked at without the lock, and may be out of date.
type Hasty struct {
	mu      sync.Mutex
	started bool
	query   chan int
}

func NewHasty() *Hasty { return &Hasty{query: make(chan int)} }

func (h *Hasty) Run() {
	h.started = true
	h.mu.Lock()
	defer h.mu.Unlock()
	go func() {
		for {
			h.query <- 1
		}
	}()
}

func (h *Hasty) Rate() int {
	if !h.started {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return <-h.query // want `\(\*Hasty\).Rate receives from h.query while holding h.mu`
}

// A second lock sees to it that nobody who has found the flag not set is still on
// his way to the first when it is set.
func gate() {
	var state, mu sync.Mutex
	c := make(chan int)
	stopping := false
	go func() {
		state.Lock()
		if !stopping {
			mu.Lock()
			println("working")
			mu.Unlock()
		}
		state.Unlock()
		c <- 1
	}()
	state.Lock()
	stopping = true
	state.Unlock()
	mu.Lock()
	<-c
	mu.Unlock()
}

// The second lock is released before the first is acquired.
func gateTooShort() {
	var state, mu sync.Mutex
	c := make(chan int)
	stopping := false
	go func() {
		state.Lock()
		stop := stopping
		state.Unlock()
		if !stop {
			mu.Lock()
			println("working")
			mu.Unlock()
		}
		c <- 1
	}()
	state.Lock()
	stopping = true
	state.Unlock()
	mu.Lock()
	<-c // want `gateTooShort receives from c while holding mu`
	mu.Unlock()
}

// It is set on some ways only, or unset again.
func gateSometimes(really bool) {
	var state, mu sync.Mutex
	c := make(chan int)
	stopping := false
	go func() {
		state.Lock()
		if !stopping {
			mu.Lock()
			println("working")
			mu.Unlock()
		}
		state.Unlock()
		c <- 1
	}()
	if really {
		state.Lock()
		stopping = true
		state.Unlock()
	}
	mu.Lock()
	<-c // want `gateSometimes receives from c while holding mu`
	mu.Unlock()
}

// Without a lock, the goroutine may have found it not set, and come to the lock
// when the other holds it.
func noGate() {
	var mu sync.Mutex
	c := make(chan int)
	stopping := false
	go func() {
		if !stopping {
			mu.Lock()
			println("working")
			mu.Unlock()
		}
		c <- 1
	}()
	mu.Lock()
	stopping = true
	<-c // want `noGate receives from c while holding mu`
	mu.Unlock()
}

// A parameter says that the caller has the lock.
type counter struct {
	mu sync.Mutex
	c  chan int
	n  int
}

func (c *counter) count(locked bool) {
	if !locked {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	c.n++
	c.c <- c.n
}

func parameter() {
	c := &counter{c: make(chan int)}
	c.mu.Lock()
	defer c.mu.Unlock()
	go c.count(true)
	<-c.c
}

// What each call makes for itself, only the goroutines that it starts know.
type part struct{ err error }

func (p *part) close() error { return p.err }

type Closer struct {
	mu     sync.Mutex
	parts  []*part
	closed bool
	idle   chan struct{}
}

func NewCloser(parts ...*part) *Closer { return &Closer{parts: parts} }

func (c *Closer) Close() (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	errs := make(chan error, len(c.parts))
	for _, part := range c.parts {
		go func() { errs <- part.close() }()
	}
	for range c.parts {
		if e := <-errs; e != nil {
			err = e
		}
	}
	return err
}

func (c *Closer) CloseInTurn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		c.mu.Lock()
		c.closed = true
		c.mu.Unlock()
		close(done)
	}()
	<-done // want `\(\*Closer\).CloseInTurn receives from done while holding c.mu`
}

// Who waits has found that the goroutine was started, or has started it, or does not
// come to the wait.
type Upload struct {
	mu     sync.Mutex
	opened bool
	broken bool
	result chan error
}

var errBroken = errors.New("broken")

func NewUpload() *Upload { return &Upload{result: make(chan error, 1)} }

func (u *Upload) open(send func() error) error {
	if u.opened {
		return nil
	}
	if u.broken {
		return errBroken
	}
	go func() { u.result <- send() }()
	u.opened = true
	return nil
}

func (u *Upload) Write(send func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.open(send)
}

func (u *Upload) Close(send func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.open(send); err != nil {
		return err
	}
	return <-u.result
}

// It comes to the wait without.
type Careless struct {
	mu     sync.Mutex
	opened bool
	broken bool
	result chan error
}

func NewCareless() *Careless { return &Careless{result: make(chan error, 1)} }

func (u *Careless) open(send func() error) error {
	if u.opened {
		return nil
	}
	if u.broken {
		return errBroken
	}
	go func() { u.result <- send() }()
	u.opened = true
	return nil
}

func (u *Careless) Write(send func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.open(send)
}

func (u *Careless) Close(send func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	_ = u.open(send)
	return <-u.result // want `\(\*Careless\).Close receives from u.result while holding u.mu`
}

// The loop runs in a goroutine of its own or in that of the caller; either way it has
// had the lock when the flag is set.
type Clock struct {
	mu      sync.Mutex
	running bool
	add     chan int
	entries []int
}

func NewClock() *Clock { return &Clock{add: make(chan int)} }

func (c *Clock) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		return
	}
	c.running = true
	go c.run()
}

func (c *Clock) Run() {
	c.mu.Lock()
	if c.running {
		c.mu.Unlock()
		return
	}
	c.running = true
	c.mu.Unlock()
	c.run()
}

func (c *Clock) run() {
	for n := range c.add {
		c.entries = append(c.entries, n)
	}
}

func (c *Clock) Add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		c.add <- n
	} else {
		c.entries = append(c.entries, n)
	}
}

// The loop needs the lock again.
type Slow struct {
	mu      sync.Mutex
	running bool
	add     chan int
	entries []int
}

func NewSlow() *Slow { return &Slow{add: make(chan int)} }

func (s *Slow) Start() { go s.Run() }

func (s *Slow) Run() {
	s.mu.Lock()
	if s.running {
		s.mu.Unlock()
		return
	}
	s.running = true
	s.mu.Unlock()
	for n := range s.add {
		s.mu.Lock()
		s.entries = append(s.entries, n)
		s.mu.Unlock()
	}
}

func (s *Slow) Add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		s.add <- n // want `\(\*Slow\).Add sends on s.add while holding s.mu`
	}
}

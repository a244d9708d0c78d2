// Package methods has types whose users are in other packages: what exported
// methods do when they are called at the same time.
package methods

import "sync"

type Server struct {
	mu   sync.Mutex
	jobs chan int
	done chan struct{}
	sum  int
}

func NewServer() *Server {
	s := &Server{jobs: make(chan int), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *Server) run() {
	defer close(s.done)
	for n := range s.jobs {
		s.mu.Lock()
		s.sum += n
		s.mu.Unlock()
	}
}

func (s *Server) Add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs <- n // want `\(\*Server\).Add sends on s.jobs while holding s.mu, locked at methods.go:30; the goroutine started at methods.go:16 receives at methods.go:22, but first needs s.mu at methods.go:23`
}

func (s *Server) AddOutside(n int) {
	s.mu.Lock()
	s.mu.Unlock()
	s.jobs <- n
}

func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.jobs)
	<-s.done // want `\(\*Server\).Stop receives from s.done while holding s.mu, locked at methods.go:42; the goroutine started at methods.go:16 closes it at methods.go:21, but first needs s.mu at methods.go:23`
}

type Pool struct {
	mu sync.Mutex
	wg sync.WaitGroup
	n  int
}

func NewPool() *Pool { return &Pool{} }

func (p *Pool) Go() {
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		p.mu.Lock()
		p.n++
		p.mu.Unlock()
	}()
}

func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wg.Wait() // want `\(\*Pool\).Close waits for p.wg while holding p.mu, locked at methods.go:67; the goroutine started at methods.go:58 is one of those waited for, until methods.go:59, but first needs p.mu at methods.go:60`
}

// Exported has a channel that its users can receive from.
type Exported struct {
	mu  sync.Mutex
	Out chan int
	in  chan int
	n   int
}

func NewExported() *Exported {
	e := &Exported{Out: make(chan int), in: make(chan int)}
	go func() {
		for {
			e.mu.Lock()
			e.n++
			e.mu.Unlock()
			<-e.Out
			<-e.in
		}
	}()
	return e
}

func (e *Exported) Send() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.Out <- 1
}

// In gives the other channel away.
func (e *Exported) In() <-chan int { return e.in }

func (e *Exported) SendIn() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.in <- 1
}

// Friend has a field that another function of the package uses.
type Friend struct {
	mu sync.Mutex
	in chan int
	n  int
}

func NewFriend() *Friend {
	f := &Friend{in: make(chan int)}
	go func() {
		for n := range f.in {
			f.mu.Lock()
			f.n += n
			f.mu.Unlock()
		}
	}()
	return f
}

func (f *Friend) Add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in <- n
}

func drain(f *Friend) { <-f.in }

// Each call of these methods waits for the goroutines that it starts itself.
type Group struct {
	mu    sync.Mutex
	stops []func() error
	errs  chan error
}

func NewGroup() *Group { return &Group{errs: make(chan error)} }

func (g *Group) Stop() (err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	errs := make(chan error, len(g.stops))
	for _, stop := range g.stops {
		go func() { errs <- stop() }()
	}
	for range g.stops {
		if e := <-errs; e != nil {
			err = e
		}
	}
	return err
}

func (g *Group) First() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	first := make(chan error)
	go g.run(first)
	return <-first
}

func (g *Group) run(result chan<- error) { result <- g.stops[0]() }

// The goroutine of this one needs the lock.
func (g *Group) Last() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	last := make(chan error)
	go func() {
		g.mu.Lock()
		stop := g.stops[len(g.stops)-1]
		g.mu.Unlock()
		last <- stop()
	}()
	return <-last // want `\(\*Group\).Last receives from last while holding g.mu`
}

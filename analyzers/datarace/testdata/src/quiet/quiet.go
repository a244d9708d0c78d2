// Package quiet is correct, in ways that have fooled such checks.
package quiet

import (
	"io"
	"sync"
	"time"
)

// A named result is not written by "return a".
func namedResult(c chan int) (a, b int) {
	a = 42
	go func() {
		_ = a
		c <- 1
	}()
	return a, 10
}

// The condition is constant: the write is never reached.
func constantCondition() {
	x, debug := 0, false
	go func() {
		if debug {
			x = 1
		}
	}()
	println(x)
}

func shortCircuit() {
	x, y := 0, 0
	go func() { y = 1 }()
	if x == 0 || y == 0 {
		println()
	}
}

// Whether the goroutine runs and whether it is waited for depends on the same
// condition.
func sameCondition(parallel bool) int {
	x, done := 0, make(chan bool)
	if parallel {
		go func() {
			x = 1
			close(done)
		}()
	}
	if parallel {
		<-done
	}
	return x
}

// The pipe orders what one end writes before what the other reads.
func pipe() int {
	r, w := io.Pipe()
	x := 0
	go func() {
		x = 1
		w.Close()
	}()
	io.ReadAll(r)
	return x
}

type task struct {
	run  func()
	done chan bool
}

// The function runs in the other goroutine, which is waited for.
func worker() int {
	queue := make(chan task)
	go func() {
		for t := range queue {
			t.run()
			t.done <- true
		}
	}()
	x := 0
	do := func(f func()) {
		done := make(chan bool, 1)
		queue <- task{f, done}
		<-done
	}
	do(func() { x = 1 })
	return x
}

// Each goroutine makes its own; the pointer never meets another's.
func ownObject(n int) {
	for level := range n {
		go func() {
			e := newEncoder(level)
			e.encode()
		}()
	}
}

type encoder struct {
	table *[4]int
	cur   int
	step  func(*encoder)
}

func newEncoder(level int) *encoder {
	e := &encoder{step: (*encoder).store}
	if level > 0 {
		e.table = new([4]int)
		e.step = (*encoder).compress
	}
	return e
}

func (e *encoder) encode()   { e.step(e) }
func (e *encoder) store()    { e.cur++ }
func (e *encoder) compress() { e.table[0]++ }

// A constructor fills the object in before it starts the goroutine.
type service struct {
	mu    sync.Mutex
	state int
	stop  chan bool
}

func newService() *service {
	s := &service{stop: make(chan bool)}
	s.state = 1
	go s.loop()
	return s
}

func (s *service) loop() {
	for {
		select {
		case <-s.stop:
			return
		default:
			s.mu.Lock()
			s.state++
			s.mu.Unlock()
		}
	}
}

func (s *service) close() { close(s.stop) }

func use() {
	s := newService()
	defer s.close()
	s.mu.Lock()
	s.state = 2
	s.mu.Unlock()
}

// Each pair of functions in the table agrees on who writes when.
func table() {
	for _, pair := range []struct{ outside, inside func(chan int) }{
		{func(c chan int) { close(c) }, func(c chan int) { <-c }},
		{func(c chan int) { <-c }, func(c chan int) { c <- 1 }},
	} {
		c := make(chan int)
		go pair.inside(c)
		pair.outside(c)
	}
}

// A value that cannot write is not what the assertion is about.
type closer struct{ closed bool }

func (c *closer) Close() error { c.closed = true; return nil }

func upgrade(done chan bool) bool {
	c := &closer{}
	var body io.Closer = c
	if rwc, ok := body.(io.ReadWriteCloser); ok {
		go func() {
			<-done
			rwc.Close()
		}()
	}
	return c.closed
}

// The object of one subtest is made for each round of the table.
func streams() []func() int {
	once := func(v int) func() int {
		used := false
		return func() int {
			if used {
				return 0
			}
			used = true
			return v
		}
	}
	fs := []func() int{once(1), once(2)}
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Go(func() { f() })
	}
	wg.Wait()
	return fs
}

// Each round makes an element, and starts a goroutine that uses the same one.
func elementOfTheRound(n int) {
	var wg sync.WaitGroup
	started := make([]chan struct{}, n)
	for i := range started {
		started[i] = make(chan struct{})
		wg.Add(1)
		go func() {
			close(started[i])
			wg.Done()
		}()
	}
	wg.Wait()
}

type cell struct {
	mark  bool
	ready chan bool
}

func (c *cell) reset() { c.mark = false }

// The element of the round is made ready in a function.
func cellOfTheRound(n int) {
	cells := make([]cell, n)
	done := make(chan bool)
	for i := range cells {
		cells[i].reset()
		go func(i int) {
			cells[i].mark = true
			done <- true
		}(i)
	}
	for range n {
		<-done
	}
}

// The lock is taken by whoever calls, as the comment says.
type ticking struct {
	mu    sync.Mutex
	timer *time.Timer
}

func (t *ticking) locked(f func()) func() {
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		f()
	}
}

// start wants common locking, by locked.
func (t *ticking) start() {
	t.timer = time.AfterFunc(time.Second, t.locked(t.tick))
}

func (t *ticking) tick() {
	t.timer.Reset(time.Second)
}

func (t *ticking) Start() { t.locked(t.start)() }

// Package queues hands out what its users synchronise with.
package queues

import "sync"

type Queue struct {
	ch   chan int
	Done chan bool
	wg   *sync.WaitGroup
	mu   *sync.Mutex
	n    int
}

func New() *Queue                           { return &Queue{ch: make(chan int)} }
func (q *Queue) C() chan int                { return q.ch }
func (q *Queue) SetDone(c chan bool)        { q.Done = c }
func (q *Queue) Wait()                      { <-q.Done }
func (q *Queue) SetGroup(w *sync.WaitGroup) { q.wg = w }
func (q *Queue) WaitGroup()                 { q.wg.Wait() }
func (q *Queue) UseLock(m *sync.Mutex)      { q.mu = m }
func (q *Queue) Locked(f func())            { q.mu.Lock(); defer q.mu.Unlock(); f() }
func (q *Queue) Inc()                       { q.n++ }
func (q *Queue) N() int                     { return q.n }

type Handle struct{ done chan struct{} }

func (h *Handle) Done() <-chan struct{} { return h.done }
func (h *Handle) Wait()                 { <-h.done }

func Start(f func()) *Handle {
	h := &Handle{done: make(chan struct{})}
	go func() {
		defer close(h.done)
		f()
	}()
	return h
}

func StartErr(f func() error) <-chan error {
	c := make(chan error, 1)
	go func() { c <- f() }()
	return c
}

func Each(xs []int, f func(int)) {
	for _, x := range xs {
		f(x)
	}
}

type Opt func(*Queue)

func WithDone(c chan bool) Opt { return func(q *Queue) { q.Done = c } }
func NewWith(opts ...Opt) *Queue {
	q := New()
	for _, o := range opts {
		o(q)
	}
	return q
}

// Package waits has accesses behind a wait for the goroutines that share the
// object.
package waits

import (
	"sync"
	"sync/atomic"
)

type Group struct {
	wg  sync.WaitGroup
	mu  sync.Mutex
	err error // guarded by mu
}

func (g *Group) Go(f func() error) {
	g.wg.Go(func() {
		if err := f(); err != nil {
			g.mu.Lock()
			g.err = err
			g.mu.Unlock()
		}
	})
}

func (g *Group) Wait() error {
	g.wg.Wait()
	return g.err
}

func (g *Group) Close() error {
	g.wait()
	return g.last()
}

func (g *Group) wait() { g.wg.Wait() }

func (g *Group) last() error { return g.err }

func (g *Group) Err() error {
	return g.err // want `Err reads g.err without holding mu`
}

func (g *Group) Deferred() (err error) {
	defer func() { err = g.err }()
	g.wg.Wait()
	return nil
}

type Once struct {
	once sync.Once
	mu   sync.Mutex
	n    int // guarded by mu
}

func (o *Once) N() int {
	o.once.Do(func() { o.n = 1 })
	return o.n
}

func (o *Once) Add() {
	o.mu.Lock()
	o.n++
	o.mu.Unlock()
}

type Loop struct {
	mu   sync.Mutex
	seen int // guarded by mu
	done chan bool
}

func (l *Loop) Serve(ch chan int) {
	for range ch {
		l.seen++ // want `Serve writes l.seen without holding mu`
	}
}

func (l *Loop) Seen() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen
}

func (l *Loop) Last() int {
	<-l.done
	return l.seen
}

func (l *Loop) Locks() {
	l.mu.Lock()
	l.seen = 0
	l.mu.Unlock()
}

// A flag tells that it is done: nobody writes any more.
type Lazy struct {
	mu   sync.Mutex
	done atomic.Bool
	n    int // guarded by mu
}

func (l *Lazy) load() {
	if l.done.Load() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n = 1
	l.done.Store(true)
}

func (l *Lazy) N() int {
	l.load()
	return l.n
}

// A counter tells nothing.
type Stats struct {
	mu   sync.Mutex
	hits atomic.Int64
	n    int // guarded by mu
}

func (s *Stats) Add() {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
}

func (s *Stats) Sum() int64 {
	hits := s.hits.Load()
	return hits + int64(s.N())
}

func (s *Stats) N() int {
	return s.n // want `N reads s.n without holding mu`
}

// One task after the other: each is over before the next begins.
type task struct {
	mu   sync.Mutex
	ran  bool // guarded by mu
	over chan bool
}

func (t *task) run() {
	t.mu.Lock()
	t.ran = true
	t.mu.Unlock()
	t.over <- true
}

func Tasks() (n int) {
	for range 3 {
		t := &task{over: make(chan bool)}
		go t.run()
		<-t.over
		if t.ran {
			n++
		}
	}
	return n
}

func Impatient() (n int) {
	for range 3 {
		t := &task{over: make(chan bool, 1)}
		go t.run()
		if t.ran { // want `Impatient reads t.ran without holding mu`
			n++
		}
	}
	return n
}

package lost

import (
	"sync"
	"sync/atomic"
)

// The callers hold the lock.
type box struct {
	mu   sync.Mutex
	cond sync.Cond
	full bool
	used atomic.Int64
}

func newBox() *box {
	b := &box{}
	b.cond.L = &b.mu
	return b
}

// The check may be another function's, and the wait too.
func (b *box) ready() bool { return b.full && b.used.Load() < 10 }

func (b *box) pause() { b.cond.Wait() }

func (b *box) Get() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.ready() {
		b.pause()
	}
}

func (b *box) fill() {
	b.full = true
	b.cond.Signal()
}

func (b *box) Put() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill()
}

func (b *box) release() {
	b.used.Add(-1) // want `release changes b.used and then calls Signal, at callers.go:\d+, without holding b.mu: if pause has just looked at it`
	b.cond.Signal()
}

func (b *box) Release() { b.release() }

// releaseSome is called with b.mu held.
func (b *box) releaseSome(n int64) {
	b.used.Add(-n)
	b.cond.Signal()
}

func (b *box) ReleaseTwo() { b.releaseSome(2) }

func (b *box) refillLocked() {
	b.full = true
	b.cond.Signal()
}

func (b *box) Refill() { b.refillLocked() }

// Who calls a function value is not seen.
func (b *box) onFree() {
	b.used.Store(0)
	b.cond.Signal()
}

func (b *box) Register(with func(func())) { with(b.onFree) }

// Nor who calls a method of a lock that others can lock.
type Open struct {
	sync.Mutex
	cond *sync.Cond
	done atomic.Bool
}

func NewOpen() *Open {
	o := &Open{}
	o.cond = sync.NewCond(o)
	return o
}

func (o *Open) Wait() {
	o.Lock()
	defer o.Unlock()
	for !o.done.Load() {
		o.cond.Wait()
	}
}

func (o *Open) Finish() {
	o.done.Store(true)
	o.cond.Broadcast()
}

// A lock of a type of its own is not seen.
type spin struct{ state atomic.Int32 }

func (s *spin) Lock()   { s.state.Store(1) }
func (s *spin) Unlock() { s.state.Store(0) }

type spinning struct {
	mu   spin
	cond *sync.Cond
	done bool
}

func newSpinning() *spinning {
	s := &spinning{}
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *spinning) Wait() {
	s.mu.Lock()
	for !s.done {
		s.cond.Wait()
	}
	s.mu.Unlock()
}

func (s *spinning) Finish() {
	s.mu.Lock()
	s.done = true
	s.mu.Unlock()
	s.cond.Broadcast()
}

func local() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	done, late := false, false
	go func() {
		done = true // want `the function literal in local changes done and then calls Signal`
		c.Signal()
	}()
	go func() {
		mu.Lock()
		late = true
		mu.Unlock()
		c.Signal()
	}()
	mu.Lock()
	for !done && !late {
		c.Wait()
	}
	mu.Unlock()
}

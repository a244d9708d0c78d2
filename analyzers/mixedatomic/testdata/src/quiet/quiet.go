// Package quiet has plain accesses of atomic variables that are right.
package quiet

import (
	"sync"
	"sync/atomic"
)

// Everything is atomic.
type all struct{ n int64 }

func (a *all) Inc() { atomic.AddInt64(&a.n, 1) }

func (a *all) N() int64 { return atomic.LoadInt64(&a.n) }

// Nobody else has the object yet.
type Made struct{ n int64 }

func NewMade(n int64) *Made {
	m := &Made{}
	m.n = n
	return m
}

func (m *Made) Inc() { atomic.AddInt64(&m.n, 1) }

func (m *Made) Reset() { m.n = 0 }

// Who writes holds the lock, so that reading under it needs no more.
type Locked struct {
	mu sync.Mutex
	n  int64
}

func (l *Locked) Add(d int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	atomic.StoreInt64(&l.n, l.n+d)
}

func (l *Locked) Twice() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return 2 * l.n
}

func (l *Locked) Value() int64 { return atomic.LoadInt64(&l.n) }

// The goroutines are over.
func Count(jobs []func() bool) int64 {
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(func() {
			if job() {
				atomic.AddInt64(&done, 1)
			}
		})
	}
	wg.Wait()
	return done
}

var done int64

// The one goroutine that writes reads its own.
type Loop struct{ round int64 }

func (l *Loop) Start() {
	go l.run()
}

func (l *Loop) run() {
	for l.round < 100 {
		atomic.StoreInt64(&l.round, l.round+1)
	}
}

func (l *Loop) Round() int64 { return atomic.LoadInt64(&l.round) }

// Nothing changes while readers read.
type Fixed struct{ n int64 }

func (f *Fixed) Get() int64 { return f.n }

func (f *Fixed) Load() int64 { return atomic.LoadInt64(&f.n) }

// Before anybody else has it, by the names of the functions.
type Journal struct{ last uint32 }

func (j *Journal) Load() { j.open() }

func (j *Journal) open() { j.last = 7 }

func (j *Journal) Next() uint32 { return atomic.AddUint32(&j.last, 1) }

func (j *Journal) Last() uint32 { return atomic.LoadUint32(&j.last) }

// Most accesses hold the lock; the one that does not is another matter.
type Rotated struct {
	mu  sync.Mutex
	out int64
}

func (r *Rotated) Write(n int64) { atomic.AddInt64(&r.out, n) }

func (r *Rotated) Rotate() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.out
	r.out = 0
	return n
}

func (r *Rotated) Full(n int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out > n
}

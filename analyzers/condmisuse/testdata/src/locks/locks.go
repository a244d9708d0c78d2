// Package locks waits with and without the lock.
package locks

import "sync"

type Box struct {
	mu    sync.Mutex
	other sync.Mutex
	cond  *sync.Cond
	full  bool
}

func newBox() *Box {
	b := &Box{}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *Box) Put() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.full = true
	b.cond.Signal()
}

func (b *Box) Get() {
	for !b.full {
		b.cond.Wait() // want `Get calls b.cond.Wait without holding its lock`
	}
}

func (b *Box) GetRight() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.full {
		b.cond.Wait()
	}
}

func (b *Box) GetByL() {
	b.cond.L.Lock()
	defer b.cond.L.Unlock()
	for !b.full {
		b.cond.Wait()
	}
}

// Another lock.
func (b *Box) GetOther() {
	b.other.Lock()
	defer b.other.Unlock()
	for !b.full {
		b.cond.Wait() // want `GetOther calls b.cond.Wait without holding its lock`
	}
}

// The lock is given up too early.
func (b *Box) GetLate() {
	b.mu.Lock()
	full := b.full
	b.mu.Unlock()
	if full {
		return
	}
	for !b.full {
		b.cond.Wait() // want `GetLate calls b.cond.Wait without holding its lock`
	}
}

// The callers hold it.
func (b *Box) wait() {
	for !b.full {
		b.cond.Wait()
	}
}

func (b *Box) GetByHelper() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wait()
}

// No caller holds it.
func (b *Box) waitAlone() {
	for !b.full {
		b.cond.Wait() // want `waitAlone calls b.cond.Wait without holding its lock`
	}
}

func (b *Box) GetAlone() { b.waitAlone() }

// Documented by the name.
func (b *Box) WaitLocked() {
	for !b.full {
		b.cond.Wait()
	}
}

// Called by a function value.
func (b *Box) waitValue() {
	for !b.full {
		b.cond.Wait()
	}
}

func (b *Box) Register(with func(func())) { with(b.waitValue) }

// A method of a type that others cannot name is there for an interface.
type waiter interface{ Wait() }

type hiddenBox struct{ Box }

func (h *hiddenBox) Wait() {
	for !h.full {
		h.cond.Wait()
	}
}

func (b *Box) GetByInterface(w waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.Wait()
}

// A goroutine does not have its starter's locks.
func (b *Box) Spawn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	go func() {
		for !b.full {
			b.cond.Wait() // want `the function literal in Spawn calls b.cond.Wait without holding its lock`
		}
	}()
}

// The starter waits for it with the lock held, which so is the goroutine's.
func (b *Box) GetWithin(timeout <-chan int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.full {
		woken := make(chan struct{})
		go func() {
			b.cond.Wait()
			close(woken)
		}()
		select {
		case <-timeout:
			b.cond.Broadcast()
			<-woken
			return false
		case <-woken:
		}
	}
	return true
}

// Held for reading.
type Table struct {
	mu   sync.RWMutex
	cond *sync.Cond
	read *sync.Cond
	n    int
}

func newTable() *Table {
	t := &Table{}
	t.cond = sync.NewCond(&t.mu)
	t.read = sync.NewCond(t.mu.RLocker())
	return t
}

func (t *Table) Add() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	t.cond.Broadcast()
	t.read.Broadcast()
}

func (t *Table) Wait() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for t.n == 0 {
		t.cond.Wait() // want `Wait calls t.cond.Wait with t.mu held only for reading`
	}
}

func (t *Table) WaitRead() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for t.n == 0 {
		t.read.Wait()
	}
}

// A function returns with the lock held, to callers elsewhere.
type Open struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newOpen() *Open {
	o := &Open{}
	o.cond = sync.NewCond(&o.mu)
	return o
}

func (o *Open) Acquire() { o.mu.Lock() }
func (o *Open) Release() { o.n++; o.cond.Signal(); o.mu.Unlock() }

func (o *Open) Wait() {
	for o.n == 0 {
		o.cond.Wait()
	}
}

// The lock is acquired by a wrapper that passes the method on.
type Traced struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newTraced() *Traced {
	t := &Traced{}
	t.cond = sync.NewCond(&t.mu)
	return t
}

func (t *Traced) lock(trace func(func())) { trace(t.mu.Lock) }

func (t *Traced) Wait(trace func(func())) {
	t.lock(trace)
	for t.n == 0 {
		t.cond.Wait()
	}
	t.n--
	t.cond.Signal()
	t.mu.Unlock()
}

package control

import (
	"sync"
	"unsafe"
)

// WGAdd stands for wg.Add(n).
//
//go:norace
func WGAdd(wg *sync.WaitGroup, n int, at string) {
	me := mine()
	if me == nil {
		shake()
		wg.Add(n)
		return
	}
	point(me)
	add(me, wg, n, opAdd, at)
}

// WGDone stands for wg.Done().
//
//go:norace
func WGDone(wg *sync.WaitGroup, at string) {
	me := mine()
	if me == nil {
		wg.Done()
		shake()
		return
	}
	point(me)
	add(me, wg, -1, opDone, at)
}

// add changes the counter. If that ends waits, they have ended, even if the
// counter is raised again before the waiting goroutines run.
//
//go:norace
func add(me *g, wg *sync.WaitGroup, n int, what op, at string) {
	p := unsafe.Pointer(wg)
	to := 0
	if s.trace && n < 0 && counter(p) == int32(-n) {
		to = longestWaiting(waitGroup, p)
	}
	event(me, what, p, at, to)
	wg.Add(n)
	if n >= 0 || counter(p) != 0 {
		return
	}
	for i := 0; i < s.nalive; i++ {
		if c := s.alive[i]; c.state == blocked && c.wait == waitGroup && c.obj == p {
			c.granted = true
		}
	}
}

// longestWaiting is the number of the goroutine that waits longest for p, 0 if none
// does.
//
//go:norace
func longestWaiting(w wait, p unsafe.Pointer) int {
	var first *g
	for i := 0; i < s.nalive; i++ {
		c := s.alive[i]
		if c.state == blocked && c.wait == w && c.obj == p && (first == nil || c.seq < first.seq) {
			first = c
		}
	}
	if first == nil {
		return 0
	}
	return first.id
}

// wgSema is where the race detector is told of the first Add and the first Wait.
const wgSema = 8

// WGWait stands for wg.Wait().
//
//go:norace
func WGWait(wg *sync.WaitGroup, at string) {
	me := mine()
	if me == nil {
		shake()
		wg.Wait()
		return
	}
	point(me)
	p := unsafe.Pointer(wg)
	if counter(p) != 0 {
		if !waitedFor(p) {
			raceWrite(unsafe.Add(p, wgSema))
		}
		for {
			if !block(me, waitGroup, p, opWait, at) {
				wg.Wait()
				return
			}
			if counter(p) == 0 {
				break
			}
			if me.granted {
				panic("sync: WaitGroup is reused before previous Wait has returned")
			}
		}
	}
	event(me, opWait, p, at, 0)
	wg.Wait()
}

//go:norace
func waitedFor(p unsafe.Pointer) bool {
	for i := 0; i < s.nalive; i++ {
		if c := s.alive[i]; c.state == blocked && c.wait == waitGroup && c.obj == p {
			return true
		}
	}
	return false
}

// WGGo stands for wg.Go(f).
func WGGo(wg *sync.WaitGroup, f func(), at string) {
	n := Begin(at)
	if n == nil {
		wg.Go(f)
		return
	}
	WGAdd(wg, 1, at)
	go func() {
		defer n.End()
		n.Start()
		defer doneUnlessPanicking(wg, at)
		f()
	}()
	Began(at)
}

// doneUnlessPanicking lets a panic end the program, as package sync does.
func doneUnlessPanicking(wg *sync.WaitGroup, at string) {
	if !panicking() {
		WGDone(wg, at)
	}
}

// An onceRun is a Once that a goroutine is in.
type onceRun struct {
	once unsafe.Pointer
	by   *g
	next *onceRun
}

// busy is the goroutine that is in a Once.
//
//go:norace
func busy(once unsafe.Pointer) *g {
	for r := s.once; r != nil; r = r.next {
		if r.once == once {
			return r.by
		}
	}
	return nil
}

// OnceDo stands for o.Do(f).
//
//go:norace
func OnceDo(o *sync.Once, f func(), at string) {
	me := mine()
	if me == nil {
		shake()
		o.Do(f)
		return
	}
	point(me)
	p := unsafe.Pointer(o)
	for busy(p) != nil {
		if !block(me, waitOnce, p, opOnce, at) {
			o.Do(f)
			return
		}
	}
	s.once = &onceRun{p, me, s.once}
	holding(me, p, opOnce, at)
	event(me, opOnce, p, at, 0)
	defer onceEnd(me, p)
	o.Do(f)
}

//go:norace
func onceEnd(me *g, p unsafe.Pointer) {
	released(me, p, opOnce)
	for q := &s.once; *q != nil; q = &(*q).next {
		if (*q).once == p {
			*q = (*q).next
			return
		}
	}
}

// OnceFunc stands for sync.OnceFunc.
func OnceFunc(f func()) func() {
	do := OnceValue(func() struct{} { f(); return struct{}{} })
	return func() { do() }
}

// OnceValue stands for sync.OnceValue.
func OnceValue[T any](f func() T) func() T {
	do := OnceValues(func() (T, struct{}) { return f(), struct{}{} })
	return func() T { v, _ := do(); return v }
}

// OnceValues stands for sync.OnceValues.
func OnceValues[T, U any](f func() (T, U)) func() (T, U) {
	var once sync.Once
	var valid bool
	var why any
	var v T
	var w U
	do := func() {
		defer func() {
			if !valid {
				why = recover()
				panic(why)
			}
		}()
		v, w = f()
		valid = true
	}
	return func() (T, U) {
		OnceDo(&once, do, "")
		if !valid {
			panic(why)
		}
		return v, w
	}
}

// CondWait stands for c.Wait().
//
//go:norace
func CondWait(c *sync.Cond, at string) {
	me := mine()
	if me == nil {
		shake()
		c.Wait()
		return
	}
	point(me)
	p := unsafe.Pointer(c)
	s.seq++
	me.cond, me.condSeq, me.signalled = p, s.seq, false
	letGo(me, c.L, at)
	for !me.signalled {
		if !block(me, waitCond, p, opCondWait, at) {
			c.L.Lock()
			c.Wait()
			return
		}
	}
	me.cond = nil
	event(me, opCondWait, p, at, 0)
	LockerLock(c.L, at)
}

// signal ends the wait of c for a Cond.
//
//go:norace
func signal(c *g) {
	c.signalled = true
	if c.state == blocked && c.wait == waitCond {
		c.granted = true
	}
}

// letGo unlocks the lock of a Cond. There is no point before it, but a lock of the
// program's own may have some in its Unlock.
//
//go:norace
func letGo(me *g, l sync.Locker, at string) {
	m, kind := lockOf(l)
	switch kind {
	case isMutex:
		released(me, m, opLock)
		eventUnlock(me, opUnlock, m, at)
	case isRWMutex:
		released(me, m, opWLock)
		eventUnlock(me, opWUnlock, m, at)
	case isRLocker:
		released(me, m, opRLock)
		eventUnlock(me, opRUnlock, m, at)
	}
	l.Unlock()
}

// CondSignal stands for c.Signal().
//
//go:norace
func CondSignal(c *sync.Cond, at string) {
	me := mine()
	if me == nil {
		shake()
		c.Signal()
		return
	}
	point(me)
	p := unsafe.Pointer(c)
	var first *g
	for i := 0; i < s.nalive; i++ {
		w := s.alive[i]
		if w.cond == p && !w.signalled && (first == nil || w.condSeq < first.condSeq) {
			first = w
		}
	}
	to := 0
	if first != nil {
		signal(first)
		to = first.id
	}
	event(me, opSignal, p, at, to)
	c.Signal()
}

// CondBroadcast stands for c.Broadcast().
//
//go:norace
func CondBroadcast(c *sync.Cond, at string) {
	me := mine()
	if me == nil {
		shake()
		c.Broadcast()
		return
	}
	point(me)
	p := unsafe.Pointer(c)
	to := longestWaiting(waitCond, p)
	for i := 0; i < s.nalive; i++ {
		if w := s.alive[i]; w.cond == p {
			signal(w)
		}
	}
	event(me, opBroadcast, p, at, to)
	c.Broadcast()
}

// A pool is what is in a sync.Pool. The order in which that hands out what it has
// depends on processors and on garbage collections, and under the race detector
// on chance; this one is a stack.
type pool struct {
	of   *sync.Pool
	top  *pooled
	next *pool
}

type pooled struct {
	x    any
	next *pooled
}

//go:norace
func poolOf(p *sync.Pool) *pool {
	for q := s.pools; q != nil; q = q.next {
		if q.of == p {
			return q
		}
	}
	s.pools = &pool{of: p, next: s.pools}
	return s.pools
}

// PoolGet stands for p.Get().
//
//go:norace
func PoolGet(p *sync.Pool, at string) any {
	me := mine()
	if me == nil {
		shake()
		return p.Get()
	}
	point(me)
	event(me, opPool, unsafe.Pointer(p), at, 0)
	q := poolOf(p)
	if q.top == nil {
		if p.New == nil {
			return nil
		}
		return p.New()
	}
	top := q.top
	q.top = top.next
	raceAcquire(unsafe.Pointer(top))
	return top.x
}

// PoolPut stands for p.Put(x).
//
//go:norace
func PoolPut(p *sync.Pool, x any, at string) {
	me := mine()
	if me == nil {
		p.Put(x)
		shake()
		return
	}
	point(me)
	event(me, opPool, unsafe.Pointer(p), at, 0)
	if x == nil {
		return
	}
	q := poolOf(p)
	q.top = &pooled{x, q.top}
	raceRelease(unsafe.Pointer(q.top))
}

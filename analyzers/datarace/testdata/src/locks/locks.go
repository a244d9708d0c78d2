// Package locks has accesses under locks, common or not.
package locks

import "sync"

func differentLocks() {
	var a, b sync.Mutex
	x := 0
	_ = &x
	go func() {
		a.Lock()
		defer a.Unlock()
		x = 1 // want `x is written here by the goroutine started at locks.go:\d+ while locks.go:\d+ writes it too, holding a here and b there, which does not keep them apart, and nothing orders them`
	}()
	b.Lock()
	x = 2
	b.Unlock()
}

func forgottenHere() {
	var mu sync.Mutex
	x := 0
	go func() {
		mu.Lock()
		x++ // want `x is written here by the goroutine started at locks.go:\d+ while locks.go:\d+ reads it, holding mu here and nothing there`
		mu.Unlock()
	}()
	x++
}

// Readers do not exclude each other.
func writeUnderRLock() {
	var mu sync.RWMutex
	x := 0
	_ = &x
	for range 2 {
		go func() {
			mu.RLock()
			x = 1 // want `x is written here by all goroutines started at locks.go:\d+, which run at the same time; mu does not keep them apart`
			mu.RUnlock()
		}()
	}
}

func readersAndWriter() {
	var mu sync.RWMutex
	x := 0
	go func() {
		mu.RLock()
		defer mu.RUnlock()
		_ = x
	}()
	mu.Lock()
	x = 1
	mu.Unlock()
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) inc() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func (c *counter) lock()   { c.mu.Lock() }
func (c *counter) unlock() { c.mu.Unlock() }

// The lock is taken in a method, or by the caller of one.
func methodsLock() {
	c := new(counter)
	go c.inc()
	c.inc()
	c.lock()
	c.n = 0
	c.unlock()
}

// Two counters have two locks, and two fields.
func otherInstance() {
	a, b := new(counter), new(counter)
	go a.inc()
	b.n = 1
}

func fieldBare() {
	c := new(counter)
	go c.inc()
	c.n = 0 // want `c.n is written here while the goroutine started at locks.go:\d+ reads it at locks.go:\d+, holding nothing here and c.mu there`
}

// A lock taken under a condition counts as taken.
func conditional(parallel bool) {
	var mu sync.Mutex
	x := 0
	f := func() {
		if parallel {
			mu.Lock()
			defer mu.Unlock()
		}
		x++
	}
	if parallel {
		go f()
	}
	f()
}

func methodValue() {
	var mu sync.Mutex
	x := 0
	go func() {
		mu.Lock()
		u := mu.Unlock
		defer u()
		x++
	}()
	mu.Lock()
	x++
	mu.Unlock()
}

type embeds struct {
	sync.Mutex
	n int
}

func promoted() {
	var e embeds
	go func() {
		e.Lock()
		e.n = 1
		e.Unlock()
	}()
	e.Lock()
	e.n = 2
	e.Unlock()
}

// The promoted method, the field's own and a method value lock one mutex.
func promotedAndNot() {
	var e embeds
	go func() {
		e.Mutex.Lock()
		e.n = 1
		e.Mutex.Unlock()
	}()
	lock, unlock := e.Lock, e.Unlock
	lock()
	e.n = 2
	unlock()
}

func locker() {
	var mu sync.Mutex
	var l sync.Locker = &mu
	x := 0
	go func() {
		l.Lock()
		defer l.Unlock()
		x++
	}()
	mu.Lock()
	x++
	mu.Unlock()
}

func rlocker() {
	var mu sync.RWMutex
	l := mu.RLocker()
	x := 0
	go func() {
		l.Lock()
		println(x)
		l.Unlock()
	}()
	mu.Lock()
	x++
	mu.Unlock()
}

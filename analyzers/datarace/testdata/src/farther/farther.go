// Package farther calls functions of another package on objects that goroutines share.
package farther

import (
	"sync"

	"counters"
)

func increments(c *counters.Counter) {
	for range 3 {
		go func() {
			c.Inc() // want `c.n is written here by all goroutines started at .*; Inc writes it without a lock \(counters.go:15\): lock there, or around the calls`
		}()
	}
}

func incrementsNew() int {
	c := counters.New()
	go func() {
		c.Twice() // want `c.n is written here by the goroutine started at .* while farther.go:\d+ reads it, .*; Twice writes it without a lock \(counters.go:15\), and Value uses it without one \(counters.go:22\)`
	}()
	return c.Value()
}

func ownCounters() {
	for range 3 {
		go func() {
			c := counters.New()
			c.Inc()
		}()
	}
}

func locked() int {
	var mu sync.Mutex
	c := counters.New()
	go func() {
		mu.Lock()
		defer mu.Unlock()
		c.Inc()
	}()
	mu.Lock()
	defer mu.Unlock()
	return c.Value()
}

func waited() int {
	c := counters.New()
	var wg sync.WaitGroup
	wg.Go(c.Inc)
	wg.Go(func() { _ = c.GetLabel() })
	wg.Wait()
	return c.Value()
}

func maps(c *counters.Counter) string {
	go func() {
		c.Name("a") // want `c.names is written here .*; Name writes it without a lock \(counters.go:24\), and Names uses it without one`
	}()
	return c.Names()
}

func behindAPointer(c *counters.Counter) {
	for range 3 {
		go func() {
			c.IncNext() // want `c.next.n is written here by all goroutines started`
		}()
	}
	go func() { c.Inc() }()
}

func pointers(c *counters.Counter) {
	go func() {
		c.IncNext()
	}()
	c.SetNext(nil) // want `c.next is written here while the goroutine started at .* reads it`
}

func reset(c *counters.Counter) {
	go func() {
		c.Reset() // want `c is written here by the goroutine started at .* while .* writes it`
	}()
	c.Inc()
}

func copied(c *counters.Counter) int {
	go func() {
		c.Inc() // want `c.n is written here by the goroutine started at .* reads it`
	}()
	return c.Copy()
}

func globals() int {
	go func() {
		counters.Count() // want `counters.total is written here by the goroutine started at .* reads it, .*; Count writes it without a lock \(counters.go:40\), and Total uses it`
	}()
	return counters.Total()
}

func mapOfAll() int {
	go func() {
		counters.Add("a") // want `counters.All is written here by the goroutine started at .* reads it, .*; Add writes it without a lock`
	}()
	return counters.All["a"]
}

func goStatement() int {
	c := counters.New()
	go c.Inc() // want `a shared Counter is written here by the goroutine started at .* while .* reads it, .*; Inc writes it without a lock`
	return c.Value()
}

func goInALoop(c *counters.Counter) {
	for range 3 {
		go c.Inc() // want `c.n is written here by all goroutines started at`
	}
}

func methodValue(c *counters.Counter) {
	var wg sync.WaitGroup
	wg.Go(c.Inc) // want `c.n is written here by the goroutine started at farther.go:\d+ while the one started at farther.go:\d+ writes it`
	wg.Go(c.Inc)
	wg.Wait()
}

func twoFields(c *counters.Counter) {
	for range 3 {
		go func() {
			c.Move() // want `is written here by all goroutines started at .*; Move writes it without a lock`
		}()
	}
}

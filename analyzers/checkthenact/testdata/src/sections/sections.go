// Package sections has reads and writes in different critical sections of one lock.
package sections

import "sync"

type counter struct {
	mu   sync.RWMutex
	n    int
	max  int
	busy bool
	gen  int
	list []int
	subs map[string]chan int
	hits map[string]int
}

func (c *counter) lost() {
	c.mu.Lock()
	n := c.n
	c.mu.Unlock()
	c.mu.Lock()
	c.n = n + 1 // want `lost writes to c.n what it computed from the value that it read at line 19, but c.mu was released`
	c.mu.Unlock()
}

func (c *counter) kept() {
	c.mu.Lock()
	n := c.n
	c.n = n + 1
	c.mu.Unlock()
}

func (c *counter) lostAppend(x int) {
	c.mu.RLock()
	list := c.list
	c.mu.RUnlock()
	list = append(list[:len(list):len(list)], x)
	c.mu.Lock()
	c.list = list // want `writes to c.list what it computed`
	c.mu.Unlock()
}

func (c *counter) lostElement(key string) {
	c.mu.Lock()
	h := c.hits[key]
	c.mu.Unlock()
	c.mu.Lock()
	c.hits[key] = h + 1 // want `writes to c.hits\[…\] what it computed`
	c.mu.Unlock()
}

func (c *counter) otherKey(from, to string) {
	c.mu.Lock()
	h := c.hits[from]
	c.mu.Unlock()
	c.mu.Lock()
	c.hits[to] = h + 1
	c.mu.Unlock()
}

// Package-level and captured variables have locks too.
var (
	mu    sync.Mutex
	total int
)

func lostGlobal(d int) {
	mu.Lock()
	t := total
	mu.Unlock()
	mu.Lock()
	defer mu.Unlock()
	total = t + d // want `lostGlobal writes to total what`
}

func captured() int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 10 {
		wg.Go(func() {
			mu.Lock()
			v := n
			mu.Unlock()
			mu.Lock()
			n = v + 1 // want `writes to n what it computed`
			mu.Unlock()
		})
	}
	wg.Wait()
	return n
}

// A limit.

func (c *counter) withdraw(amount int) bool {
	c.mu.RLock()
	short := c.n < amount
	c.mu.RUnlock()
	if short {
		return false
	}
	c.mu.Lock()
	c.n -= amount // want `withdraw compared c.n at line 98, released c.mu, locked it again at line 103 and changes c.n`
	c.mu.Unlock()
	return true
}

func (c *counter) withdrawRechecked(amount int) bool {
	c.mu.RLock()
	short := c.n < amount
	c.mu.RUnlock()
	if short {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n < amount {
		return false
	}
	c.n -= amount
	return true
}

// A maximum.

func (c *counter) observe(v int) {
	c.mu.RLock()
	max := c.max
	c.mu.RUnlock()
	if v > max {
		c.mu.Lock()
		c.max = v // want `observe compared c.max at line 129`
		c.mu.Unlock()
	}
}

func (c *counter) observeRechecked(v int) {
	c.mu.RLock()
	max := c.max
	c.mu.RUnlock()
	if v > max {
		c.mu.Lock()
		if v > c.max {
			c.max = v
		}
		c.mu.Unlock()
	}
}

// Something of which there must be one.

func (c *counter) subscribe(key string) chan int {
	c.mu.RLock()
	ch, ok := c.subs[key]
	c.mu.RUnlock()
	if ok {
		return ch
	}
	ch = make(chan int)
	c.mu.Lock()
	c.subs[key] = ch // want `subscribe found at line 155 that c.subs\[…\] has to be made`
	c.mu.Unlock()
	return ch
}

func (c *counter) subscribeRechecked(key string) chan int {
	c.mu.RLock()
	ch, ok := c.subs[key]
	c.mu.RUnlock()
	if ok {
		return ch
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch, ok := c.subs[key]; ok {
		return ch
	}
	ch = make(chan int)
	c.subs[key] = ch
	return ch
}

// What the first section claims nobody else writes.
func (c *counter) claim() {
	c.mu.Lock()
	if c.busy {
		c.mu.Unlock()
		return
	}
	c.busy = true
	n := c.n
	c.mu.Unlock()
	n = slow(n) + n
	c.mu.Lock()
	c.busy = false
	c.n = n + 1
	c.mu.Unlock()
}

func slow(n int) int { return n }

// A generation that is compared tells whether something changed.
func (c *counter) generation() {
	c.mu.Lock()
	n, gen := c.n, c.gen
	c.mu.Unlock()
	c.mu.Lock()
	if c.gen == gen {
		c.n = n + 1
	}
	c.mu.Unlock()
}

// What is put back is not computed.
func (c *counter) restore(f func()) {
	c.mu.Lock()
	old := c.max
	c.mu.Unlock()
	f()
	c.mu.Lock()
	c.max = old
	c.mu.Unlock()
}

// Another lock holds the two sections together.
type outer struct {
	all sync.Mutex
	mu  sync.Mutex
	n   int
}

func (o *outer) serial() {
	o.all.Lock()
	defer o.all.Unlock()
	o.mu.Lock()
	n := o.n
	o.mu.Unlock()
	o.mu.Lock()
	o.n = n + 1
	o.mu.Unlock()
}

// The lock is released for a while on some paths only, and what was read is read
// again on these.
func (o *outer) yielding(busy bool) {
	o.mu.Lock()
	n := o.n
	if busy {
		o.mu.Unlock()
		o.mu.Lock()
		n = o.n
	}
	o.n = n + 1
	o.mu.Unlock()
}

// A sync.Once lets nobody come between.
func (o *outer) once(once *sync.Once) {
	once.Do(func() {
		o.mu.Lock()
		n := o.n
		o.mu.Unlock()
		o.mu.Lock()
		o.n = n + 1
		o.mu.Unlock()
	})
}

// A variable of the function itself is not shared.
func fresh() *outer {
	var o outer
	o.mu.Lock()
	n := o.n
	o.mu.Unlock()
	o.mu.Lock()
	o.n = n + 1
	o.mu.Unlock()
	return &o
}

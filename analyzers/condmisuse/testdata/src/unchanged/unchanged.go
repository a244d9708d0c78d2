// Package unchanged waits for conditions that nothing changes.
package unchanged

import (
	"container/heap"
	"fmt"
	"sync"
	"time"
)

type door struct {
	mu     sync.Mutex
	cond   *sync.Cond
	open   bool
	closed bool
	Public bool
	at     time.Time
	names  map[string]bool
	waits  *names
	state  state
}

type state struct{ on bool }

type names []string

func (n names) Len() int           { return len(n) }
func (n names) Less(i, j int) bool { return n[i] < n[j] }
func (n names) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }
func (n *names) Push(x any)        { *n = append(*n, x.(string)) }
func (n *names) Pop() any {
	last := (*n)[len(*n)-1]
	*n = (*n)[:len(*n)-1]
	return last
}

func newDoor() *door {
	d := &door{open: true, waits: new(names), names: make(map[string]bool)}
	d.cond = sync.NewCond(&d.mu)
	return d
}

func (d *door) ring() {
	d.mu.Lock()
	d.cond.Broadcast()
	d.mu.Unlock()
}

func (d *door) isOpen() bool { return d.open }

// Only the constructor assigns to it.
func (d *door) wait() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.open {
		d.cond.Wait() // want `wait calls d.cond.Wait in a loop whose condition nothing changes: d.open is never assigned to`
	}
}

func (d *door) waitMethod() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.isOpen() {
		d.cond.Wait() // want `waitMethod calls d.cond.Wait in a loop whose condition nothing changes: d.open is never`
	}
}

// Another way out of the loop.
func (d *door) waitOrClosed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.open {
		d.cond.Wait()
		if d.closed {
			return
		}
	}
}

func (d *door) close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.cond.Broadcast()
}

func (d *door) waitUntil() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.open && time.Now().Before(d.at) {
		d.cond.Wait()
	}
}

// The loop itself assigns to it.
func (d *door) waitTimes() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer func() { fmt.Println(n) }()
	for n < 3 {
		d.cond.Wait()
		n++
	}
	return n
}

// Other packages can assign to it.
type Door struct {
	mu     sync.Mutex
	cond   *sync.Cond
	Public bool
}

func NewDoor() *Door {
	d := &Door{}
	d.cond = sync.NewCond(&d.mu)
	return d
}

func (d *Door) Wait() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.Public {
		d.cond.Wait()
	}
}

func (d *Door) Ring() { d.cond.Broadcast() }

// Assigned to where it is not seen: by what is given its address, or the map, or as
// a part of what it belongs to.
func (d *door) waitNames() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.waits.Len() == 0 {
		d.cond.Wait()
	}
	for !d.names["a"] {
		d.cond.Wait()
	}
	for !d.state.on {
		d.cond.Wait()
	}
}

func (d *door) add(name string, fill func(map[string]bool), s state) {
	d.mu.Lock()
	heap.Push(d.waits, name)
	fill(d.names)
	d.state = s
	d.mu.Unlock()
	d.cond.Broadcast()
}

// Package quiet has accesses without a lock that are right.
package quiet

import (
	"sync"
	"sync/atomic"
)

// The goroutine that alone writes may read without the lock, which is for
// others.
type Owner struct {
	mu    sync.Mutex
	state int
}

func NewOwner() *Owner {
	o := &Owner{state: 1}
	go o.loop()
	return o
}

func (o *Owner) loop() {
	for o.state < 10 {
		o.mu.Lock()
		o.state++
		o.mu.Unlock()
	}
}

func (o *Owner) State() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state
}

// Nobody else has the object yet.
func Prepared() *Owner {
	o := &Owner{}
	o.state = 3
	return o
}

// What is not written once it is shared needs no lock.
type Named struct {
	mu   sync.Mutex
	name string
	uses int
}

func NewNamed(name string) *Named { return &Named{name: name} }

func (n *Named) Use() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.uses++
	return n.name
}

func (n *Named) Again() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.uses++
	return n.name
}

func (n *Named) Name() string { return n.name }

// An atomic needs no lock, though it may be used under one.
type Flags struct {
	mu   sync.Mutex
	done atomic.Bool
	list []int
}

func (f *Flags) Stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
	f.done.Store(true)
}

func (f *Flags) Stopped() bool { return f.done.Load() }

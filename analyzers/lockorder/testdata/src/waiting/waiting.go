// Package waiting takes locks before something has ended and behind it. // want package:`p\.state before p\.queue; .*p\.queue before p\.state`
package waiting

import (
	"sync"
	"time"
)

// The goroutine has ended when the locks are taken the other way round.
func group() {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	wg.Go(func() {
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
	})
	wg.Wait()
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

func channel() {
	var a, b sync.Mutex
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
	}()
	<-done
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

// It has not been started yet.
func before() {
	var a, b sync.Mutex
	a.Lock()
	b.Lock()
	b.Unlock()
	a.Unlock()
	go func() {
		b.Lock()
		a.Lock()
		a.Unlock()
		b.Unlock()
	}()
}

// It has not ended.
func beside() {
	var a, b sync.Mutex
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Lock()
		b.Lock() // want `the function literal in beside locks b while it holds a \(line \d+\), and beside locks a while it holds b`
		b.Unlock()
		a.Unlock()
	}()
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
	<-done
}

// Another one has ended.
func twoGroups() {
	var a, b sync.Mutex
	var first, second sync.WaitGroup
	first.Go(func() {})
	second.Go(func() {
		a.Lock()
		b.Lock() // want `the function literal in twoGroups locks b while it holds a \(line \d+\), and twoGroups locks a while it holds b`
		b.Unlock()
		a.Unlock()
	})
	first.Wait()
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

// Perhaps it has ended.
func timeout() {
	var a, b sync.Mutex
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Lock()
		b.Lock() // want `the function literal in timeout locks b while it holds a \(line \d+\), and timeout locks a while it holds b`
		b.Unlock()
		a.Unlock()
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

// One of each round has ended, those of other rounds may not.
func rounds() {
	var a, b sync.Mutex
	done := make(chan struct{})
	for range 3 {
		go func() {
			a.Lock()
			b.Lock() // want `the function literal in rounds locks b while it holds a \(line \d+\), and rounds locks a while it holds b`
			b.Unlock()
			a.Unlock()
			done <- struct{}{}
		}()
	}
	<-done
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

// A pump, whose methods other packages call.
type pump struct {
	queue, state sync.Mutex
	done         chan struct{}
	n            int
}

func newPump() *pump {
	p := &pump{done: make(chan struct{})}
	go p.run()
	return p
}

func (p *pump) run() {
	defer close(p.done)
	p.state.Lock()
	p.queue.Lock()
	p.n++
	p.queue.Unlock()
	p.state.Unlock()
}

func (p *pump) Stop() {
	<-p.done
	p.queue.Lock()
	p.state.Lock()
	p.n = 0
	p.state.Unlock()
	p.queue.Unlock()
}

// The same with a group, one call down.
type mill struct {
	queue, state sync.Mutex
	wg           sync.WaitGroup
	n            int
}

func newMill() *mill {
	m := &mill{}
	m.wg.Go(m.run)
	return m
}

func (m *mill) run() {
	m.state.Lock()
	defer m.state.Unlock()
	m.add()
}

func (m *mill) add() {
	m.queue.Lock()
	m.n++
	m.queue.Unlock()
}

func (m *mill) Stop() {
	m.wg.Wait()
	m.reset()
}

func (m *mill) reset() {
	m.queue.Lock()
	defer m.queue.Unlock()
	m.state.Lock()
	defer m.state.Unlock()
	m.n = 0
}

// Another method does not wait.
type press struct {
	queue, state sync.Mutex
	done         chan struct{}
	n            int
}

func newPress() *press {
	p := &press{done: make(chan struct{})}
	go p.run()
	return p
}

func (p *press) run() {
	defer close(p.done)
	p.state.Lock()
	p.queue.Lock() // want `run locks p.queue while it holds p.state \(line \d+\), and reset locks p.state while it holds p.queue`
	p.n++
	p.queue.Unlock()
	p.state.Unlock()
}

func (p *press) Stop() {
	<-p.done
	p.reset()
}

func (p *press) Abort() { p.reset() }

func (p *press) reset() {
	p.queue.Lock()
	p.state.Lock()
	p.n = 0
	p.state.Unlock()
	p.queue.Unlock()
}

// The locks are taken before the wait.
type saw struct {
	queue, state sync.Mutex
	done         chan struct{}
	n            int
}

func newSaw() *saw {
	s := &saw{done: make(chan struct{})}
	go s.run()
	return s
}

func (s *saw) run() {
	defer close(s.done)
	s.state.Lock()
	s.queue.Lock() // want `run locks s.queue while it holds s.state \(line \d+\), and Stop locks s.state while it holds s.queue`
	s.n++
	s.queue.Unlock()
	s.state.Unlock()
}

func (s *saw) Stop() {
	s.queue.Lock()
	s.state.Lock()
	s.n = 0
	s.state.Unlock()
	s.queue.Unlock()
	<-s.done
}

// What does not wait is called where the type is not explored.
type drill struct {
	queue, state sync.Mutex
	done         chan struct{}
	n            int
}

func newDrill() *drill {
	d := &drill{done: make(chan struct{})}
	go d.run()
	return d
}

func (d *drill) run() {
	defer close(d.done)
	d.state.Lock()
	d.queue.Lock() // want `run locks d.queue while it holds d.state \(line \d+\), and stopAll locks d.state while it holds d.queue`
	d.n++
	d.queue.Unlock()
	d.state.Unlock()
}

func (d *drill) Stop() { <-d.done }

func stopAll(list []*drill) {
	for _, d := range list {
		d.queue.Lock()
		d.state.Lock()
		d.n = 0
		d.state.Unlock()
		d.queue.Unlock()
	}
}

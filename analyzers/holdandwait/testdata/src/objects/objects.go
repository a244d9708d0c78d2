// Package objects has locks of one name on different objects.
package objects

import "sync"

type actor struct {
	mu    sync.Mutex
	inbox chan int
	sum   int
}

func newActor() *actor { return &actor{inbox: make(chan int)} }

func (a *actor) run() {
	for n := range a.inbox {
		a.mu.Lock()
		a.sum += n
		a.mu.Unlock()
	}
}

// The lock held is the sender's own.
func twoActors() {
	a, b := newActor(), newActor()
	go b.run()
	for i := range 3 {
		a.mu.Lock()
		b.inbox <- i
		a.mu.Unlock()
	}
}

// Each iteration has an actor of its own, and its lock is the one held.
func manyActors() {
	for i := range 3 {
		a := newActor()
		go a.run()
		go func() {
			for {
				a.mu.Lock()
				a.inbox <- i // want `manyActors sends on a.inbox while holding a.mu`
				a.mu.Unlock()
			}
		}()
	}
}

// One of many in a slice, but lock and wait group belong to the same one.
type stopper struct {
	mu sync.Mutex
	wg sync.WaitGroup
	n  int
}

func (s *stopper) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wg.Wait() // want `\(\*stopper\).stop waits for s.wg while holding s.mu`
}

func inSlice() {
	var all []*stopper
	for range 3 {
		all = append(all, new(stopper))
	}
	for _, s := range all {
		s.wg.Add(1)
		go func() {
			defer s.wg.Done()
			s.mu.Lock()
			s.n++
			s.mu.Unlock()
		}()
	}
	for _, s := range all {
		s.stop()
	}
}

// One of many, with a channel that all share: which lock it is cannot be told.
type member struct {
	mu sync.Mutex
	n  int
}

func inSliceShared() {
	c := make(chan int)
	var all []*member
	for range 3 {
		all = append(all, new(member))
	}
	go func() {
		for {
			all[0].mu.Lock()
			all[0].n++
			all[0].mu.Unlock()
			<-c
		}
	}()
	for _, m := range all[1:] {
		m.mu.Lock()
		c <- 1
		m.mu.Unlock()
	}
}

// Package handover has locks that are released by another goroutine or by
// somebody who is given the locked object.
package handover

import (
	"io"
	"sync"
)

type job struct {
	mu   sync.Mutex
	done bool
}

// To a goroutine that is started for it.
func (j *job) background(ok bool) bool {
	j.mu.Lock()
	if !ok {
		j.mu.Unlock()
		return false
	}
	go func() {
		defer j.mu.Unlock()
		j.done = true
	}()
	return true
}

func (j *job) backgroundMethod(ok bool) bool {
	j.mu.Lock()
	if !ok {
		j.mu.Unlock()
		return false
	}
	go j.finish()
	return true
}

func (j *job) finish() {
	j.done = true
	j.mu.Unlock()
}

// A goroutine that locks for itself releases nothing of ours.
type task struct {
	mu sync.Mutex
	n  int
}

func (t *task) spawn(ok bool) bool {
	t.mu.Lock()
	if !ok {
		t.mu.Unlock()
		return false
	}
	go func() {
		t.mu.Lock()
		t.n++
		t.mu.Unlock()
	}()
	return true // want `spawn returns with t.mu still locked`
}

// To whoever receives the object: worker unlocks it.
type request struct {
	mu  sync.Mutex
	out io.Writer
}

func submit(ch chan *request, r *request) bool {
	r.mu.Lock()
	if r.out == nil {
		r.mu.Unlock()
		return false
	}
	ch <- r
	return true
}

func worker(ch chan *request) {
	for r := range ch {
		r.out.Write(nil)
		r.mu.Unlock()
	}
}

// To a function that is not seen.
func elsewhere(mu *sync.Mutex, release func(*sync.Mutex), ok bool) {
	mu.Lock()
	if !ok {
		release(mu)
		return
	}
	mu.Unlock()
}

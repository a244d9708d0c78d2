// Package handover has locks that are released by another goroutine or by
// somebody who is given the locked object.
package handover

import (
	"errors"
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

// A lock that belongs to an object that is returned with it, whose methods know by
// its state whether to release it.
type database struct {
	writer sync.Mutex
}

var errFailed = errors.New("failed")

type transaction struct {
	db       *database
	writable bool
}

func (db *database) begin() (*transaction, error) {
	db.writer.Lock()
	if db == nil {
		db.writer.Unlock()
		return nil, errFailed
	}
	return &transaction{db: db, writable: true}, nil
}

func (tx *transaction) end() error {
	if tx.db == nil {
		return errFailed
	}
	if tx.writable {
		tx.db.writer.Unlock()
	}
	tx.db = nil
	return nil
}

func (db *database) update(f func(*transaction) error) error {
	tx, err := db.begin()
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.end()
		return err
	}
	return tx.end()
}

// Package entry shows what is held when a function is entered.
package entry

import "sync"

func probe()

type s struct {
	mu sync.Mutex
	n  int
}

func (s *s) Inc() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inc()
}

func (s *s) Add(n int) {
	s.mu.Lock()
	for range n {
		s.inc()
	}
	s.mu.Unlock()
}

// All callers hold the lock.
func (s *s) inc() {
	probe() // want `held: s.mu\(entry\)`
	s.n++
	s.deep()
}

func (s *s) deep() {
	probe() // want `held: s.mu\(entry\)`
}

// One does not.
func (s *s) read() int {
	probe() // want `held: nothing`
	return s.n
}

func (s *s) Get() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read()
}

func (s *s) Peek() int { return s.read() }

// Exported: anybody may call it.
func (s *s) Exported() {
	probe() // want `held: nothing`
}

func (s *s) CallsExported() {
	s.mu.Lock()
	s.Exported()
	s.mu.Unlock()
}

// Used as a value.
func (s *s) value() {
	probe() // want `held: nothing`
}

func (s *s) Value(run func(func())) {
	s.mu.Lock()
	s.value()
	run(s.value)
	s.mu.Unlock()
}

// Called through an interface.
type doer interface{ do() }

func (s *s) do() {
	probe() // want `held: nothing`
}

func (s *s) Do(d doer) {
	s.mu.Lock()
	s.do()
	s.mu.Unlock()
	d.do()
}

// Started as a goroutine.
func (s *s) background() {
	probe() // want `held: nothing`
}

func (s *s) Background() {
	s.mu.Lock()
	s.background()
	go s.background()
	s.mu.Unlock()
}

// Recursive.
func (s *s) walk(n int) {
	probe() // want `held: s.mu\(entry\)`
	if n > 0 {
		s.walk(n - 1)
	}
}

func (s *s) Walk() {
	s.mu.Lock()
	s.walk(3)
	s.mu.Unlock()
}

// The caller's lock is given up for a while.
func (s *s) pause() {
	probe() // want `held: s.mu\(entry\)`
	s.mu.Unlock()
	probe() // want `held: nothing`
	s.mu.Lock()
	probe() // want `held: s.mu\(entry\)`
}

func (s *s) Pause() {
	s.mu.Lock()
	s.pause()
	probe() // want `held: s.mu`
	s.mu.Unlock()
}

// A global lock, and a function without a receiver.
var globalMu sync.Mutex

func global() {
	probe() // want `held: globalMu\(entry\)`
}

func Global() {
	globalMu.Lock()
	defer globalMu.Unlock()
	global()
}

// The lock of another object than the argument means nothing to the callee.
func other(s *s) {
	probe() // want `held: nothing`
}

func Other(a, b *s) {
	a.mu.Lock()
	other(b)
	a.mu.Unlock()
}

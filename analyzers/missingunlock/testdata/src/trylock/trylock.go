// Package trylock has locks that are held if TryLock says so.
package trylock

import "sync"

type t struct {
	mu sync.RWMutex
	n  int
}

func (t *t) skip() {
	if !t.mu.TryLock() {
		return
	}
	t.n++
	t.mu.Unlock()
}

func (t *t) branch() {
	if t.mu.TryLock() {
		defer t.mu.Unlock()
		t.n++
	}
}

func (t *t) named() int {
	ok := t.mu.TryRLock()
	if ok {
		defer t.mu.RUnlock()
	}
	return t.n
}

func (t *t) wrong(n int) bool {
	if !t.mu.TryLock() {
		return false
	}
	if n < 0 {
		return false // want `wrong returns with t.mu still locked`
	}
	t.n = n
	t.mu.Unlock()
	return true
}

func (t *t) orLock() {
	if !t.mu.TryLock() {
		t.mu.Lock()
	}
	t.n++
	t.mu.Unlock()
}

func (t *t) try() bool { return t.mu.TryLock() }

func (t *t) useTry() {
	if t.try() {
		t.n++
		t.mu.Unlock()
	}
}

func must(ok bool)        { _ = ok }
func equal(got, want any) { _, _ = got, want }
func all(results ...any)  { _ = results }

// What the result means is judged by the function that it is passed to.
func (t *t) judgedElsewhere() int {
	must(!t.mu.TryLock())
	must(t.mu.TryLock() == false)
	return t.n
}

func (t *t) asserted() int {
	must(t.mu.TryLock())
	equal(t.mu.TryRLock(), false)
	all("free", t.mu.TryLock())
	return t.n
}

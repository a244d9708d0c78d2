// Package wrappers has types whose own methods lock and unlock.
package wrappers

import "sync"

type traced struct {
	mu    sync.Mutex
	depth int
}

func (t *traced) Lock() {
	t.mu.Lock()
	t.depth++
}

func (t *traced) Unlock() {
	t.depth--
	t.mu.Unlock()
}

func (t *traced) acquire() { t.mu.Lock() }
func (t *traced) release() { t.mu.Unlock() }

type user struct {
	l traced
	n int
}

func (u *user) get(ok bool) int {
	u.l.Lock()
	if !ok {
		return 0 // want `get returns with u.l.mu still locked`
	}
	u.l.Unlock()
	return u.n
}

func (u *user) getRight(ok bool) int {
	u.l.Lock()
	defer u.l.Unlock()
	if !ok {
		return 0
	}
	return u.n
}

func (u *user) mixed(ok bool) int {
	u.l.acquire()
	if !ok {
		u.l.release()
		return 0
	}
	u.l.Unlock()
	return u.n
}

// The wrapper is itself embedded.
type embeds struct {
	traced
	n int
}

func (e *embeds) get(ok bool) int {
	e.Lock()
	if !ok {
		return 0 // want `get returns with e.mu still locked`
	}
	e.Unlock()
	return e.n
}

// An accessor of the lock.
type hidden struct{ mu sync.Mutex }

func (h *hidden) locker() *sync.Mutex { return &h.mu }

func (h *hidden) get(ok bool) bool {
	h.locker().Lock()
	if !ok {
		h.locker().Unlock()
		return false
	}
	h.locker().Unlock()
	return true
}

// The type hides which of two locks it has.
type either struct {
	read bool
	rw   sync.RWMutex
}

func (e *either) Lock() {
	if e.read {
		e.rw.RLock()
	} else {
		e.rw.Lock()
	}
}

func (e *either) Unlock() {
	if e.read {
		e.rw.RUnlock()
	} else {
		e.rw.Unlock()
	}
}

func useEither(e *either, ok bool) bool {
	e.Lock()
	defer e.Unlock()
	return ok
}

func useEitherTwice(e *either, ok bool) bool {
	e.Lock()
	if !ok {
		e.Unlock()
		return false
	}
	e.Unlock()
	return true
}

// Package trylock looks, or does not, at what TryLock says.
package trylock

import "sync"

type box struct {
	mu sync.RWMutex
	n  int
}

func (b *box) add() {
	b.mu.TryLock() // want `the result of b.mu.TryLock is ignored`
	b.n++
	b.mu.Unlock()
}

func (b *box) get() int {
	_ = b.mu.TryRLock() // want `the result of b.mu.TryRLock is ignored`
	defer b.mu.RUnlock()
	return b.n
}

func (b *box) addRight() {
	if b.mu.TryLock() {
		b.n++
		b.mu.Unlock()
	}
}

func (b *box) tried() bool { return b.mu.TryLock() }

func (b *box) kept() {
	ok := b.mu.TryLock()
	b.n++
	if ok {
		b.mu.Unlock()
	}
}

// A method that is only called TryLock.
type lease struct{ held bool }

func (l *lease) TryLock() bool { l.held = true; return true }

func (l *lease) take() { l.TryLock() }

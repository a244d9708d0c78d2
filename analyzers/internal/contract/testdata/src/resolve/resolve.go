// Package resolve has contracts that name locks in all the ways that are
// understood, and in some that are not.
package resolve

import "sync"

type S struct {
	mu sync.Mutex
	// guarded by mu
	a int // want `a: mu`
	// guarded by s.mu
	b int // want `b: s.mu`
	// guarded by S.mu
	c int // want `c: S.mu`
	// guarded by x.mu
	d int
	// guarded by a
	e int
	// guarded by globalMu
	f int // want `f: globalMu \(of the package\)`
	// guarded by other.mu
	g int // want `g: other.mu \(shared\)`
	// guarded by global.mu
	h int // want `h: global.mu \(of the package\)`
	// guarded by Other.mu
	i int // want `i: Other.mu \(of any\)`

	// guarded by mu
	j, k int // want `j: mu` `k: mu`

	rw sync.RWMutex
	// guarded by rw
	l int // want `l: rw \(rw\)`
	// guarded by mu and rw
	m int // want `m: mu; rw \(rw\)`

	other *Other
	// guarded by other.embedded
	n int // want `n: other.embedded`
	// guarded by other.RWMutex
	o int
}

type Other struct {
	mu       *sync.Mutex
	embedded wrapper
}

type wrapper struct{ sync.Mutex }

func (s *S) method() {}

type Embeds struct {
	// guards a
	sync.Mutex
	a int // want `a: Mutex`
}

type Outer struct {
	Embeds
	// guarded by Mutex
	b int // want `b: Mutex`
}

type generic[T any] struct {
	mu sync.Mutex
	// guarded by mu
	v T // want `v: mu`
}

var (
	globalMu sync.Mutex
	global   struct {
		mu sync.Mutex
	}
	// guarded by globalMu
	names []string // want `names: globalMu \(of the package\)`
)

// s.mu must be held.
func (s *S) f1() {} // want `f1: requires s.mu of 0`

// mu must be held.
func (s *S) f2() {} // want `f2: requires mu of 0`

// S.mu must be held.
func (s *S) f3() {} // want `f3: requires S.mu of 0`

// globalMu must be held.
func f4() {} // want `f4: requires globalMu \(of the package\)`

// The caller must hold t.mu.
func f5(n int, t *S) {} // want `f5: requires t.mu of 1`

// mu must be held.
func f6(n int, t *S) {} // want `f6: requires t.mu of 1`

// mu must be held: whose?
func f7(t, u *S) {}

// m must be held.
func f8(m *sync.Mutex) {} // want `f8: requires m of 0 \(shared\)`

// nothing must be held.
func (s *S) f9() {}

// rw must be held for reading; mu must not be held.
func (s *S) f10() {} // want `f10: requires rw of 0 \(rw\) \(read\); excludes mu of 0`

// Other.mu must be held.
func (s *S) f11() {} // want `f11: requires Other.mu \(of any\)`

// e.Mutex must be held.
func (e *Embeds) f12() {} // want `f12: requires e.Mutex of 0`

// Lock should be held.
func (e *Embeds) f13() {} // want `f13: requires e.Mutex of 0`

// The lock must be held: which?
func (s *S) f14() {}

func (e *Embeds) growLocked() {} // want `growLocked: requires e.Mutex of 0`
func (e *Embeds) isLocked()   {}
func (e *Embeds) Locked()     {}
func (s *S) growLocked()      {} // two locks
func (w wrapper) growLocked() {} // a copy

func (e *Embeds) sizeLocked() int {
	e.Lock()
	defer e.Unlock()
	return e.a
}

// +checklocksacquire:s.mu
func (s *S) lock() {} // want `lock: acquires s.mu of 0`

// +checklocksrelease:s.mu
func (s *S) unlock() {} // want `unlock: releases s.mu of 0`

func (s *S) other2() int {
	return s.a // +checklocksforce
}

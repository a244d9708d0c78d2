// Package generics has locks in generic types and functions.
package generics

import "sync"

type guarded[T any] struct {
	mu sync.Mutex
	v  T
	ok bool
}

func (g *guarded[T]) get() (v T, ok bool) {
	g.mu.Lock()
	if !g.ok {
		return v, false // want `get returns with g.mu still locked`
	}
	v = g.v
	g.mu.Unlock()
	return v, true
}

func (g *guarded[T]) enter() { g.mu.Lock() }
func (g *guarded[T]) leave() { g.mu.Unlock() }
func (g *guarded[T]) set(v T) bool {
	g.enter()
	if g.ok {
		return false // want `set returns with g.mu still locked`
	}
	g.v, g.ok = v, true
	g.leave()
	return true
}

func useInts(g *guarded[int]) int {
	g.enter()
	defer g.leave()
	return g.v
}

func useIntsWrong(g *guarded[int], ok bool) int {
	g.enter()
	if !ok {
		return 0 // want `useIntsWrong returns with g.mu still locked`
	}
	g.leave()
	return g.v
}

func do[L sync.Locker](l L, f func()) {
	l.Lock()
	defer l.Unlock()
	f()
}

func external() // has no body

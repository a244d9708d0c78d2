package control

import (
	"cmp"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

// Access is before a statement that reads or writes shared memory.
//
//go:norace
func Access(at, kind string) {
	me := mine()
	if me == nil {
		shake()
		return
	}
	point(me)
	eventAccess(me, at, kind)
}

// Then is before an operation that never blocks, such as an atomic one: it
// returns f.
//
//go:norace
func Then[F any](f F, at string) F {
	me := mine()
	if me == nil {
		shake()
		return f
	}
	point(me)
	event(me, opAtomic, nil, at, 0)
	return f
}

// Value tells what a variable holds, while a trace is made.
//
//go:norace
func Value(at string, read func() any) {
	if me := mine(); me != nil && s.trace {
		eventValue(me, opValue, nil, at, describeSafely(read))
	}
}

// Bind is the method value of an operation: x is evaluated now.
func Bind[T any](f func(T, string), x T, at string) func() {
	return func() { f(x, at) }
}

// Keys are the keys of a map, in order: a range over a map has a random one.
func Keys[M ~map[K]V, K cmp.Ordered, V any](m M) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Unordered is before a statement whose order of work is random, and cannot be
// controlled.
//
//go:norace
func Unordered(at string) {
	if me := mine(); me != nil {
		missAt("map-order ", at)
	}
}

// shaken is the state of the generator for perturbation. It is separate from that
// of the scheduler, since any goroutine uses it.
var shaken atomic.Uint64

// shake perturbs the calling goroutine, now and then.
//
//go:norace
func shake() {
	if !s.shaken {
		return
	}
	hide()
	z := shaken.Add(0x9e3779b97f4a7c15)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	switch z ^= z >> 31; {
	case z%64 == 0:
		time.Sleep(time.Duration(z>>8%200) * time.Microsecond)
	case z%4 == 0:
		runtime.Gosched()
	}
	show()
}

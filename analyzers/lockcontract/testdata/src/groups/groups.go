// Package groups has contracts for several fields at once.
package groups

import "sync"

type Following struct {
	mu sync.Mutex // guards following
	a  int
	b  int

	c int // behind the blank line
}

func (f *Following) Set(n int) {
	f.mu.Lock()
	f.a, f.b, f.c = n, n, n
	f.mu.Unlock()
}

func (f *Following) A() int { return f.a } // want `A reads f.a without holding mu, though groups.go:7 says "guards following"`
func (f *Following) B() int { return f.b } // want `B reads f.b without holding mu`
func (f *Following) C() int { return f.c }

type Below struct {
	id int

	// mu protects the fields below.
	mu sync.Mutex
	a  int

	b int

	other sync.Mutex
	c     int // another lock's
}

func (x *Below) Set(n int) {
	x.mu.Lock()
	x.id, x.a, x.b, x.c = n, n, n, n
	x.mu.Unlock()
}

func (x *Below) ID() int { return x.id }
func (x *Below) A() int  { return x.a } // want `A reads x.a without holding mu`
func (x *Below) B() int  { return x.b } // want `B reads x.b without holding mu`
func (x *Below) C() int  { return x.c }

type Named struct {
	mu   sync.Mutex // guards a and b
	a, b int
	c    int
}

func (x *Named) Set(n int) {
	x.mu.Lock()
	x.a, x.b, x.c = n, n, n
	x.mu.Unlock()
}

func (x *Named) A() int { return x.a } // want `A reads x.a without holding mu`
func (x *Named) C() int { return x.c }

type Counted struct {
	sync.Mutex // guards following 2 fields
	a          int
	b          int
	c          int
}

func (x *Counted) Set(n int) {
	x.Lock()
	x.a, x.b, x.c = n, n, n
	x.Unlock()
}

func (x *Counted) C() int { return x.c }

// A field in a group may have a story of its own.
type Exceptions struct {
	mu   sync.Mutex // guards following
	a    int
	conn int // owned by the read loop
	b    int // accessed atomically
	wg   sync.WaitGroup
}

func (x *Exceptions) Set(n int) {
	x.mu.Lock()
	x.a, x.conn, x.b = n, n, n
	x.mu.Unlock()
}

func (x *Exceptions) Conn() int { return x.conn }
func (x *Exceptions) B() int    { return x.b }
func (x *Exceptions) Wait()     { x.wg.Wait() }
func (x *Exceptions) A() int    { return x.a } // want `A reads x.a without holding mu`

// Convention alone is no contract.
type Convention struct {
	mu sync.Mutex
	a  int
}

func (x *Convention) Set(n int) {
	x.mu.Lock()
	x.a = n
	x.mu.Unlock()
}

func (x *Convention) A() int { return x.a }

type Paragraph struct {
	mu sync.Mutex

	// Both guarded by mu:
	a int
	b int

	c int
}

func (x *Paragraph) Set(n int) {
	x.mu.Lock()
	x.a, x.b, x.c = n, n, n
	x.mu.Unlock()
}

func (x *Paragraph) B() int { return x.b } // want `B reads x.b without holding mu`
func (x *Paragraph) C() int { return x.c }

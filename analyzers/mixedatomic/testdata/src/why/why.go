// Package why has accesses without an atomic operation. A comment "why" holds what
// is said about its line: how the other access comes at the same time.
package why

import "sync/atomic"

type Counter struct{ n, m int64 }

// Other packages call both.
func (c *Counter) Value() int64 {
	return c.n // want `Value reads c.n without an atomic operation, .*; Add may change it at the same time \(why.go:14\); use an atomic operation here too$`
}

func (c *Counter) Add() { atomic.AddInt64(&c.n, 1) } // why: declared other-entered-here func=Add; write changed-here

func (c *Counter) Start() { go c.run() } // why: spawn other-started-here func=Start

func (c *Counter) run() { c.step() } // why: call other-called-here func=run

func (c *Counter) step() { atomic.AddInt64(&c.m, 1) } // why: write changed-here

// A goroutine comes to the other access, through a call.
func (c *Counter) Steps() int64 {
	return c.m // want `Steps reads c.m without an atomic operation, .*; step may change it at the same time \(why.go:20\), in a goroutine started at why.go:16; use an atomic operation here too$`
}

// Package limitations has mixed accesses that mixedatomic does not report.
package limitations

import "sync/atomic"

// Elements of slices.
type Buckets struct{ counts []int64 }

func (b *Buckets) Add(i int) { atomic.AddInt64(&b.counts[i], 1) }

func (b *Buckets) Get(i int) int64 { return b.counts[i] }

// The address is handed on to a function that uses it atomically.
type Meter struct{ n int64 }

func increment(n *int64) { atomic.AddInt64(n, 1) }

func (m *Meter) Add() { increment(&m.n) }

func (m *Meter) Value() int64 { return m.n }

// A local variable: the check datarace reports it.
func local() int64 {
	var n int64
	go func() { atomic.AddInt64(&n, 1) }()
	return n
}

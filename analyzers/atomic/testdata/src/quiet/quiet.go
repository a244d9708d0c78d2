package quiet

import "sync/atomic"

type page struct{ hits int64 }

func effect(p *page) { atomic.AddInt64(&p.hits, 1) }

func result(p *page) int64 {
	n := atomic.AddInt64(&p.hits, 1)
	return n
}

func another(p, q *page) { p.hits = atomic.AddInt64(&q.hits, 1) }

func typed(n *atomic.Int64) { n.Add(1) }

func suppressed(p *page) {
	p.hits = atomic.AddInt64(&p.hits, 1) //lockstep:ignore atomic p is not shared yet
}

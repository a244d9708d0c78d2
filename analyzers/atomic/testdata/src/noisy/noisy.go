package noisy

import "sync/atomic"

type page struct{ hits int64 }

func variable() uint32 {
	var n uint32
	n = atomic.AddUint32(&n, 1) // want `^n is assigned the result of an atomic addition to itself`
	return n
}

func field(p *page) {
	p.hits = atomic.AddInt64(&p.hits, 1) // want `^p\.hits is assigned`
}

func pointer(n *int64) {
	*n = atomic.AddInt64(n, -1) // want `^\*n is assigned`
}

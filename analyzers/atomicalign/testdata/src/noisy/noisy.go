package noisy

import "sync/atomic"

type counters struct {
	open  bool
	bytes int64
	total uint64
}

var global counters

func add(n int64) {
	atomic.AddInt64(&global.bytes, n) // want `^field bytes is not aligned to 64 bits on this 32-bit platform, so atomic\.AddInt64 panics`
}

func local() uint64 {
	var c counters
	return atomic.LoadUint64(&c.total) // want `^field total is not aligned`
}

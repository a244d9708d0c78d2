// Package limitations holds wrong code that is not reported.
package limitations

import "sync/atomic"

type counters struct {
	open  bool
	bytes int64
}

func (c *counters) add(n int64) { atomic.AddInt64(&c.bytes, n) }

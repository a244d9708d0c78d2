package quiet

import "sync/atomic"

var first struct {
	bytes int64
	open  bool
}

func addFirst(n int64) { atomic.AddInt64(&first.bytes, n) }

var typed struct {
	open  bool
	bytes atomic.Int64
}

func addTyped(n int64) { typed.bytes.Add(n) }

var narrow struct {
	open  bool
	count int32
}

func addNarrow() { atomic.AddInt32(&narrow.count, 1) }

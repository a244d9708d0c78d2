// Package elements locks all elements of a list. // want package:`lockAll: s\.mu before h\.mu`
package elements

import "sync"

type hub struct {
	mu   sync.Mutex
	list []*spoke
	n    int
}

type spoke struct {
	mu sync.Mutex
	n  int
}

func (h *hub) each() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.list {
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
	}
}

// Those that one loop has locked the next unlocks.
func (h *hub) sum(list []*spoke) {
	n := 0
	for _, s := range list {
		s.mu.Lock()
	}
	for _, s := range list {
		n += s.n
		s.mu.Unlock()
	}
	h.mu.Lock()
	h.n = n
	h.mu.Unlock()
}

func (h *hub) gather(keys []int) {
	var locked []*spoke
	for _, k := range keys {
		s := h.list[k]
		s.mu.Lock()
		locked = append(locked, s)
	}
	for _, s := range locked {
		s.mu.Unlock()
	}
	h.mu.Lock()
	h.n++
	h.mu.Unlock()
}

func lockAll(list []*spoke) {
	for _, s := range list {
		s.mu.Lock()
	}
}

func unlockAll(list []*spoke) {
	for _, s := range list {
		s.mu.Unlock()
	}
}

func (h *hub) inCalls(list []*spoke) {
	lockAll(list)
	unlockAll(list)
	h.mu.Lock()
	h.n++
	h.mu.Unlock()
}

// The lock of the whole is taken while all elements are locked.
type shards struct {
	mu   sync.Mutex
	list []*shard
	n    int
}

type shard struct {
	mu sync.Mutex
	n  int
}

func (h *shards) each() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.list {
		s.mu.Lock() // want `each locks s.mu while it holds h.mu \(line \d+\), and lockAll locks h.mu while it holds s.mu`
		s.n++
		s.mu.Unlock()
	}
}

func (h *shards) lockAll(list []*shard) {
	for range 3 {
		for _, s := range list {
			s.mu.Lock()
		}
		h.mu.Lock()
		h.n++
		h.mu.Unlock()
		for _, s := range list {
			s.mu.Unlock()
		}
	}
}

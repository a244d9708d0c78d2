package backpointers

import "sync"

// A type of slices of itself leads to no object, and nowhere else.
type tree []tree

type forest struct {
	mu    sync.Mutex
	trees tree
	named map[string]tree
}

func (f *forest) plant(t tree) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trees = append(f.trees, t)
	f.named[""] = t
}

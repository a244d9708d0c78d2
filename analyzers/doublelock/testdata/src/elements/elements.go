// Package elements has locks of many objects.
package elements

import "sync"

type node struct {
	mu   sync.Mutex
	next *node
	left []*node
}

func handOverHand(n *node) {
	n.mu.Lock()
	for n.next != nil {
		next := n.next
		next.mu.Lock()
		n.mu.Unlock()
		n = next
	}
	n.mu.Unlock()
}

func (n *node) all() {
	for _, m := range n.left {
		m.mu.Lock()
	}
	for _, m := range n.left {
		m.mu.Unlock()
	}
}

func (n *node) visit() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.left {
		m.visit()
	}
	if n.next != nil {
		n.next.visit()
	}
}

func moved(n *node) {
	n.next.mu.Lock()
	n.next = n.next.next // another node
	n.next.mu.Lock()
	n.next.mu.Unlock()
}

type shards struct{ s [8]struct{ mu sync.Mutex } }

func (s *shards) two(i, j int) {
	s.s[i].mu.Lock()
	s.s[j].mu.Lock()
	s.s[j].mu.Unlock()
	s.s[i].mu.Unlock()
}

// Package maps has two operations of a sync.Map where one is due.
package maps

import "sync"

type entry struct {
	mu sync.Mutex
	n  int
}

var m sync.Map

func lock(key string) *entry {
	if v, ok := m.Load(key); ok {
		return v.(*entry)
	}
	e := &entry{}
	m.Store(key, e) // want `lock finds nothing in m at line 14 and then stores a new object`
	return e
}

func right(key string) *entry {
	v, _ := m.LoadOrStore(key, &entry{})
	return v.(*entry)
}

func count(key string) {
	v, _ := m.Load(key)
	n, _ := v.(int)
	m.Store(key, n+1) // want `count stores in m what it computed`
}

var mu sync.Mutex

func countLocked(key string) {
	mu.Lock()
	defer mu.Unlock()
	v, _ := m.Load(key)
	n, _ := v.(int)
	m.Store(key, n+1)
}

func otherKey(a, b string) {
	if _, ok := m.Load(a); !ok {
		m.Store(b, &entry{})
	}
}

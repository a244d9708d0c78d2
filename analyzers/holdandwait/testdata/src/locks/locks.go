// Package locks waits for a lock, one of many, whose release needs the lock
// held.
package locks

import "sync"

type perKey struct {
	mu    sync.RWMutex
	locks map[string]*sync.Mutex
}

func (k *perKey) lock(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.locks[key] == nil {
		k.locks[key] = new(sync.Mutex)
	}
	k.locks[key].Lock() // want `\(\*perKey\).lock locks k.locks\[key\] while holding k.mu, locked at locks.go:13; other goroutines of its kind unlock it at locks.go:25, but first need k.mu at locks.go:22`
}

func (k *perKey) unlock(key string) {
	k.mu.RLock()
	m := k.locks[key]
	k.mu.RUnlock()
	m.Unlock()
}

func use(keys []string) {
	k := &perKey{locks: make(map[string]*sync.Mutex)}
	for _, key := range keys {
		go func() {
			k.lock(key)
			println(key)
			k.unlock(key)
		}()
	}
}

// The lock of the map is released before that of the key is asked for.
type good struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

func (k *good) get(key string) *sync.Mutex {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.locks[key] == nil {
		k.locks[key] = new(sync.Mutex)
	}
	return k.locks[key]
}

func useGood(keys []string) {
	k := &good{locks: make(map[string]*sync.Mutex)}
	for _, key := range keys {
		go func() {
			k.get(key).Lock()
			println(key)
			k.get(key).Unlock()
		}()
	}
}

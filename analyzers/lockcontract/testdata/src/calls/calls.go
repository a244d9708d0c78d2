// Package calls has calls of functions that say which locks they want.
package calls

import "sync"

type Store struct {
	mu    sync.Mutex
	items map[string]int
}

// put stores n. The caller must hold s.mu.
func (s *Store) put(key string, n int) { s.items[key] = n }

// reload locks for itself; s.mu must not be held.
func (s *Store) reload() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = make(map[string]int)
}

func (s *Store) Put(key string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(key, n)
}

func (s *Store) PutTwo(a, b string) {
	s.mu.Lock()
	s.put(a, 1)
	s.mu.Unlock()
	s.put(b, 2) // want `PutTwo calls put without holding s.mu, though calls.go:11 says of put: "The caller must hold s.mu"`
}

func (s *Store) Reload() { s.reload() }

func (s *Store) PutAll(keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reload() // want `PutAll calls reload while it holds s.mu, though calls.go:14 says of reload: "s.mu must not be held"`
	for _, k := range keys {
		s.put(k, 1)
	}
}

// Another object's lock is another lock.
func (s *Store) Swap(other *Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	other.reload()
}

// A helper hands the contract on: what counts is how it is called.
func (s *Store) both(key string) {
	s.put(key, 1)
	s.put(key+"'", 2)
}

func (s *Store) PutBoth(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.both(key)
}

func (s *Store) pair(key string) {
	s.put(key, 1) // want `pair calls put without holding s.mu`
}

func (s *Store) PutPair(key string) { s.pair(key) }

// A goroutine holds nothing of what its creator holds.
func (s *Store) PutLater(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	go s.put(key, 1) // want `PutLater starts a goroutine in put, which holds no lock`
}

func (s *Store) PutInGoroutine(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	go func() {
		s.put(key, 1) // want `the function literal in PutInGoroutine calls put without holding s.mu`
	}()
}

var (
	typeLock sync.Mutex
	types    = make(map[string]int)
)

// typeLock must be held.
func register(name string) { types[name] = len(types) }

func Define(name string) {
	typeLock.Lock()
	register(name)
	typeLock.Unlock()
}

func Redefine(name string) {
	register(name) // want `Redefine calls register without holding typeLock`
}

// The lock of the only parameter that has one.
//
// mu must be held.
func size(name string, s *Store) int { return len(s.items) }

func Size(s *Store) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return size("", s)
}

func Empty(s *Store) bool {
	return size("", s) == 0 // want `Empty calls size without holding s.mu`
}

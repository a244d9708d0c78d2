// Package slips has Lock where Unlock was meant.
package slips

import "sync"

type server struct {
	mu    sync.Mutex
	drain bool
	n     int
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Lock() // want `this deferred call locks s.mu again when count returns, and blocks for ever, since it is locked at line 13: Unlock was meant`
	return s.n
}

// On the branch that is rarely taken.
func (s *server) stop() {
	s.mu.Lock()
	if s.drain {
		s.mu.Lock() // want `stop locks s.mu again where it should unlock it, and blocks for ever, since it is locked at line 20: Unlock was meant`
		return
	}
	s.drain = true
	s.mu.Unlock()
}

func (s *server) add(n int) {
	s.mu.Lock()
	s.n += n
	s.mu.Lock() // want `add locks s.mu again where it should unlock it`
}

// The lock is given up for a call and deferred to be taken again.
func (s *server) outside(f func()) {
	s.mu.Unlock()
	defer s.mu.Lock()
	f()
}

// An acquisition that is released again is no slip, though it deadlocks.
func (s *server) twice() {
	s.mu.Lock()
	s.n++
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.mu.Unlock()
}

func (s *server) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.mu.Lock()
}

// Twice in a row, nothing says that it is not meant, as in a test of deadlocks.
func (s *server) block() {
	s.mu.Lock()
	s.mu.Lock()
}

type table struct {
	mu sync.RWMutex
	m  map[int]int
}

func (t *table) get(k int) int {
	t.mu.RLock()
	defer t.mu.RLock() // want `this deferred call locks t.mu for reading once more when get returns`
	return t.m[k]
}

func (t *table) getRight(k int) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.m[k]
}

type runner interface{ run(func()) }

// The function that is passed on releases the lock: the second Lock waits for it.
func signal(r runner) {
	var ran sync.Mutex
	ran.Lock()
	r.run(func() { ran.Unlock() })
	ran.Lock()
	println()
}

// So does a goroutine that the function starts.
func signalByGoroutine(r runner, c chan int) {
	var ran sync.Mutex
	ran.Lock()
	r.run(func() {
		go func() {
			defer ran.Unlock()
			c <- 1
		}()
	})
	ran.Lock()
	println()
}

// Shards that are all locked and unlocked by functions of their own.
type shards struct{ list []*shard }

type shard struct {
	mu sync.Mutex
	n  int
}

func (s *shards) lockAll() {
	for _, sh := range s.list {
		sh.mu.Lock()
	}
}

func (s *shards) unlockAll() {
	for _, sh := range s.list {
		sh.mu.Unlock()
	}
}

func (sh *shard) add(n int) {
	sh.mu.Lock()
	sh.n += n
	sh.mu.Lock() // want `add locks sh.mu again where it should unlock it`
}

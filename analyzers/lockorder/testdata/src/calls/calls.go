// Package calls takes the second lock in called functions. // want package:`s\.mu before q\.mu`
package calls

import "sync"

type store struct {
	mu     sync.Mutex
	queues []*queue
}

type queue struct {
	mu    sync.Mutex
	store *store
}

func (s *store) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.queues {
		q.drain() // want `flush, which holds s.mu \(line 17\), calls drain, which locks q.mu \(calls.go:25\), and push, which holds q.mu, calls notify, which calls changed, which locks s.mu \(calls.go:38\): each can wait for the other for ever`
	}
}

func (q *queue) drain() {
	q.mu.Lock()
	defer q.mu.Unlock()
}

func (q *queue) push() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.notify()
}

func (q *queue) notify() { q.store.changed() }

func (s *store) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
}

// Unlocked before the call.
type logger struct {
	mu   sync.Mutex
	sink *sink
}

type sink struct {
	mu     sync.Mutex
	logger *logger
}

func (l *logger) write() {
	l.mu.Lock()
	l.mu.Unlock()
	l.sink.flush()
}

func (s *sink) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logger.level()
}

func (l *logger) level() {
	l.mu.Lock()
	defer l.mu.Unlock()
}

// A new goroutine does not hold the locks of the one that starts it.
func (l *logger) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	go l.sink.flush()
}

// A function literal that unlocks first what the function around it holds.
type engine struct {
	mu     sync.Mutex
	commit sync.Mutex
}

func (e *engine) apply() {
	e.commit.Lock()
	defer e.commit.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
}

func (e *engine) compact() {
	e.mu.Lock()
	defer e.mu.Unlock()
	func() {
		e.mu.Unlock()
		defer e.mu.Lock()
		e.commit.Lock()
		defer e.commit.Unlock()
	}()
	e.unlocked()
}

func (e *engine) unlocked() {
	e.mu.Unlock()
	e.commit.Lock()
	e.commit.Unlock()
	e.mu.Lock()
}

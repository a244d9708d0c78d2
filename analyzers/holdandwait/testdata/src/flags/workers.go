package flags

import "sync"

// Whoever makes a worker starts it before he unlocks: for the flusher, which waits for
// those that there are, none is still to be started by one who needs the lock.
type Batch struct {
	mu      sync.Mutex
	open    bool
	n       int
	workers []*worker
	stop    chan struct{}
}

type worker struct{ flush, done chan struct{} }

func NewBatch(n int) *Batch { return &Batch{n: n} }

func (b *Batch) Start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open {
		return
	}
	b.workers = make([]*worker, b.n)
	for i := range b.n {
		b.workers[i] = &worker{flush: make(chan struct{}), done: make(chan struct{})}
		go b.workers[i].work()
	}
	b.stop = make(chan struct{})
	go b.flusher()
	b.open = true
}

func (b *Batch) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return
	}
	b.stop <- struct{}{}
	b.open = false
}

func (b *Batch) flusher() {
	for {
		select {
		case <-b.stop:
			return
		default:
			for _, w := range b.workers {
				w.flush <- struct{}{}
				<-w.done
			}
		}
	}
}

func (w *worker) work() {
	for range w.flush {
		w.done <- struct{}{}
	}
}

// Here the workers are made first, and started by another call.
type Staged struct {
	mu      sync.Mutex
	open    bool
	n       int
	workers []*worker
	stop    chan struct{}
}

func NewStaged(n int) *Staged { return &Staged{n: n} }

func (s *Staged) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open {
		return
	}
	s.workers = make([]*worker, s.n)
	for i := range s.n {
		s.workers[i] = &worker{flush: make(chan struct{}), done: make(chan struct{})}
	}
	s.stop = make(chan struct{})
	go s.flusher()
	s.open = true
}

func (s *Staged) Work() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workers {
		go w.work()
	}
}

func (s *Staged) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		return
	}
	s.stop <- struct{}{} // want `\(\*Staged\).Close sends on s.stop while holding s.mu.*, but first waits, at workers.go:\d+, for one that needs s.mu`
	s.open = false
}

func (s *Staged) flusher() {
	for {
		select {
		case <-s.stop:
			return
		default:
			for _, w := range s.workers {
				w.flush <- struct{}{}
				<-w.done
			}
		}
	}
}

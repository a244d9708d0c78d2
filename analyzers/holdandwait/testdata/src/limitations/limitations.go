// Package limitations has what the check is known to get wrong.
package limitations

import "sync"

// Missed: the channel is given to code that is not seen.
type Feed struct {
	mu  sync.Mutex
	out chan int
	n   int
}

func NewFeed(register func(<-chan int)) *Feed {
	f := &Feed{out: make(chan int)}
	register(f.out)
	go func() {
		for n := range f.out {
			f.mu.Lock()
			f.n += n
			f.mu.Unlock()
		}
	}()
	return f
}

func (f *Feed) Send(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.out <- n
}

// Missed: a writer that waits keeps the second reader out, so that it never
// sends.
func writerBetween() {
	var rw sync.RWMutex
	c := make(chan int)
	go func() {
		rw.Lock()
		rw.Unlock()
	}()
	go func() {
		rw.RLock()
		c <- 1
		rw.RUnlock()
	}()
	rw.RLock()
	<-c
	rw.RUnlock()
}

// Reported although it is right: the role of the one who starts goroutines is
// handed over by a flag, and whoever has it knows that the other's have ended.
type Miner struct {
	mu      sync.Mutex
	wg      sync.WaitGroup
	quit    chan struct{}
	running bool
}

func NewMiner() *Miner { return &Miner{quit: make(chan struct{})} }

func (m *Miner) Start() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.running {
		return
	}
	m.running = true
	m.wg.Add(1)
	go func() {
		defer m.wg.Done()
		m.mu.Lock()
		println("mining")
		m.mu.Unlock()
		<-m.quit
	}()
}

func (m *Miner) Stop() {
	close(m.quit)
	m.wg.Wait()
	m.mu.Lock()
	m.running = false
	m.mu.Unlock()
}

func (m *Miner) Once(work func()) {
	m.mu.Lock()
	if m.running {
		m.mu.Unlock()
		return
	}
	m.running = true
	m.mu.Unlock()
	m.wg.Go(work)
	m.mu.Lock()
	m.wg.Wait() // want `\(\*Miner\).Once waits for m.wg while holding m.mu`
	m.running = false
	m.mu.Unlock()
}

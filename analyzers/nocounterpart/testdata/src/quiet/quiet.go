package quiet

import (
	"sync"
	"testing"
)

// Both halves, in functions that are told the channel.
func produce(ch chan<- int) { ch <- 1 }

func consume() int {
	ch := make(chan int)
	go produce(ch)
	return <-ch
}

// Other packages can reach these.
type Exported struct {
	Done chan struct{}
	errs chan error
}

func New() *Exported { return &Exported{Done: make(chan struct{}), errs: make(chan error)} }

func (e *Exported) Errors() <-chan error { return e.errs }

func (e *Exported) fail(err error) { e.errs <- err }

func (e *Exported) wait() { <-e.Done }

// Room for a value that nobody may want.
func room() {
	ch := make(chan int, 1)
	ch <- 1
}

// A nil channel that is asked for first.
type hook struct{ test chan int }

func (h *hook) run() {
	if h.test != nil {
		h.test <- 1
	}
}

// One case that comes about is enough.
func choice(stop chan struct{}, never chan int) {
	select {
	case <-stop:
	case <-never:
	}
}

func choose() {
	stop := make(chan struct{})
	go choice(stop, make(chan int))
	close(stop)
}

// A goroutine that is stopped for good, on purpose.
func forever() {
	ch := make(chan int)
	<-ch
}

// Done is bound, deferred, or called by a function that is told the group.
func work(wg *sync.WaitGroup) { defer wg.Done() }

func groups(run func(func())) {
	var a, b, c sync.WaitGroup
	a.Add(1)
	go work(&a)
	a.Wait()
	b.Add(1)
	run(b.Done)
	b.Wait()
	c.Go(func() {})
	c.Wait()
}

// Channels in a map, of channels, and as results.
func containers(replies chan chan int) {
	m := map[string]chan int{"a": make(chan int)}
	go func() { m["a"] <- 1 }()
	for _, ch := range m {
		<-ch
	}
}

func requests() int {
	reqs := make(chan chan int)
	go func() {
		for r := range reqs {
			r <- 1
		}
	}()
	r := make(chan int)
	reqs <- r
	return <-r
}

// A send on a channel that is closed panics, and does not wait.
type mux struct{ results []chan int }

func (m *mux) add() { m.results = append(m.results, make(chan int)) }

func (m *mux) stop() {
	for _, ch := range m.results {
		close(ch)
	}
}

func (m *mux) send() {
	for _, ch := range m.results {
		ch <- 1
	}
}

// A function literal behind a call that does not return is never made.
func skipped(t *testing.T) {
	t.Skip("not today")
	ch := make(chan int)
	go func() { ch <- 1 }()
	<-ch
}

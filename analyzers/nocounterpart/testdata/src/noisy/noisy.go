package noisy

import "sync"

func results() {
	ch := make(chan int)
	go func() {
		ch <- 1 // want `the function literal in results sends to ch, from which nothing in the package receives`
	}()
}

type worker struct {
	stop chan struct{}
	jobs chan int
}

func newWorker() *worker { return &worker{stop: make(chan struct{}), jobs: make(chan int)} }

func (w *worker) stopped() <-chan struct{} { return w.stop }

func (w *worker) wait() {
	<-w.stopped() // want `wait receives from stop, to which nothing in the package sends, and which nothing closes`
}

func (w *worker) both() {
	select { // want `both waits in a select statement for`
	case <-w.stop:
	case w.jobs <- 1:
	}
}

func all(fns []func()) {
	var wg sync.WaitGroup
	for _, fn := range fns {
		wg.Add(1)
		go fn()
	}
	wg.Wait() // want `all waits for wg, whose counter is raised by Add and never lowered`
}

func self() int {
	ch := make(chan int)
	ch <- 1 // want `self sends to .*, which has no room, and only the same goroutine receives from it, later`
	return <-ch
}

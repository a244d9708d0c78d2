// Package strict has what the strict tier adds.
package strict

type worker struct{ none chan int }

func (w *worker) unset() {
	<-w.none // want `unset waits for ever at none, which is nil`
}

func start() {
	w := &worker{}
	go w.unset()
}

// The objects of this type are made, and filled, elsewhere.
type foreign struct{ done chan int }

func (f *foreign) wait() { <-f.done }

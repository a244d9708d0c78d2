// Package strict has what the strict tier adds.
package strict

type worker struct{ none chan int }

func (w *worker) unset() {
	<-w.none // want `unset waits for ever at none, which is nil`
}

// Package throttle limits how many goroutines run.
package throttle

type Throttle struct{ n chan struct{} }

func New(n int) *Throttle { return &Throttle{make(chan struct{}, n)} }
func (t *Throttle) Do()   { t.n <- struct{}{} }
func (t *Throttle) Done() { <-t.n }
func (t *Throttle) Finish() {
	for range cap(t.n) {
		t.n <- struct{}{}
	}
}

// Package noisy drains timers that are empty.
package noisy

import "time"

type worker struct {
	timer *time.Timer
	reset chan time.Duration
}

func flush() {}

func loop(timer *time.Timer, reset chan time.Duration) {
	for {
		select {
		case <-timer.C:
			flush()
		case d := <-reset:
			if !timer.Stop() {
				<-timer.C // want `loop receives from timer.C after Stop returned false; if the value was received at noisy.go:15, there is none, and it waits for ever`
			}
			timer.Reset(d)
		}
	}
}

// A field, and a loop in a function literal.
func (w *worker) start() {
	go func() {
		for {
			select {
			case d := <-w.reset:
				if stopped := w.timer.Stop(); !stopped {
					<-w.timer.C // want `start receives from w.timer.C after Stop returned false; if the value was received at noisy.go:31`
				}
				w.timer.Reset(d)
			case <-w.timer.C:
			}
		}
	}()
}

func once(d time.Duration) {
	t := time.NewTimer(d)
	<-t.C
	flush()
	if !t.Stop() {
		<-t.C // want `once receives from t.C after Stop returned false; if the value was received at noisy.go:45`
	}
}

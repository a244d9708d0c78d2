// Package quiet drains timers that have a value.
package quiet

import "time"

func flush() {}

// The case starts the timer anew.
func renewed(timer *time.Timer, reset chan time.Duration) {
	for {
		select {
		case <-timer.C:
			flush()
			timer.Reset(time.Second)
		case d := <-reset:
			if !timer.Stop() {
				<-timer.C
			}
			timer.Reset(d)
		}
	}
}

// Or it ends the loop.
func ended(timer *time.Timer, done chan bool) {
	select {
	case <-timer.C:
		return
	case <-done:
	}
	if !timer.Stop() {
		<-timer.C
	}
}

// A variable remembers that the value was received.
func remembered(timer *time.Timer, reset chan time.Duration) {
	received := false
	for {
		select {
		case <-timer.C:
			received = true
		case d := <-reset:
			if !timer.Stop() && !received {
				<-timer.C
			}
			received = false
			timer.Reset(d)
		}
	}
}

// Without waiting.
func polled(timer *time.Timer, reset chan time.Duration) {
	for {
		select {
		case <-timer.C:
		case d := <-reset:
			if !timer.Stop() {
				select {
				case <-timer.C:
				default:
				}
			}
			timer.Reset(d)
		}
	}
}

// A new one each time.
func assigned(reset chan time.Duration) {
	timer := time.NewTimer(time.Second)
	for {
		select {
		case <-timer.C:
			timer = time.NewTimer(time.Minute)
		case d := <-reset:
			if !timer.Stop() {
				<-timer.C
			}
			timer.Reset(d)
		}
	}
}

type worker struct {
	timer *time.Timer
	reset chan time.Duration
}

func (w *worker) again() { w.timer.Reset(time.Second) }

// By a method.
func (w *worker) loop() {
	for {
		select {
		case <-w.timer.C:
			w.again()
		case d := <-w.reset:
			if !w.timer.Stop() {
				<-w.timer.C
			}
			w.timer.Reset(d)
		}
	}
}

// Two timers.
func two(a, b *time.Timer) {
	for {
		<-a.C
		if !b.Stop() {
			<-b.C
		}
		b.Reset(time.Second)
		a.Reset(time.Second)
	}
}

func after(done chan bool) {
	for {
		select {
		case <-time.After(time.Second):
		case <-done:
		}
	}
}

var newTimer = func() *time.Timer { return time.NewTimer(time.Hour) }

// A new one in each round, by a function.
func rounds(n int) {
	for range n {
		timer := newTimer()
		if !timer.Stop() {
			<-timer.C
		}
		timer.Reset(0)
		select {
		case <-timer.C:
		default:
		}
	}
}

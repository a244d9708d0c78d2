//go:build go1.21

package strict

import "time"

func ticks(names []string) {
	for range names {
		<-time.Tick(time.Second) // want `ticks leaves the ticker of time.Tick behind, which before Go 1.23 runs for ever`
	}
	ticker := time.NewTicker(time.Second) // want `ticks leaves the ticker of time.NewTicker behind`
	<-ticker.C
}

func stopped() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	<-ticker.C
}

func given() *time.Ticker { return time.NewTicker(time.Second) }

// The function never returns.
func forEver(done func()) {
	for range time.Tick(time.Second) {
		done()
	}
}

func idle(in <-chan int, d time.Duration) {
	timer := time.NewTimer(d)
	for {
		timer.Reset(d) // want `idle starts timer anew, perhaps with a value left in its channel: before Go 1.23 the next receive returns at once then`
		select {
		case <-timer.C:
			return
		case <-in:
		}
	}
}

// The timer has sent, and that has been received.
func periodic(d time.Duration, f func()) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		<-timer.C
		f()
		timer.Reset(d)
	}
}

func afterTick(d time.Duration, stop chan bool) {
	timer := time.NewTimer(d)
	for {
		select {
		case <-timer.C:
			timer.Reset(d)
		case <-stop:
			return
		}
	}
}

func drained(in <-chan int, d time.Duration) {
	timer := time.NewTimer(d)
	for range in {
		if !timer.Stop() {
			select {
			case <-timer.C:
			default:
			}
		}
		timer.Reset(d)
	}
}

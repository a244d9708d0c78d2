// Package limitations has what the check does not see.
package limitations

import "time"

func drain(t *time.Timer) {
	if !t.Stop() {
		<-t.C
	}
}

// The timer is drained by another function.
func loop(timer *time.Timer, reset chan time.Duration) {
	for {
		select {
		case <-timer.C:
		case d := <-reset:
			drain(timer)
			timer.Reset(d)
		}
	}
}

// The second Stop returns false too.
func twice(timer *time.Timer) {
	timer.Stop()
	if !timer.Stop() {
		<-timer.C
	}
}

type poller struct{ timer *time.Timer }

// Nobody sets the field.
func (p *poller) again() { p.timer.Reset(time.Second) }

package quiet

import "time"

// A variable says whether the timer still runs, and is asked before it is stopped.
func active(in <-chan int, d time.Duration) {
	t := time.NewTimer(d)
	active := true
	for {
		select {
		case <-t.C:
			active = false
		case <-in:
			if active && !t.Stop() {
				<-t.C
			}
			active = true
			t.Reset(d)
		}
	}
}

// The loop ends with the timer.
func untilFired(in <-chan int, d time.Duration) {
	t := time.NewTimer(d)
	for fired := false; !fired; {
		select {
		case <-t.C:
			fired = true
		case <-in:
			if !t.Stop() {
				<-t.C
			}
			t.Reset(d)
		}
	}
}

type state int

const (
	waiting state = iota
	idle
)

type machine struct {
	timer *time.Timer
	state state
}

func (m *machine) run(in <-chan int, d time.Duration) {
	for {
		select {
		case <-m.timer.C:
			m.state = idle
		case <-in:
			if m.state == waiting {
				if !m.timer.Stop() {
					<-m.timer.C
				}
			}
			m.state = waiting
			m.timer.Reset(d)
		}
	}
}

func received(d time.Duration, wait bool) {
	t := time.NewTimer(d)
	done := false
	if wait {
		<-t.C
		done = true
	}
	if !done {
		if !t.Stop() {
			<-t.C
		}
	}
}

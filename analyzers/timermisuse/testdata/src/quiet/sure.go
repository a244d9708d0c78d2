package quiet

import "time"

// A timer, unlike a ticker, may run out at once.
func atOnce(timer *time.Timer) {
	timer.Reset(0)
	timer.Reset(-1)
	<-time.NewTimer(0).C
	<-time.After(-1)
}

func panics() (err any) {
	defer func() { err = recover() }()
	time.NewTicker(0)
	var timer *time.Timer
	timer.Reset(time.Second)
	return nil
}

// Whether Tick returns nil is what is asked.
func noTick() bool { return time.Tick(0) == nil }

func variable(d time.Duration) *time.Ticker { return time.NewTicker(d) }

// A ticker that does not run may be stopped.
func stopZero() {
	var ticker time.Ticker
	ticker.Stop()
}

func asked() {
	var timer *time.Timer
	if timer != nil {
		timer.Stop()
	}
}

func assignedLater(d time.Duration, again bool) {
	var timer *time.Timer
	for range 3 {
		if timer == nil {
			timer = time.NewTimer(d)
		}
		timer.Reset(d)
	}
	var copied time.Timer
	copied = *timer
	copied.Stop()
}

func fill(t *time.Timer) { *t = *time.NewTimer(time.Second) }

func filled() {
	var timer time.Timer
	fill(&timer)
	timer.Stop()
}

// The variable has another timer then.
func remade(d time.Duration) {
	timer := time.AfterFunc(d, func() {})
	timer.Stop()
	timer = time.NewTimer(d)
	<-timer.C
}

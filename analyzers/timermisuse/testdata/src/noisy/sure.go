package noisy

import "time"

const interval = 0 * time.Second

func intervals() {
	ticker := time.NewTicker(interval) // want `intervals calls time.NewTicker with an interval that is not positive, which panics`
	ticker.Reset(-1)                   // want `intervals calls Reset with an interval that is not positive, which panics`
	for range time.Tick(0) {           // want `intervals receives from time.Tick with an interval that is not positive: its channel is nil, and the receive waits for ever`
	}
}

func nothing() {
	var timer *time.Timer
	timer.Reset(time.Second) // want `nothing calls Reset of timer, which is nil: the call panics`
	var ticker *time.Ticker
	defer ticker.Stop() // want `nothing calls Stop of ticker, which is nil: the call panics`
}

func zero() {
	var timer time.Timer
	timer.Reset(time.Second) // want `zero calls Reset of timer, which neither NewTimer, NewTicker nor AfterFunc has made: the call panics`
	pointer := new(time.Timer)
	pointer.Stop() // want `zero calls Stop of pointer, which neither`
	ticker := &time.Ticker{C: make(chan time.Time)}
	ticker.Reset(time.Second) // want `zero calls Reset of ticker, which neither`
}

func nobody(stop chan bool) {
	timer := time.AfterFunc(time.Second, flush)
	if !timer.Stop() {
		<-timer.C // want `nobody receives from timer.C, the channel of the timer that AfterFunc makes at sure.go:31: it is nil, and the receive waits for ever`
	}
	select {
	case <-timer.C: // want `nobody receives from timer.C, the channel of the timer that AfterFunc makes at sure.go:31: it is nil, and this case is never chosen`
	case <-stop:
	}
}

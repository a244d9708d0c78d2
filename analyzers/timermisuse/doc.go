// Package timermisuse reports timers that are drained though their value has
// been received already, timers and tickers of which the use panics or waits for ever, and
// timers that are made anew in each round of a loop.
//
// # Wrong
//
//	for {
//		select {
//		case <-timer.C:
//			flush()
//		case <-reset:
//			if !timer.Stop() {
//				<-timer.C // waits for ever if the timer has been received above
//			}
//			timer.Reset(delay)
//		}
//	}
//
//	var timer *time.Timer
//	timer.Reset(delay) // panics: there is no timer
//
//	timer := time.AfterFunc(delay, flush)
//	if !timer.Stop() {
//		<-timer.C // waits for ever: nothing sends, flush is called instead
//	}
//
// # Right
//
//	for {
//		select {
//		case <-timer.C:
//			flush()
//		case <-reset:
//			timer.Reset(delay) // since Go 1.23 nothing stale is left in timer.C
//		}
//	}
//
//	timer := time.NewTimer(delay)
//
//	timer := time.AfterFunc(delay, func() { flush(); close(flushed) })
//	if !timer.Stop() {
//		<-flushed
//	}
//
// # Why it breaks
//
// Stop returns false if the timer has run out or was stopped before. It does not
// tell whether somebody has received the value since. A timer sends one value: who
// has received it and then drains the channel waits for a second one that does
// not come. The goroutine waits for ever, and so do those who send to it.
//
// Only package time can make a timer: Stop and Reset of a nil one, or of a variable of type
// time.Timer, panic. So do NewTicker and Reset of a ticker if the interval is not positive. The
// channel of a timer that AfterFunc has made is nil, as is that of time.Tick(0).
//
// # How to fix it
//
// With a go line of 1.23 or later in go.mod, do not drain: after Stop and Reset
// nothing of before is received. Otherwise drain without waiting,
// select { case <-timer.C: default: }, or remember in a variable that the value
// has been received.
//
// # What counts
//
// A receive from the channel of a timer on the way where Stop has returned false,
// without another condition, and another receive from it in the same function
// from which control comes to Stop without a Reset, an assignment of a new timer, a
// call that is given the timer, or a branch on a variable, which may tell whether the timer has run
// out.
//
// Constants that are no interval, Stop and Reset of what is nil or a variable that nothing
// is assigned to, and receives from a timer that the same function has from AfterFunc. Functions
// that recover are left alone where the call panics.
//
// The strict tier adds, in files whose language version is before Go 1.23, time.After in a loop: each
// round leaves a timer behind that is not collected until it has run out. A ticker that the
// function does not stop, or of time.Tick, in a loop or in a function that returns is not
// collected at all. And Reset of a timer in a loop that comes to it again without a receive from
// the timer or a Stop: what the timer has sent before is still in its channel. In files of any version
// it adds types that keep a timer of AfterFunc in a field, if their method Close, Stop or Shutdown
// closes what the timer's function uses first of all, and does not look at the timer.
//
// # Limitations
//
// Timers are followed within one function, a function literal on its own. Whether
// a timer was stopped twice is not asked.
package timermisuse

// Package timermisuse reports timers that are drained though their value has
// been received already, and timers that are made anew in each round of a loop.
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
// # Why it breaks
//
// Stop returns false if the timer has run out or was stopped before. It does not
// tell whether somebody has received the value since. A timer sends one value: who
// has received it and then drains the channel waits for a second one that does
// not come. The goroutine waits for ever, and so do those who send to it.
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
// The strict tier adds time.After in a loop, in files whose language version is
// before Go 1.23: each round leaves a timer behind that is not collected until
// it has run out.
//
// # Limitations
//
// Timers are followed within one function, a function literal on its own. Whether
// a timer was stopped twice, or never started, is not asked.
package timermisuse

//go:build go1.21

// Package strict makes a timer in each round.
package strict

import "time"

func poll(done chan bool) {
	for {
		select {
		case <-time.After(time.Second): // want `time.After makes a timer in each round, which before Go 1.23 is kept until it has run out`
		case <-done:
			return
		}
	}
}

func once(done chan bool) {
	select {
	case <-time.After(time.Second):
	case <-done:
	}
}

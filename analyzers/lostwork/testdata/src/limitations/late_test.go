package main

import (
	"testing"
	"time"
)

type watched struct{ timer *time.Timer }

// Nobody stops a timer that is kept: whoever can reach it might.
func TestKeeps(t *testing.T) {
	w := watched{timer: time.AfterFunc(time.Second, func() { t.Error("timeout") })}
	println(w.timer != nil)
}

// A goroutine of the test leaves the timer behind.
func TestLeavesBehind(t *testing.T) {
	done := make(chan bool)
	go func() {
		time.AfterFunc(time.Second, func() { t.Error("timeout") })
		close(done)
	}()
	<-done
}

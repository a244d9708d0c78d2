package latestrict

import (
	"context"
	"io"
	"testing"
	"time"
)

func TestLogs(t *testing.T) {
	time.AfterFunc(time.Second, func() { t.Log("slow") }) // want `TestLogs returns without a stop of the timer started here, whose function uses t: it reports too late`
	Work()
}

// Closing the pipe may be what the test waits for.
func TestCloses(t *testing.T) {
	r, w := io.Pipe()
	time.AfterFunc(time.Second, func() { // want `TestCloses returns without a stop of the timer started here`
		t.Error("timeout")
		w.Close()
	})
	io.ReadAll(r)
}

func TestSleeps(t *testing.T) {
	time.AfterFunc(time.Millisecond, func() { t.Error("not yet") }) // want `TestSleeps returns without a stop of the timer started here`
	time.Sleep(time.Second)
}

// The caller may sleep.
func watch(t *testing.T) {
	time.AfterFunc(time.Second, func() { t.Error("timeout") }) // want `watch returns without a stop of the timer started here`
}

func TestWatched(t *testing.T) {
	watch(t)
	Work()
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	context.AfterFunc(ctx, func() { t.Log("cancelled") }) // want `the cancel that TestContext defers starts this function, which uses t, when nobody waits for it any more: if the test is over by then, it panics`
	Work()
}

// The function runs while the test goes on.
func TestCancels(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, func() { t.Log("cancelled") })
	cancel()
	time.Sleep(time.Second)
}

func TestStopsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := context.AfterFunc(ctx, func() { t.Log("cancelled") })
	Work()
	stop()
}

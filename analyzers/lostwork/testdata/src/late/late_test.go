package late

import (
	"context"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchdog(t *testing.T) {
	time.AfterFunc(5*time.Second, func() { // want `TestWatchdog returns without a stop of the timer started here, whose function fails t: when the test is over, that panics, and all tests of the package end`
		t.Error("timeout")
	})
	Work()
}

func TestMethodValue(t *testing.T) {
	time.AfterFunc(5*time.Second, t.FailNow) // want `TestMethodValue returns without a stop of the timer started here, whose function fails t`
	Work()
}

func TestSub(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) {
			time.AfterFunc(time.Second, func() { t.Fatalf("timeout in %s", name) }) // want `TestSub returns without a stop of the timer started here, whose function fails t`
			Work()
		})
	}
}

// The watchdog is stopped on one of two ways.
func TestEarly(t *testing.T) {
	watchdog := time.AfterFunc(time.Second, func() { t.Error("timeout") }) // want `TestEarly returns without a stop of the timer started here`
	if testing.Short() {
		return
	}
	Work()
	watchdog.Stop()
}

// In a loop a deferred Stop would come late, so no fix is offered.
func TestRounds(t *testing.T) {
	for range 3 {
		time.AfterFunc(time.Second, func() { t.Error("timeout") }) // want `TestRounds returns without a stop of the timer started here`
		Work()
	}
}

func TestStops(t *testing.T) {
	watchdog := time.AfterFunc(time.Second, func() { t.Error("timeout") })
	Work()
	watchdog.Stop()
}

func TestDefers(t *testing.T) {
	defer time.AfterFunc(time.Second, func() { t.Error("timeout") }).Stop()
	Work()
}

func TestCleanup(t *testing.T) {
	watchdog := time.AfterFunc(time.Second, func() { t.Error("timeout") })
	t.Cleanup(func() { watchdog.Stop() })
	Work()
}

// A test that failed has other worries.
func TestFails(t *testing.T) {
	watchdog := time.AfterFunc(time.Second, func() { t.Error("timeout") })
	if len(os.Args) > 100 {
		t.Fatal("too many arguments")
		return
	}
	watchdog.Stop()
}

// The function asks whether the test is over.
func TestAsks(t *testing.T) {
	var mu sync.Mutex
	done := false
	ask := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return done
	}
	time.AfterFunc(time.Second, func() {
		if !ask() {
			t.Error("timeout")
		}
	})
	Work()
	mu.Lock()
	done = true
	mu.Unlock()
}

func TestAsksVerbose(t *testing.T) {
	verbose := len(os.Args) > 100
	time.AfterFunc(time.Second, func() {
		if verbose {
			t.Error("timeout")
		}
	})
	Work()
}

func TestAsksChannel(t *testing.T) {
	done := make(chan bool)
	defer close(done)
	time.AfterFunc(time.Second, func() {
		select {
		case <-done:
			return
		default:
		}
		t.Error("timeout")
	})
	Work()
}

// Nobody lets the function go on when the test is over.
func TestReceives(t *testing.T) {
	more := make(chan bool)
	time.AfterFunc(time.Second, func() {
		<-more
		t.Error("more")
	})
	Work()
}

// The test waits for the function.
func TestWaitsForTimer(t *testing.T) {
	done := make(chan bool)
	time.AfterFunc(time.Millisecond, func() {
		t.Error("not yet")
		close(done)
	})
	<-done
}

// The test outlasts the timer.
func TestSleeps(t *testing.T) {
	time.AfterFunc(time.Millisecond, func() { t.Error("not yet") })
	time.Sleep(time.Second)
}

func rest() { time.Sleep(time.Second) }

func TestRests(t *testing.T) {
	time.AfterFunc(time.Millisecond, func() { t.Error("not yet") })
	rest()
}

// The program has ended by then.
func TestHours(t *testing.T) {
	time.AfterFunc(3*time.Hour, func() { t.Error("timeout") })
	Work()
}

// Time does not go on when the bubble's first goroutine has returned.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.AfterFunc(time.Second, func() { t.Error("timeout") })
		synctest.Wait()
	})
}

// What is logged late goes to the log of the package's tests.
func TestLogs(t *testing.T) {
	time.AfterFunc(time.Second, func() { t.Log("slow") })
	Work()
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	context.AfterFunc(ctx, func() { t.Error("cancelled") })
	Work()
}

// The caller may sleep.
func watch(t *testing.T) {
	time.AfterFunc(time.Second, func() { t.Error("timeout") })
}

func TestWatched(t *testing.T) {
	watch(t)
	time.Sleep(2 * time.Second)
}

// Somebody else may stop what is kept.
var kept *time.Timer

func TestKept(t *testing.T) {
	kept = time.AfterFunc(time.Second, func() { t.Error("timeout") })
	Work()
}

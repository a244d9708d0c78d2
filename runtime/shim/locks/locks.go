// Package locks stands for the locks of package sync in the program that it is
// linked into. They are go-deadlock's, which report inconsistent order,
// recursive locking and waiting for too long. The program goes on after a report.
package locks

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	deadlock "github.com/sasha-s/go-deadlock"

	"github.com/lockstep-go/lockstep/runtime/shim/final"
)

// Environment variables by which lockstep talks to the program.
const (
	// fileVariable names the file for the reports, to which the process number
	// is added. Without it they go to standard error.
	fileVariable = "LOCKSTEP_LOCKS"
	// timeoutVariable says how long a lock may be waited for.
	timeoutVariable = "LOCKSTEP_LOCKS_TIMEOUT"
)

type (
	Mutex   = deadlock.Mutex
	RWMutex = deadlock.RWMutex
)

var ending final.Ending

func init() {
	o := &deadlock.Opts
	o.OnPotentialDeadlock = func() {}
	// A timer that was made in a bubble of testing/synctest must not be used
	// outside of it.
	o.TimerPool = deadlock.TimerPoolDisabled
	if d, err := time.ParseDuration(os.Getenv(timeoutVariable)); err == nil {
		o.DeadlockTimeout = d // 0 means never
	}
	if name := os.Getenv(fileVariable); name != "" {
		o.LogBuf = &file{name: fmt.Sprintf("%s.%d", name, os.Getpid())}
	}
}

// A file is made when it is first written to. go-deadlock holds a lock then.
type file struct {
	name string
	w    io.Writer
}

func (f *file) Write(p []byte) (int, error) {
	if f.w == nil {
		w, err := os.OpenFile(f.name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0644)
		if err != nil {
			f.w = os.Stderr
		} else {
			f.w = w
		}
	}
	return f.w.Write(p)
}

// AtEnd is what main defers.
func AtEnd() {
	if ending.Begin() {
		linger()
	}
}

// Exit stands for os.Exit.
func Exit(code int) {
	if ending.Begin() {
		linger()
	}
	os.Exit(code)
}

// settling is how long the goroutines may take, once main has returned, to get
// to where they block or end.
const settling = 20 * time.Millisecond

// linger keeps the program alive while goroutines wait for locks, for as long
// as it takes to report that they wait too long.
func linger() {
	limit := deadlock.Opts.DeadlockTimeout
	if limit <= 0 {
		return
	}
	// Goroutines that have yet to run may be about to wait.
	time.Sleep(settling)
	end := time.Now().Add(limit + limit/10 + 50*time.Millisecond)
	for waiting() && time.Now().Before(end) {
		time.Sleep(10 * time.Millisecond)
	}
}

// waiting reports whether a goroutine waits for a lock.
func waiting() bool {
	buf := make([]byte, 64<<10)
	n := runtime.Stack(buf, true)
	for n == len(buf) && len(buf) < 16<<20 {
		buf = make([]byte, 4*len(buf))
		n = runtime.Stack(buf, true)
	}
	for _, state := range []string{"[sync.Mutex.Lock", "[sync.RWMutex.Lock", "[sync.RWMutex.RLock"} {
		if bytes.Contains(buf[:n], []byte(state)) {
			return true
		}
	}
	return false
}

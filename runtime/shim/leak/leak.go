// Package leak writes the goroutine leak profile of the program that it is
// linked into: when main returns or the program calls os.Exit, when its time is
// almost over, and as soon as no goroutine can ever run again.
//
// The runtime has the profile only if the program was built with
// GOEXPERIMENT=goroutineleakprofile.
package leak

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/lockstep-go/lockstep/runtime/shim/final"
)

// Environment variables by which lockstep talks to the program.
const (
	// fileVariable names the file for the profile, to which the process number
	// is added. Without it nothing is done.
	fileVariable = "LOCKSTEP_LEAKS"
	// watchVariable says how long the program may run. If it is set, the
	// program is looked at while it runs. That takes a timer, and a program with
	// a timer never gets to see the runtime's own "all goroutines are asleep".
	watchVariable = "LOCKSTEP_LEAKS_WATCH"
)

// Stuck is the status with which a program exits in which no goroutine can ever
// run again.
const Stuck = 97

var ending final.Ending

func init() {
	d, err := time.ParseDuration(os.Getenv(watchVariable))
	if err != nil || d <= 0 || os.Getenv(fileVariable) == "" {
		return
	}
	time.AfterFunc(d, func() { write() })
	watch(time.Second)
}

// watch looks after the given time, and ever more rarely after that, whether
// the program is stuck.
func watch(after time.Duration) {
	time.AfterFunc(after, func() {
		if stuck() {
			write()
			os.Exit(Stuck)
		}
		watch(2 * after)
	})
}

// stuck reports whether every goroutine but the calling one is blocked for
// ever.
func stuck() bool {
	p := pprof.Lookup("goroutineleak")
	if p == nil {
		return false
	}
	before := runtime.NumGoroutine()
	if p.WriteTo(io.Discard, 1) != nil { // finds the leaks
		return false
	}
	return p.Count() == before-1 && runtime.NumGoroutine() == before
}

// settling is how long the goroutines may take, once main has returned, to get
// to where they block or end.
const settling = 20 * time.Millisecond

// AtEnd is what main defers.
func AtEnd() {
	if ending.Begin() {
		time.Sleep(settling)
		write()
	}
}

// Exit stands for os.Exit.
func Exit(code int) {
	if ending.Begin() {
		time.Sleep(settling)
		write()
	}
	os.Exit(code)
}

func write() {
	name := os.Getenv(fileVariable)
	p := pprof.Lookup("goroutineleak")
	if name == "" || p == nil {
		return
	}
	f, err := os.OpenFile(fmt.Sprintf("%s.%d", name, os.Getpid()), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0644)
	if err != nil {
		return
	}
	defer f.Close()
	p.WriteTo(f, 2) // with states and go statements
}

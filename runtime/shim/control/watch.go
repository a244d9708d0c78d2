package control

import (
	"bytes"
	"os"
	"runtime"
	"time"
)

// busyFor is how many times the limit a step may take if it computes.
const busyFor = 15

// watch looks from time to time whether the goroutine that has the token goes on.
func watch(limit time.Duration) {
	last, same := seen(), 0
	var look func()
	look = func() {
		now, ended := seen(), written.Load()
		switch {
		case ended:
			return
		case now != last:
			last, same = now, 0
		default:
			same++
			words, computing := stalled(stacks())
			if !computing || same >= busyFor {
				writeResult(endStall, words)
				os.Exit(Stuck)
			}
		}
		time.AfterFunc(limit, look)
	}
	time.AfterFunc(limit, look)
}

//go:norace
func seen() uint32 { return s.progress }

func stacks() []byte {
	buf := make([]byte, 64<<10)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) || len(buf) >= 16<<20 {
			return buf[:n]
		}
		buf = make([]byte, 4*len(buf))
	}
}

// stalled says in words where the goroutine that has the token is blocked, from
// the stacks of all, and whether some goroutine computes.
func stalled(text []byte) (words string, computing bool) {
	for i, stack := range bytes.Split(text, []byte("\n\n")) {
		if i == 0 || bytes.Contains(stack, []byte("control.await(")) {
			continue // the watchdog, and those that wait for the token
		}
		state := stateOf(stack)
		switch state {
		case "running", "runnable", "syscall", "sleep", "IO wait":
			computing = computing || state == "running" || state == "runnable"
		}
		if !bytes.Contains(stack, []byte("lockstep_rt")) && words != "" {
			continue
		}
		if words == "" || bytes.Contains(stack, []byte("lockstep_rt")) {
			words = state + " in " + topOf(stack)
		}
	}
	return words, computing
}

// outsiders says in words which goroutine that is not controlled may still go on
// and wake others; "" if there is none.
func outsiders() string {
	if uncontrolled() <= 0 {
		return ""
	}
	for i, stack := range bytes.Split(stacks(), []byte("\n\n")) {
		if i == 0 || bytes.Contains(stack, []byte("control.await(")) {
			continue
		}
		switch state := stateOf(stack); state {
		case "running", "runnable", "syscall", "sleep", "IO wait", "select":
			return state + " in " + topOf(stack)
		}
	}
	return ""
}

// stateOf is the state in the first line of a goroutine's stack trace:
// "goroutine 7 [chan receive, 2 minutes]:".
func stateOf(stack []byte) string {
	_, rest, _ := bytes.Cut(stack, []byte("["))
	state, _, _ := bytes.Cut(rest, []byte("]"))
	state, _, _ = bytes.Cut(state, []byte(","))
	return string(state)
}

// topOf is the innermost function of a goroutine's stack trace, and where it is.
func topOf(stack []byte) string {
	lines := bytes.SplitN(stack, []byte("\n"), 4)
	if len(lines) < 3 {
		return "unknown code"
	}
	function := lines[1]
	if i := bytes.LastIndexByte(function, '('); i > 0 {
		function = function[:i]
	}
	place, _, _ := bytes.Cut(bytes.TrimSpace(lines[2]), []byte(" "))
	return string(function) + " at " + string(place)
}

// uncontrolled is how many goroutines there are, more than at the beginning, that
// are not controlled.
//
//go:norace
func uncontrolled() int {
	n := runtime.NumGoroutine() - s.baseline
	for i := 0; i < s.nalive; i++ {
		if s.alive[i].real {
			n--
		}
	}
	if c := s.current; c != nil && c.state == done && c.real {
		n-- // it asks on its way out
	}
	return n
}

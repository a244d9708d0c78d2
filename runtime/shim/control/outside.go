package control

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/lockstep-go/lockstep/runtime/shim/goid"
)

// What is blocked outside
//
// A goroutine that has the token may block natively: it reads from a network, waits
// for a process, or for a lock in code that is not controlled. Who watches then takes
// the token from it and lets the others go on; when it comes back to a point, it waits
// for the token like everybody else. The order of such returns is the world's, not the
// scheduler's, so a run in which this happens cannot be replayed exactly, and its result says so.
//
// From then on it is no longer true that only one controlled goroutine runs, so who is
// asking is found by the number in its stack trace. The watcher closes a gate before it
// looks at the stacks, for which the runtime stops the world: a goroutine that was seen
// outside finds the gate closed when it comes to a point, and one that had passed the
// gate is seen inside.

const (
	// firstLook is how long after a step the watcher looks first; it looks less
	// often while the goroutine computes.
	firstLook = 10 * time.Millisecond
	slowLook  = 500 * time.Millisecond
	// busyFor is how many times the limit for a step it may take if it computes.
	busyFor = 15
)

// watch looks from time to time whether the goroutine that has the token goes on.
func watch(limit time.Duration) {
	last, since, wait := seen(), time.Now(), firstLook
	var look func()
	look = func() {
		now := seen()
		if written.Load() {
			return
		}
		if now != last {
			last, since, wait = now, time.Now(), firstLook
		} else if d := time.Since(since); d >= firstLook {
			words, taken := takeToken()
			if !taken && (d > busyFor*limit || d > limit && words != "") {
				writeResult(endStall, words)
				os.Exit(Stuck)
			}
			wait = min(2*wait, slowLook)
		}
		time.AfterFunc(wait, look)
	}
	time.AfterFunc(wait, look)
}

//go:norace
func seen() uint32 { return s.progress }

// takeToken takes the token from a goroutine that is blocked natively, and gives
// it to the next. Otherwise it says where the goroutine is blocked, "" if it computes.
//
//go:norace
func takeToken() (words string, taken bool) {
	hide()
	defer show()
	s.gate = true
	holder := s.current
	if holder == nil || !holder.started || holder.state != runnable || s.free || s.waiting {
		s.gate = false
		return "", false
	}
	state, inside, where := whereIs(stacks(), holder.goid)
	if s.current != holder || holder.state != runnable {
		// It was inside when the gate closed, and has handed the token on.
		s.gate = false
		return "", false
	}
	if state == gone {
		bury(holder)
		s.visitor = 1
		s.gate = false
		hand(next())
		s.visitor = 0
		return "", true
	}
	if inside || !isBlockedState(state) {
		s.gate = false
		return "", false
	}
	words = state + " in " + where
	missAt("native-wait ", words)
	holder.state, holder.at = outside, words
	holder.detached, holder.back = true, false
	s.detached++
	s.visitor = 1
	s.gate = false
	hand(next())
	s.visitor = 0
	return words, true
}

// gone is the state of a goroutine that has ended unseen: main, by Goexit in a
// function init.
const gone = "gone"

func isBlockedState(state string) bool {
	switch state {
	case "", "running", "runnable":
		return false
	}
	return !strings.Contains(state, "GC") // it ends by itself, however long it takes
}

// whereIs finds a goroutine in a dump of all stacks: its state, whether it is in this
// package, waiting, and its innermost function.
func whereIs(text []byte, id int64) (state string, inside bool, where string) {
	for _, stack := range bytes.Split(text, []byte("\n\n")) {
		if goid.ExtractGID(stack) != id {
			continue
		}
		return stateOf(stack), isInside(stack), topOf(stack)
	}
	if len(text) == mostStacks {
		return "", false, ""
	}
	return gone, false, ""
}

// isInside reports whether the innermost function of a goroutine that is not of the
// standard library is one of this package.
func isInside(stack []byte) bool {
	lines := bytes.Split(stack, []byte("\n"))
	for i := 1; i < len(lines); i += 2 {
		path, _, _ := bytes.Cut(lines[i], []byte("."))
		switch string(path) {
		case "runtime", "syscall", "internal/poll", "internal/sync", "internal/runtime/syscall", "os", "sync", "time":
			continue
		}
		// Those of init are the scenarios that this package is tested by.
		return bytes.Contains(lines[i], []byte("/control.")) && !bytes.Contains(lines[i], []byte("/control.init."))
	}
	return false
}

// identify finds the calling controlled goroutine where more than one may run.
// One that the token was taken from waits for it here.
//
//go:norace
func identify() *g {
	for s.gate {
		hide()
		time.Sleep(20 * time.Microsecond)
		show()
	}
	if s.detached == 0 {
		return s.current
	}
	id := goid.Get()
	for i := 0; i < s.nalive; i++ {
		c := s.alive[i]
		if c.goid != id {
			continue
		}
		if c.detached {
			c.back = true
			await(c)
		}
		return c
	}
	return s.current
}

// returned makes a goroutine that has come back one that can go on.
//
//go:norace
func returned(c *g) {
	c.detached, c.back = false, false
	c.state = runnable
	s.detached--
}

// A wait for what is not controlled, while nobody else can go on.
const (
	// patience is how long to wait for a goroutine that works or reads.
	patience = 2 * time.Second
	// latePatience is the same once main is done.
	latePatience = 300 * time.Millisecond
	// glance is after how long it is asked whether there is such a goroutine.
	glance = 30 * time.Millisecond
	// passing is how long real time has to pass while a timer is due later and
	// somebody works or reads outside: what it does takes time too.
	passing = 50 * time.Millisecond
	// longPassing is the same if somebody is certainly at work outside: a process, or
	// a goroutine that sleeps. The timer may be what the program gives up by.
	longPassing = 10 * time.Second
)

// someoneComesBefore waits for goroutines that are not controlled before time passes
// by d.
//
//go:norace
func someoneComesBefore(d time.Duration) bool {
	if someoneComes(min(passing, d)) {
		return true
	}
	return d > passing && !s.mainDone && uncontrolled() > 0 && isAtWork() && someoneComes(min(longPassing, d)-passing)
}

// isAtWork reports whether a goroutine that is not controlled will go on by
// itself, or waits for a process that this one has started. What is read may also be
// what a controlled goroutine is to write.
func isAtWork() bool {
	for i, stack := range bytes.Split(stacks(), []byte("\n\n")) {
		if i == 0 || bytes.Contains(stack, []byte("/control.await(")) {
			continue
		}
		switch stateOf(stack) {
		case "running", "runnable", "sleep":
			return true
		}
		if bytes.Contains(stack, []byte("os.(*Process).Wait(")) {
			return true
		}
	}
	return false
}

// isWorldly reports whether a goroutine in this state works, or waits for what is
// not a goroutine, perhaps.
func isWorldly(state string) bool {
	switch state {
	case "running", "runnable", "syscall", "sleep", "IO wait", "select":
		return true
	}
	return false
}

// someoneComes waits for goroutines that are not controlled and may wake one that
// is, at most for the given time. It reports whether one can go on now.
//
//go:norace
func someoneComes(limit time.Duration) bool {
	if uncontrolled() <= 0 {
		return false
	}
	hide()
	s.waiting = true
	came := waitOutside(limit)
	s.waiting = false
	show()
	return came
}

//go:norace
func waitOutside(limit time.Duration) bool {
	asked := false
	for begin := time.Now(); ; time.Sleep(200 * time.Microsecond) {
		for i := 0; i < s.nalive; i++ {
			c := s.alive[i]
			if c.state == blocked && ready(c) || c.detached && c.back {
				miss("native-goroutine")
				return true
			}
		}
		if uncontrolled() <= 0 {
			return false // it was only about to end
		}
		d := time.Since(begin)
		if !asked && d > glance {
			if outsiders() == "" {
				return false
			}
			asked = true
		}
		if d > limit {
			miss("native-goroutine")
			return false
		}
	}
}

// outsiders says in words which goroutine that is not controlled may still go on
// and wake others; "" if there is none.
func outsiders() string {
	if uncontrolled() <= 0 {
		return ""
	}
	for i, stack := range bytes.Split(stacks(), []byte("\n\n")) {
		if i == 0 || bytes.Contains(stack, []byte("/control.await(")) || bytes.Contains(stack, []byte("/control.waitOutside(")) {
			continue
		}
		if state := stateOf(stack); isWorldly(state) {
			return state + " in " + topOf(stack)
		}
	}
	return ""
}

// mostStacks is how much is read of all stacks.
const mostStacks = 16 << 20

func stacks() []byte {
	buf := make([]byte, mostStacks>>8)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) || len(buf) >= mostStacks {
			return buf[:n]
		}
		buf = make([]byte, 4*len(buf))
	}
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
// are not controlled, or have been left to themselves.
//
//go:norace
func uncontrolled() int {
	n := runtime.NumGoroutine() - s.baseline - s.visitor
	for i := 0; i < s.nalive; i++ {
		if s.alive[i].real && !s.alive[i].detached {
			n--
		}
	}
	if c := s.current; c != nil && c.state == done && c.real {
		n-- // it asks on its way out
	}
	return n
}

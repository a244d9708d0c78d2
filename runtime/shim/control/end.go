package control

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/lockstep-go/lockstep/runtime/shim/goid"
	"github.com/lockstep-go/lockstep/runtime/shim/leak"
)

// Environment variables by which lockstep talks to the program.
const (
	scheduleVariable = "LOCKSTEP_CONTROL" // the schedule; without it nothing is done
	resultVariable   = "LOCKSTEP_RESULT"  // the file for the result
	traceVariable    = "LOCKSTEP_TRACE"   // "1": every operation too
	stepsVariable    = "LOCKSTEP_STEPS"   // how many steps a run may take
	stallVariable    = "LOCKSTEP_STALL"   // how long a step may take
)

const (
	defaultSteps = 100000
	defaultStall = 2 * time.Second
)

// Stuck is the status with which a program exits that a run has found unable to
// end.
const Stuck = 90

// An end is how a run ended.
type end string

const (
	endOK       end = "ok"
	endDeadlock end = "deadlock"
	endLeak     end = "leak"
	endPanic    end = "panic"
	endSteps    end = "steps"
	endStall    end = "stall"
	endExit     end = "exit"
)

func init() {
	text := os.Getenv(scheduleVariable)
	if text == "" {
		return
	}
	s.began = text
	result := os.Getenv(resultVariable)
	s.trace = os.Getenv(traceVariable) == "1"
	s.maxSteps = number(os.Getenv(stepsVariable))
	if s.maxSteps == 0 {
		s.maxSteps = defaultSteps
	}
	limit, err := time.ParseDuration(os.Getenv(stallVariable))
	if err != nil || limit <= 0 {
		limit = defaultStall
	}
	// What this program starts is on its own.
	for _, name := range []string{scheduleVariable, resultVariable, traceVariable, stepsVariable, stallVariable} {
		os.Unsetenv(name)
	}
	if result != "" {
		if s.out, err = os.Create(result); err != nil {
			fmt.Fprintln(os.Stderr, "lockstep:", err)
		}
	}
	setUp(limit)
}

// setUp makes the calling goroutine, which is main, the first controlled one.
func setUp(limit time.Duration) {
	s.all = make([]*g, 16)
	s.alive = make([]*g, 16)
	s.options = make([]*g, 16)
	s.objects = make([]numbered, 64)
	s.misses = make([]string, 64)
	s.nall = 1
	s.hash = 14695981039346656037
	s.baseline = runtime.NumGoroutine() - 1
	perturb := s.strategy.parse(s.began)
	if problem := selfTest(); problem != "" {
		miss(problem)
		perturb = true
	}
	shaken.Store(s.rng)
	if perturb {
		s.shaken = true
		return
	}
	me := newG("")
	me.real, me.started, me.goid = true, true, goid.Get()
	s.main, s.current = me, me
	own(true)
	s.active = true
	watch(limit)
}

// AtEnd is what main defers.
//
//go:norace
func AtEnd() {
	me := mine()
	if me == nil {
		if s.shaken {
			writeResult(endOK, "")
			leak.AtEnd()
		}
		return
	}
	if panicking() {
		finishPanic()
		return
	}
	if unwinding("runtime.Goexit") { // the program goes on without main
		leave(me)
		return
	}
	quiesce(me)
}

// quiesce lets the others go on until none of them can, and then ends control.
//
//go:norace
func quiesce(me *g) {
	s.main, s.mainDone, s.mainStep, s.mainTime = me, true, s.steps, s.now
	event(me, opEnd, nil, "", 0)
	me.state, me.wait, me.op, me.at, me.granted = blocked, waitEnd, opNone, "", false
	pass(me)
	how := endOK
	for i := 0; i < s.nalive; i++ {
		if c := s.alive[i]; c != me && c.state == blocked && c.wait != waitTime && !c.daemon {
			how = endLeak
		}
	}
	me.state = done
	writeResult(how, "")
	dissolve(me)
	leak.AtEnd()
}

// dissolve ends control: whoever waits here goes on to wait natively, so that
// the profile of leaked goroutines sees them as they would be without us.
//
//go:norace
func dissolve(me *g) {
	s.active = false
	own(false)
	hide()
	for i := 0; i < s.nalive; i++ {
		c := s.alive[i]
		s.alive[i] = nil
		switch {
		case c == me:
		case c.state == blocked:
			c.native = true
			c.wake <- struct{}{}
		case c.state == idle && c.real:
			c.quit = true
			c.wake <- struct{}{}
		}
	}
	show()
	s.nalive, s.nall = 0, 0
	s.all, s.alive, s.options, s.current, s.main = nil, nil, nil, nil, nil
	s.once, s.pools, s.afuns, s.writers, s.promised = nil, nil, nil, nil, nil
	// Package time keeps what timers send to, and so does this one: who waits for it
	// does not leak.
	for v := s.timers; v != nil; v = v.next {
		v.sleep = nil
		if v.start != nil {
			v.start.waiting = nil
		}
	}
}

// exitQuietly ends a goroutine that has not begun to run user code.
func exitQuietly() { runtime.Goexit() }

// stuckEnd is the end of a run in which nobody can go on.
//
//go:norace
func stuckEnd() end {
	if words := outsiders(); words != "" {
		s.cause = words
		return endStall
	}
	if m := s.main; m != nil && m.detached {
		s.cause = m.at
		return endStall
	}
	return endDeadlock
}

// finish ends the program.
//
//go:norace
func finish(how end) {
	if s.mainDone && how == endSteps {
		// Goroutines that go on for ever are ended by main's end.
		how = endOK
	}
	writeResult(how, s.cause)
	s.active = false
	os.Exit(Stuck)
}

// finishPanic is for a goroutine that panics: the runtime will end the program.
// The token stays where it is, so nobody else goes on.
//
//go:norace
func finishPanic() {
	late()
	writeResult(endPanic, "")
}

// late ends a program that would have ended before: time has passed since main was
// done, and what goroutines come to after that does not happen.
//
//go:norace
func late() {
	if s.mainDone && s.fires > 0 {
		writeResult(endOK, "")
		s.active = false
		os.Exit(0)
	}
}

// Exit stands for os.Exit.
//
//go:norace
func Exit(code int) {
	if me := mine(); me != nil {
		point(me)
		late()
		event(me, opExit, nil, "", 0)
		writeResult(endExit, "")
		s.active = false
	} else if s.shaken {
		writeResult(endExit, "")
	}
	leak.Exit(code)
}

// Fatal stands for log.Fatal.
func Fatal(v ...any) {
	log.Output(2, fmt.Sprint(v...))
	Exit(1)
}

// Fatalf stands for log.Fatalf.
func Fatalf(format string, v ...any) {
	log.Output(2, fmt.Sprintf(format, v...))
	Exit(1)
}

// Fatalln stands for log.Fatalln.
func Fatalln(v ...any) {
	log.Output(2, fmt.Sprintln(v...))
	Exit(1)
}

// written is set by whoever writes the result.
var written atomic.Bool

//go:norace
func writeResult(how end, cause string) {
	if !written.CompareAndSwap(false, true) {
		return
	}
	putResult(how, cause)
	// The file stays open: to close it would be a write that no goroutine's
	// earlier use of it is ordered with, and the race detector would say so.
	flush()
}

//go:norace
func putResult(how end, cause string) {
	put(`{"end":"`)
	put(string(how))
	put(`","schedule":`)
	putQuoted(s.began)
	put(`,"deviations":"`)
	last := 0
	for i := 0; i < s.ndevs; i++ {
		d := s.devs[i]
		if i > 0 {
			put("-")
		}
		putInt("", d.decision-last)
		if d.option > 1 {
			putInt(".", d.option)
		}
		last = d.decision
	}
	putInt(`","decisions":`, s.decisions)
	putInt(`,"steps":`, s.steps)
	put(`,"hash":"`)
	putHex(s.hash)
	putInt(`","time":`, int(s.now))
	putInt(`,"races":`, raceReports())
	put(`,"goroutines":[`)
	for i := 1; i < s.nall; i++ {
		if i > 1 {
			put(",")
		}
		putGoroutine(s.all[i])
	}
	put(`],"uncontrolled":[`)
	for i := 0; i < s.nmiss; i++ {
		if i > 0 {
			put(",")
		}
		putQuoted(s.misses[i])
	}
	put("]")
	if cause != "" {
		put(`,"cause":`)
		putQuoted(cause)
	}
	put("}\n")
}

//go:norace
func putGoroutine(c *g) {
	putInt(`{"g":`, c.id)
	putInt(`,"parent":`, c.parent)
	put(`,"created":`)
	putQuoted(c.created)
	put(`,"state":"`)
	switch {
	case c.state == done || c.state == idle:
		put("done")
	case c == s.current && c.state == runnable:
		put("running")
	case c.state == blocked || c.state == outside && !c.detached:
		put("blocked")
	default:
		put("runnable")
	}
	put(`"`)
	if c.state == blocked && c.wait != waitEnd {
		put(`,"op":"`)
		put(opNames[c.op])
		put(`"`)
		if c.obj != nil {
			putInt(`,"obj":`, object(c.obj))
		}
		put(`,"at":`)
		putQuoted(c.at)
		put(`,"waits_for":[`)
		n := 0
		for i := 0; i < s.nalive; i++ {
			for h := s.alive[i].holds; h != nil; h = h.next {
				if h.obj != c.obj || c.obj == nil || c.wait == waitChannel {
					continue
				}
				if n > 0 {
					put(",")
				}
				putInt("", s.alive[i].id)
				n++
				break
			}
		}
		put("]")
	}
	if c.state != done && c.holds != nil {
		put(`,"holds":[`)
		for h := c.holds; h != nil; h = h.next {
			if h != c.holds {
				put(",")
			}
			putInt(`{"obj":`, object(h.obj))
			put(`,"kind":"`)
			put(opNames[h.kind])
			put(`","at":`)
			putQuoted(h.at)
			put("}")
		}
		put("]")
	}
	if c.daemon {
		put(`,"daemon":true`)
	}
	put("}")
}

// miss notes something that is not controlled, once.
//
//go:norace
func miss(what string) { missAt(what, "") }

//go:norace
func missAt(what, at string) {
	for i := 0; i < len(at); i++ {
		if at[i] == '\t' {
			at = at[:i]
			break
		}
	}
	for i := 0; i < s.nmiss; i++ {
		if matches(s.misses[i], what, at) {
			return
		}
	}
	if s.nmiss < len(s.misses) {
		hide()
		s.misses[s.nmiss] = what + at
		show()
		s.nmiss++
	}
}

//go:norace
func matches(text, a, b string) bool {
	return len(text) == len(a)+len(b) && text[:len(a)] == a && text[len(a):] == b
}

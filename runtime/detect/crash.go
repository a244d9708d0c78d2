package detect

import (
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// A crash is a header, such as one of these,
//
//	fatal error: all goroutines are asleep - deadlock!
//
//	panic: first [recovered, repanicked]
//		panic: second
//	[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a3337]
//
//	SIGQUIT: quit
//	PC=0x4086ae m=0 sigcode=0
//
// and a traceback of the goroutine that crashed, or of all. It has no end:
// what follows is told by its shape.

var (
	crashSignal = newPattern(`^SIG[A-Z]+: \w[\w ]*$`)
	crashDetail = newPattern(`^(?:\t.*|\[signal .*|\[originating .*|PC=0x[0-9a-f]+ m=.*|runtime stack:|runtime: .*|)$`)
	recovered   = newPattern(` \[recovered(?:, repanicked)?\]$`)
	runningTest = newPattern(`^\t\t(\S+) \([\w.]+\)$`)
	// crashEnd is what go test and the test binary print after a crash.
	crashEnd = newPattern(`^(?:exit status \d+|FAIL(?:\t.*)?|ok  \t.*|PASS|=== [A-Z]+ .*|\s*--- (?:FAIL|PASS|SKIP): .*)$`)
)

// maxStray is how many foreign lines may stand between the header of a crash
// and its traceback: other goroutines may go on printing meanwhile.
const maxStray = 100

// Crashes is the evidence of runtime crashes in output.
func Crashes(output []byte, opt Options) []evidence.Evidence {
	if opt.Survived {
		return nil
	}
	var found []evidence.Evidence
	var c *crash
	end := func(atEOF bool) {
		if c != nil && c.credible(atEOF) {
			found = append(found, c.evidence(opt))
		}
		c = nil
	}
	for line := range lines(output) {
		header, exact := crashHeader(line)
		switch {
		case header != "" && (exact || c == nil):
			end(false)
			c = &crash{report: newReport(""), header: header, exact: exact}
			c.take(header)
		case c == nil:
		case crashEnd.MatchString(line), strings.HasSuffix(line, raceWarning), strings.HasPrefix(line, lockHeader):
			end(false)
		case !c.read(line):
			end(false)
		}
	}
	end(true)
	return found
}

// crashHeader is the header that begins in line, exact if it is all of the
// line: a program may have printed something without ending its line.
func crashHeader(line string) (header string, exact bool) {
	if crashSignal.MatchString(line) {
		return line, true
	}
	for _, intro := range []string{"fatal error: ", "panic: "} {
		if i := strings.Index(line, intro); i >= 0 && !strings.HasPrefix(line, "\t") {
			return line[i:], i == 0
		}
	}
	return "", false
}

// A crash is one being read.
type crash struct {
	*report
	traceback
	header string
	exact  bool
	words  []string // further lines of the header
	stray  int
}

// read takes line if it is part of the crash. It reports false if there can
// be none.
func (c *crash) read(line string) bool {
	switch {
	case c.traceback.read(line):
		return true
	case len(c.goroutines) > 0: // a line between two goroutines, or a foreign one
		return true
	case crashDetail.MatchString(line):
		c.words = append(c.words, line)
		c.take(line)
		return true
	}
	c.stray++
	return c.exact && c.stray <= maxStray
}

// credible reports whether this is a crash, not a program's own print.
func (c *crash) credible(atEOF bool) bool {
	if len(c.goroutines) == 0 {
		return c.exact && strings.HasPrefix(c.header, "fatal error: ") &&
			(atEOF && c.stray == 0 || crashKind(c.header) == evidence.AllAsleep)
	}
	// The goroutine that crashed comes first; these print stacks at the
	// program's request.
	if s := c.goroutines[0].stack; len(s) > 0 {
		switch s[0].Func {
		case "runtime/debug.Stack", "runtime/debug.PrintStack", "runtime/pprof.writeGoroutineStacks":
			return false
		}
	}
	return true
}

// evidence is what the crash shows.
func (c *crash) evidence(opt Options) evidence.Evidence {
	c.Kind = crashKind(c.header)
	c.Detail = c.detail()
	for _, g := range c.goroutines {
		c.raw.WriteString(g.raw.String())
	}
	for _, w := range c.words {
		if m := runningTest.FindStringSubmatch(w); m != nil && c.Test == "" {
			c.Test = m[1]
		}
	}
	c.Truncated = len(c.goroutines) == 0 || len(c.goroutines[len(c.goroutines)-1].stack) == 0
	first := true
	for _, g := range c.goroutines {
		if g.system() {
			continue
		}
		o := evidence.Operation{Role: evidence.RoleOther, Goroutine: g.Goroutine, Stack: g.stack}
		if first && c.faults() {
			o.Role = evidence.RoleFault
			o.Stack = origin(g.stack)
		}
		first = false
		c.Operations = append(c.Operations, o)
	}
	settle(&c.Evidence, opt)
	c.markBlocked()
	return c.finish(opt)
}

// faults reports whether the first goroutine of the dump is the culprit.
func (c *crash) faults() bool {
	switch c.Kind {
	case evidence.AllAsleep, evidence.Stopped:
		return false
	}
	return true
}

// markBlocked finds, in a dump of all goroutines, those that are blocked in
// the user's code, and whether any other could still run.
func (c *crash) markBlocked() {
	if c.faults() {
		return
	}
	blockedUser, runnable := false, false
	for i := range c.Operations {
		o := &c.Operations[i]
		_, inUser := o.Stack.User()
		_, byUser := o.Goroutine.Created.User()
		switch {
		case !blocked(o.Goroutine.State):
			runnable = runnable || !alarm(o.Stack)
		case inUser || byUser:
			o.Role = evidence.RoleBlocked
			blockedUser = true
		}
	}
	if c.Kind == evidence.Stopped && blockedUser && !runnable {
		c.Kind = evidence.Hang
	}
}

// alarm reports whether s is the goroutine that package testing starts to end
// a test that takes too long.
func alarm(s evidence.Stack) bool {
	return len(s) > 0 && strings.HasPrefix(s[0].Func, "testing.(*M).startAlarm.")
}

// detail is the value of the panic or the words of the fatal error.
func (c *crash) detail() string {
	text := c.header
	for _, intro := range []string{"fatal error: ", "panic: "} {
		text = strings.TrimPrefix(text, intro)
	}
	for _, w := range c.words {
		if !strings.HasPrefix(w, "\t") || strings.HasPrefix(w, "\tpanic: ") || recovered.MatchString(text) {
			break // "\tpanic: ": a panic while this one was handled
		}
		text += "\n" + strings.TrimPrefix(w, "\t")
	}
	return recovered.ReplaceAllString(text, "")
}

// origin leaves out the frames of deferred functions that ran after the
// panic: those above the outermost call of panic.
func origin(s evidence.Stack) evidence.Stack {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].Func == "panic" {
			return s[i+1:]
		}
	}
	return s
}

// crashKinds tells kinds by the words they begin with.
var crashKinds = []struct {
	words string
	kind  evidence.Kind
}{
	{"fatal error: all goroutines are asleep - deadlock!", evidence.AllAsleep},
	{"fatal error: no goroutines (main called runtime.Goexit) - deadlock!", evidence.AllAsleep},
	{"panic: deadlock: ", evidence.AllAsleep}, // of a synctest bubble
	{"fatal error: concurrent map ", evidence.ConcurrentMap},
	{"fatal error: small map with no empty slot (concurrent map writes?)", evidence.ConcurrentMap},
	{"fatal error: sync: unlock of unlocked mutex", evidence.UnlockUnlocked},
	{"fatal error: sync: Unlock of unlocked RWMutex", evidence.UnlockUnlocked},
	{"fatal error: sync: RUnlock of unlocked RWMutex", evidence.UnlockUnlocked},
	{"panic: sync: negative WaitGroup counter", evidence.NegativeCounter},
	{"panic: sync: WaitGroup ", evidence.WaitGroupReuse},
	{"fatal error: sync: WaitGroup.Add called from ", evidence.WaitGroupReuse},
	{"panic: send on closed channel", evidence.SendOnClosed},
	{"panic: close of closed channel", evidence.CloseOfClosed},
	{"panic: close of nil channel", evidence.CloseOfClosed},
	{"panic: sync.Cond is copied", evidence.CopiedSync},
	{"panic: Log in goroutine after ", evidence.LateTest},
	{"panic: Fail in goroutine after ", evidence.LateTest},
	{"panic: Output called after ", evidence.LateTest},
	{"panic: Write called after ", evidence.LateTest},
	{"panic: test timed out after ", evidence.Stopped},
	{"SIGQUIT: ", evidence.Stopped},
	{"SIGABRT: ", evidence.Stopped},
	{"SIGTERM: ", evidence.Stopped},
	{"panic: ", evidence.Panic},
}

func crashKind(header string) evidence.Kind {
	for _, k := range crashKinds {
		if strings.HasPrefix(header, k.words) {
			return k.kind
		}
	}
	return evidence.FatalError
}

package detect

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// go-deadlock prints three reports, each a header and sections with a stack:
//
//	POTENTIAL DEADLOCK: Inconsistent locking. saw this ordering in one goroutine:
//	happened before
//	main.go:17 main.transfer { from.mu.Lock() } <<<<<
//	main.go:30 main.main.func2 { wg.Go(func() { transfer(a, b) }) }
//
//	happened after
//	…
//	in another goroutine: happened before
//	…
//	happened after
//	…
//
//	POTENTIAL DEADLOCK: Recursive locking:
//	current goroutine 7 lock 0xc000060020
//	…
//	Previous place where the lock was grabbed (same goroutine)
//	…
//
//	POTENTIAL DEADLOCK:
//	Previous place where the lock was grabbed
//	goroutine 8 lock 0x5e3938
//	…
//	Have been trying to lock it again for more than 200ms
//	goroutine 9 lock 0x5e3938
//	…
//	Here is what goroutine 8 doing now
//	goroutine 8 [sleep]: …
//
// Each may be followed by "Other goroutines holding locks:" and, if the program
// asks for it, by a traceback of all goroutines. There is no mark at the end.

const lockHeader = "POTENTIAL DEADLOCK:"

var lockKinds = map[string]evidence.Kind{
	"":                    evidence.LockTimeout,
	" Recursive locking:": evidence.RecursiveLock,
	" Inconsistent locking. saw this ordering in one goroutine:": evidence.LockOrder,
}

var (
	lockGoroutine = newPattern(`^(current )?goroutine (\d+) lock (0x[0-9a-f]+)$`)
	lockFrame     = newPattern(`^(\S.*?):(\d+) (\S.*?) (\{ .* \}|\?\?\?)( <<<<<)?$`)
	lockCall      = newPattern(`\bR?Lock\(\)`)
	lockWaited    = newPattern(`^Have been trying to lock it again for more than (\S+)$`)
	lockHolderNow = newPattern(`^Here is what goroutine (\d+) doing now$`)
)

// Locks is the evidence of go-deadlock in output.
func Locks(output []byte, opt Options) []evidence.Evidence {
	var found []evidence.Evidence
	var p *lockParser
	end := func() {
		if p != nil && p.placed() {
			found = append(found, p.evidence())
		}
		p = nil
	}
	for line := range lines(output) {
		if kind, header, ok := lockReport(line); ok {
			end()
			p = &lockParser{report: newReport(kind), opt: opt}
			p.take(header)
			continue
		}
		if p == nil {
			continue
		}
		if _, crash := crashHeader(line); crash || crashEnd.MatchString(line) || strings.HasSuffix(line, raceWarning) {
			end()
		} else if p.read(line) {
			p.take(line)
		}
	}
	end()
	return found
}

// lockReport is the kind of report that begins in line.
func lockReport(line string) (kind evidence.Kind, header string, ok bool) {
	i := strings.Index(line, lockHeader)
	if i < 0 {
		return "", "", false
	}
	kind, ok = lockKinds[line[i+len(lockHeader):]]
	return kind, line[i:], ok
}

// A lockParser reads the inside of one report.
type lockParser struct {
	*report
	opt     Options
	half    int           // of a LockOrder report: 1 or 2
	role    evidence.Role // of the operation that a goroutine line begins
	in      bool          // within the stack of the last operation
	named   string        // a function whose position comes next
	now     traceback     // what holders do now
	inNow   bool          // within that traceback
	all     traceback     // all current goroutines, of which only the text is kept
	inAll   bool
	skipped bool // a frame of the stack was left out, see frame

	attempted bool // the attempt to lock was read
	ended     bool // and what the holders do now, if they still live
}

// read reports whether line is part of the report.
func (p *lockParser) read(line string) bool {
	switch {
	case p.section(line):
		return true
	case p.inAll:
		return p.all.read(line)
	case p.inNow:
		return p.now.read(line)
	case line == "":
		p.ended = p.ended || !p.in && p.attempted
		p.in = false
		return true
	case p.goroutine(line):
		return true
	}
	return p.in && p.frame(line)
}

// section reports whether line begins a part of the report.
func (p *lockParser) section(line string) bool {
	order := p.Kind == evidence.LockOrder
	switch {
	case order && line == "happened before" && p.half == 0:
		p.half = 1
		p.begin(evidence.Operation{Role: evidence.RoleFirstLock, Previous: true})
	case order && line == "in another goroutine: happened before":
		p.half = 2
		p.begin(evidence.Operation{Role: evidence.RoleFirstLock})
	case order && line == "happened after" && p.half > 0:
		p.begin(evidence.Operation{Role: evidence.RoleSecondLock, Previous: p.half == 1})
	case line == "Previous place where the lock was grabbed (same goroutine)":
		o := evidence.Operation{Role: evidence.RoleHold, Previous: true}
		if len(p.Operations) > 0 {
			o.Goroutine, o.Address = p.Operations[0].Goroutine, p.Operations[0].Address
		}
		p.begin(o)
	case line == "Previous place where the lock was grabbed":
		p.await(evidence.RoleHold)
	case lockWaited.MatchString(line):
		p.Detail = lockWaited.FindStringSubmatch(line)[1]
		p.await(evidence.RoleLock)
	case line == "Other goroutines holding locks:":
		p.ended = p.attempted
		p.await(evidence.RoleOther)
	case lockHolderNow.MatchString(line):
		p.await("")
		p.inNow = true
	case line == "All current goroutines:":
		p.ended = p.attempted
		p.await("")
		p.inAll = true
	default:
		return false
	}
	return true
}

// await waits for the goroutine line of an operation of the given role.
func (p *lockParser) await(role evidence.Role) {
	p.role, p.in, p.inNow, p.inAll = role, false, false, false
}

// begin starts the stack of o.
func (p *lockParser) begin(o evidence.Operation) {
	p.await("")
	p.Operations = append(p.Operations, o)
	p.in, p.named, p.skipped = true, "", false
}

// goroutine reports whether line says which goroutine is at which lock.
func (p *lockParser) goroutine(line string) bool {
	m := lockGoroutine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	role := p.role
	if m[1] != "" && p.Kind == evidence.RecursiveLock {
		role = evidence.RoleLock
	}
	id, err := strconv.ParseInt(m[2], 10, 64)
	if role == "" || err != nil {
		return false
	}
	p.begin(evidence.Operation{
		Role: role, Previous: role == evidence.RoleHold, Address: m[3],
		Goroutine: evidence.Goroutine{ID: id, Main: id == 1},
	})
	if role == evidence.RoleOther {
		p.role = role // more of them may follow
	}
	if role == evidence.RoleLock {
		p.attempted = true
		p.Subject = evidence.Subject{Kind: evidence.Lock, Address: m[3]}
	}
	return true
}

// frame reports whether line is part of the last operation's stack.
func (p *lockParser) frame(line string) bool {
	o := &p.Operations[len(p.Operations)-1]
	if m := tracebackPos.FindStringSubmatch(line); m != nil && p.named != "" {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return false
		}
		o.Stack = append(o.Stack, evidence.Frame{Func: p.named, File: m[1], Line: n})
		p.named = ""
		return true
	}
	m := lockFrame.FindStringSubmatch(line)
	if m == nil {
		p.named = calledFunc(line)
		return p.named != ""
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return false
	}
	f := evidence.Frame{Func: m[3], File: p.opt.absolute(m[1]), Line: n}
	if m[5] != "" && !lockCall.MatchString(m[4]) {
		f.Line = p.opt.lockLine(f)
	}
	// Where Lock was inlined, go-deadlock prints a second frame for it, which
	// is at the head of the function that calls Lock or of Lock itself.
	if len(o.Stack) == 1 && !p.skipped &&
		(f.Func == o.Stack[0].Func || strings.HasPrefix(f.Func, "go-deadlock.") || strings.HasPrefix(f.Func, "deadlock.")) {
		p.skipped = true
		return true
	}
	o.Stack = append(o.Stack, f)
	return true
}

// lockLine is the line of the call of Lock that f is printed for. The printed
// line is one before that to which the call returns, so the call is on the
// line after it or on one of those before.
func (opt Options) lockLine(f evidence.Frame) int {
	if opt.Source == nil {
		return f.Line
	}
	src, err := opt.Source(f.File)
	if err != nil {
		return f.Line
	}
	text := bytes.Split(src, []byte("\n"))
	for _, n := range []int{1, 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10} {
		i := f.Line + n - 1
		if i >= 0 && i < len(text) && lockCall.Match(text[i]) {
			return i + 1
		}
	}
	return f.Line
}

// placed reports whether an operation that matters has a place.
func (p *lockParser) placed() bool {
	return slices.ContainsFunc(p.Operations, func(o evidence.Operation) bool {
		return o.Role != evidence.RoleOther && len(o.Stack) > 0
	})
}

// evidence is what the report shows.
func (p *lockParser) evidence() evidence.Evidence {
	want := map[evidence.Kind]int{evidence.LockOrder: 4, evidence.RecursiveLock: 2, evidence.LockTimeout: 2}[p.Kind]
	known, self := 0, true
	var waiting int64
	for _, o := range p.Operations {
		if o.Role != evidence.RoleOther && len(o.Stack) > 0 {
			known++
		}
		if o.Role == evidence.RoleLock {
			waiting = o.Goroutine.ID
		}
	}
	for i := range p.Operations {
		if o := &p.Operations[i]; o.Role == evidence.RoleHold {
			self = self && o.Goroutine.ID == waiting
			p.tellNow(o)
		}
	}
	p.Truncated = known < want
	if p.Kind == evidence.LockTimeout && !p.Truncated && self {
		p.Kind = evidence.RecursiveLock // it waits for itself
	}
	for _, g := range p.now.goroutines {
		p.Operations = append(p.Operations, evidence.Operation{Role: evidence.RoleOther, Goroutine: g.Goroutine, Stack: g.stack})
	}
	slices.SortStableFunc(p.Operations, func(a, b evidence.Operation) int { return lockRank(a) - lockRank(b) })
	return p.finish(p.opt)
}

// tellNow adds to a holder what the report says that it does now. A report
// that was not cut off shows every holder that still lives.
func (p *lockParser) tellNow(o *evidence.Operation) {
	for _, g := range p.now.goroutines {
		if g.ID == o.Goroutine.ID {
			o.Goroutine = g.Goroutine
		}
	}
	if p.Kind == evidence.LockTimeout && p.ended && o.Goroutine.State == "" {
		o.Goroutine.State = "ended"
	}
}

// lockRank orders the operations of a report: the later before the earlier,
// bystanders last.
func lockRank(o evidence.Operation) int {
	switch {
	case o.Role == evidence.RoleOther:
		return 2
	case o.Previous:
		return 1
	}
	return 0
}

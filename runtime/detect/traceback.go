package detect

import (
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// A goroutine in a traceback of the runtime looks like this; with
// GOTRACEBACK=system or after a signal there are more numbers.
//
//	goroutine 7 [chan receive, 2 minutes]:
//	main.(*T).wait(0xc000012345, {0x1, 0x2})
//		/home/user/app/main.go:12 +0x1d
//	created by main.main in goroutine 1
//		/home/user/app/main.go:8 +0x4c

var (
	goroutineHeader = newPattern(`^goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[(.+)\].*:$`)
	tracebackPos    = newPattern(`^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$`)
	createdBy       = newPattern(`^created by (\S.*?)(?: in goroutine (\d+))?$`)
	elided          = newPattern(`^\.\.\.(?:additional|\d+) frames elided\.\.\.$`)
)

// A goroutine is one goroutine of a traceback.
type goroutine struct {
	evidence.Goroutine
	stack  evidence.Stack
	leaked bool
	listed bool   // by the reader of leaks
	bubble string // "synctest bubble 1", or ""
	raw    strings.Builder
}

// system reports whether g belongs to the runtime itself.
func (g *goroutine) system() bool {
	if g.ID == 0 {
		return true
	}
	if len(g.Created) == 0 || !strings.HasPrefix(g.Created[0].Func, "runtime.") {
		return false
	}
	for _, f := range g.stack {
		if !strings.HasPrefix(f.Func, "runtime.") {
			return false
		}
	}
	return true
}

// A traceback reads goroutines line by line. Its zero value is ready.
type traceback struct {
	goroutines []*goroutine
	name       string // the function whose position comes next
	created    bool   // that function is where the goroutine was created
	open       bool   // the last goroutine may go on
}

// read reports whether line is part of a traceback.
func (t *traceback) read(line string) bool {
	if g := parseGoroutine(line); g != nil {
		t.goroutines = append(t.goroutines, g)
		t.name, t.created, t.open = "", false, true
	} else if !t.open || !t.readInside(t.goroutines[len(t.goroutines)-1], line) {
		return false
	}
	raw := &t.goroutines[len(t.goroutines)-1].raw
	raw.WriteString(line)
	raw.WriteByte('\n')
	return true
}

// readInside reads a line below the header of g.
func (t *traceback) readInside(g *goroutine, line string) bool {
	if m := createdBy.FindStringSubmatch(line); m != nil {
		t.name, t.created = m[1], true
		g.Parent, _ = strconv.ParseInt(m[2], 10, 64)
		return true
	}
	if m := tracebackPos.FindStringSubmatch(line); m != nil && t.name != "" {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return false
		}
		f := evidence.Frame{Func: t.name, File: m[1], Line: n}
		if t.created {
			g.Created = append(g.Created, f)
			t.open = false
		} else {
			g.stack = append(g.stack, f)
		}
		t.name = ""
		return true
	}
	if name := calledFunc(line); name != "" {
		t.name, t.created = name, false
		return true
	}
	return line == "" || elided.MatchString(line) || line == "\tgoroutine running on other thread; stack unavailable"
}

// parseGoroutine is the goroutine that line is the header of, or nil.
func parseGoroutine(line string) *goroutine {
	m := goroutineHeader.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return nil
	}
	g := &goroutine{Goroutine: evidence.Goroutine{ID: id, Main: id == 1}}
	for i, part := range strings.Split(m[2], ", ") {
		switch {
		case i == 0:
			g.State = part
		case strings.HasPrefix(part, "synctest bubble"):
			g.bubble = part
		}
	}
	for _, suffix := range []string{" (scan)", " (durable)", " (leaked)"} {
		if state, ok := strings.CutSuffix(g.State, suffix); ok {
			g.State = state
			g.leaked = g.leaked || suffix == " (leaked)"
		}
	}
	return g
}

// calledFunc is the function that a line such as "main.(*T).f(0x1, {...})"
// says was called, or "".
func calledFunc(line string) string {
	if !strings.HasSuffix(line, ")") || line[0] == ' ' || line[0] == '\t' {
		return ""
	}
	depth := 0
	for i := len(line) - 1; i > 0; i-- {
		switch line[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return line[:i]
			}
		}
	}
	return ""
}

// blocked reports whether a goroutine in this state waits for another
// goroutine, as far as the state tells.
func blocked(state string) bool {
	switch state {
	case "chan send", "chan receive", "chan send (nil chan)", "chan receive (nil chan)",
		"select", "select (no cases)", "semacquire",
		"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock",
		"sync.WaitGroup.Wait", "sync.Cond.Wait":
		return true
	}
	return false
}

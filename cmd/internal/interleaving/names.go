package interleaving

import (
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// names are what the objects of a run are called.
//
// The source says "from.mu", and in another goroutine the same lock may be
// "to.mu" while "from.mu" is another one. An object has the name of its first
// use. Where that is the only name of this object, and of no other, it stands
// alone; else the object's number tells what is the same: "from.mu #2".
type names struct {
	first     map[int]string // by object
	ambiguous map[int]bool
	conds     map[schedule.Site]bool // where a Cond is waited for
}

func nameObjects(r *schedule.Result) names {
	n := names{first: make(map[int]string), ambiguous: make(map[int]bool), conds: make(map[schedule.Site]bool)}
	byText := make(map[string]int)
	note := func(object int, text string) {
		if object == 0 || text == "" {
			return
		}
		if n.first[object] == "" {
			n.first[object] = text
		} else if n.first[object] != text {
			n.ambiguous[object] = true
		}
		if other, taken := byText[text]; taken && other != object {
			n.ambiguous[object], n.ambiguous[other] = true, true
		} else {
			byText[text] = object
		}
	}
	for _, e := range r.Events {
		if e.Op == schedule.CondWait {
			n.conds[e.At] = true
		}
	}
	for _, e := range r.Events {
		// At the Wait of a Cond also its lock is unlocked and locked, but the
		// text is that of the Cond. A select has no text of the channel chosen.
		if n.conds[e.At] && e.Op != schedule.CondWait || e.Op == schedule.Select {
			continue
		}
		note(e.Object, e.At.Text)
	}
	for _, g := range r.Goroutines {
		if g.Op != schedule.Select {
			note(g.Object, g.At.Text)
		}
		for _, h := range g.Holds {
			if !n.conds[h.At] {
				note(h.Object, h.At.Text)
			}
		}
	}
	return n
}

// object is the name of an object; text is what the source says where it is
// spoken of, "" if that is unknown or about something else.
func (n names) object(object int, text string) string {
	if text == "" {
		text = n.first[object]
	}
	if object == 0 {
		return printable(text)
	}
	if text == "" {
		return "#" + strconv.Itoa(object)
	}
	if n.ambiguous[object] {
		text += " #" + strconv.Itoa(object)
	}
	return printable(text)
}

// goroutineID is how a goroutine is spoken of.
func goroutineID(g int) string { return "g" + strconv.Itoa(g) }

// goroutineIDs are several, as "g2, g3".
func goroutineIDs(gs []int) string {
	words := make([]string, len(gs))
	for i, g := range gs {
		words[i] = goroutineID(g)
	}
	return strings.Join(words, ", ")
}

// laneName is what a goroutine does, as its go statement says it: "worker(i)".
func (v *view) laneName(l lane) string {
	if l.Created.IsZero() && l.Parent == 0 {
		return v.text("main")
	}
	text := v.task(l.Created)
	if l.subtest {
		return v.text("subtest", "place", v.place(l.Created))
	}
	if text == "" || strings.HasPrefix(text, "func(") {
		return "func " + v.place(l.Created)
	}
	return printable(text)
}

// shortName is a lane's name without arguments, where these make it long.
func (v *view) shortName(l lane) string {
	name := v.laneName(l)
	if before, _, call := strings.Cut(name, "("); call && cells(name) > longestName {
		return before + "(…)"
	}
	return name
}

// longestName is the longest name that is given with its arguments wherever a
// goroutine is named.
const longestName = 20

// place is a line of a file, in short: "main.go:12".
func (v *view) place(s schedule.Site) string {
	if s.Line == 0 {
		return ""
	}
	name := filepath.Base(s.File)
	if v.sameBase[name] {
		name = v.path(s.File)
	}
	return printable(name) + ":" + strconv.Itoa(s.Line)
}

// path is a file's name relative to the folder that paths are shown relative
// to, if that is shorter.
func (v *view) path(file string) string {
	if v.o.Dir == "" {
		return file
	}
	if rel, err := filepath.Rel(v.o.Dir, file); err == nil && len(rel) < len(file) {
		return rel
	}
	return file
}

// printable makes text safe to print on one line: a control character could move
// the cursor, a bidirectional override show other code than was run.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A class is the kind of bug by the README of the kernels.
type class string

const (
	resource      class = "resource"      // locks
	mixed         class = "mixed"         // locks with channels, or WaitGroups
	communication class = "communication" // channels, contexts, condition variables
)

func classes() []class { return []class{resource, mixed, communication} }

// goal is how many kernels of the class the suite is to find, and goalOfAll
// how many of all.
func (c class) goal() int {
	switch c {
	case resource:
		return 22
	case mixed:
		return 11
	case communication:
		return 19
	}
	panic("unknown class " + c)
}

const goalOfAll = 51

// A kind is what is wrong with a program, whatever rule says so.
type kind string

const (
	missingUnlock kind = "a lock is not released on some path"
	doubleLock    kind = "a goroutine waits for a lock that it holds itself"
	lockForUnlock kind = "Lock is called where Unlock was meant"
	readLock      kind = "a read lock is taken twice, with a writer waiting in between"
	lockOrder     kind = "locks are taken in both orders"
	holdAndWait   kind = "a goroutine waits for others with a lock held that they need"
	condition     kind = "a condition variable is waited for that nobody signals, or without its lock"
	waitCount     kind = "a WaitGroup is waited for that never comes to zero"
	lostContext   kind = "a context is waited for, or left, that nobody cancels"
	blocked       kind = "a goroutine sends or receives for ever"
	drained       kind = "a timer is drained that has been received"
)

// rules are the rules that report the kind.
func (k kind) rules() []string {
	switch k {
	case missingUnlock:
		return []string{"missingunlock"}
	case doubleLock, readLock:
		return []string{"doublelock"}
	case lockForUnlock:
		return []string{"wrongunlock"}
	case lockOrder:
		return []string{"lockorder"}
	case holdAndWait:
		return []string{"holdandwait"}
	case condition:
		return []string{"condmisuse"}
	case lostContext:
		return []string{"lostcancel"}
	case drained:
		return []string{"timermisuse"}
	case waitCount, blocked:
		return []string{"nocounterpart", "goroutineleak"}
	}
	panic("unknown kind " + k)
}

// A kernel is one program of the corpus with what is wrong with it.
type kernel struct {
	name    string // file without extension
	class   class
	bug     string
	answers []answer // the reports that say it
	also    []answer // reports that are true, but not the bug that the kernel is for
}

// An answer describes right reports of one kind. Functions and objects decide,
// not lines, so that another release of Go, with other lines, does not
// matter. Names are written without the _kernel123 that the corpus
// appends to keep those of its files apart.
type answer struct {
	kind kind
	// in are the functions that the report may be in, separated by spaces: any
	// on the way from the first operation of the bug to the last. A function
	// stands for the literals in it as well.
	in string
	// of are the objects that the report must name, in its subject, its sentence or
	// that of a related place. Ways to write the same object are separated by |.
	of []string
}

// givenBy reports whether f, a report in the kernel that a is about, is the answer.
func (a answer) givenBy(f *finding.Finding) bool {
	if !slices.Contains(a.kind.rules(), f.Rule) {
		return false
	}
	function, _, _ := strings.Cut(unsuffixed(f.Function), "$")
	if !slices.Contains(strings.Fields(a.in), function) {
		return false
	}
	said := f.Subject.Name + "\n" + f.Message
	for _, rel := range f.Related {
		said += "\n" + rel.Message
	}
	said = unsuffixed(said)
	for _, object := range a.of {
		if !slices.ContainsFunc(strings.Split(object, "|"), func(name string) bool { return mentions(said, name) }) {
			return false
		}
	}
	return true
}

// mentions reports whether text has name as a whole word: "s.mu" has "mu" and
// is no mention of "s.m".
func mentions(text, name string) bool {
	return regexp.MustCompile(`(?:^|\W)` + regexp.QuoteMeta(name) + `(?:\W|$)`).MatchString(text)
}

// suffix tells the declarations of a kernel from those of the others, as in
// Client_kernel123.
var suffix = regexp.MustCompile(`_[a-z]+[0-9]+\b`)

func unsuffixed(text string) string { return suffix.ReplaceAllString(text, "") }

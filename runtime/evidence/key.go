package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Key identifies evidence across runs. Keys are comparable; two pieces of
// evidence with the same key are merged.
type Key struct {
	kind   Kind
	places string // sorted places, one a line
}

// Kind is that of the evidence.
func (k Key) Kind() Kind { return k.kind }

// String is for logs and tests.
func (k Key) String() string {
	return string(k.kind) + " " + strings.ReplaceAll(strings.TrimSuffix(k.places, "\n"), "\n", ", ")
}

// Compare orders keys.
func (k Key) Compare(l Key) int {
	return cmp.Or(cmp.Compare(k.kind, l.kind), cmp.Compare(k.places, l.places))
}

// Key is the identity of e: its kind and the sorted set of places of its
// operations in user code. It does not depend on goroutine numbers, addresses,
// timing, on how many goroutines are in the same place, on which side of a
// pair came second, or on what other goroutines did meanwhile.
//
// The role of an access is left out on purpose: the two sides of a race on
// "n++" are seen as read and write, write and read or write and write by
// chance, and are one bug.
func (e *Evidence) Key() Key {
	var places []string
	for _, o := range e.Operations {
		if o.Role != RoleOther {
			places = append(places, e.place(o))
		}
	}
	slices.Sort(places)
	places = slices.Compact(places)
	if len(places) == 0 { // nothing but words to go by
		places = []string{e.Detail}
	}
	var b strings.Builder
	for _, p := range places {
		b.WriteString(strings.ReplaceAll(p, "\n", " "))
		b.WriteByte('\n')
	}
	return Key{e.Kind, b.String()}
}

// place is o's contribution to the key.
func (e *Evidence) place(o Operation) string {
	f, ok := o.Place()
	switch {
	case !ok:
		return "?"
	case f.User:
		return fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	// Lines outside the user's code say nothing about their bug.
	return f.Func
}

// compare orders evidence with equal keys by how much it tells, the best
// first, so that merging keeps the same representative whatever came first.
func (e *Evidence) compare(f *Evidence) int {
	return cmp.Or(
		cmp.Compare(truth(e.Truncated), truth(f.Truncated)),
		-cmp.Compare(e.stacks(), f.stacks()),
		-cmp.Compare(e.writes(), f.writes()),
		-cmp.Compare(e.Count, f.Count),
		-cmp.Compare(e.Detail, f.Detail), // some words rather than none
		cmp.Compare(len(e.Raw), len(f.Raw)),
		cmp.Compare(e.Raw, f.Raw),
	)
}

// stacks counts the operations whose stack is known.
func (e *Evidence) stacks() (n int) {
	for _, o := range e.Operations {
		if o.Role != RoleOther && len(o.Stack) > 0 {
			n++
		}
	}
	return n
}

func (e *Evidence) writes() (n int) {
	for _, o := range e.Operations {
		if o.Role.Writes() {
			n++
		}
	}
	return n
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

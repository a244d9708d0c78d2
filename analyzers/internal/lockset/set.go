package lockset

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// A Mode says how a lock is held.
type Mode uint8

const (
	Write Mode = iota // excludes everyone: Lock
	Read              // excludes writers: RLock
)

func (m Mode) String() string {
	if m == Read {
		return "read"
	}
	return "write"
}

// A Lock is a lock held in a mode. It is comparable.
type Lock struct {
	Path access.Path // of the mutex, as an address
	Mode Mode
}

// A Held is a lock that is held at some place of a function.
type Held struct {
	Lock
	// Must is set if the lock is held on every path to the place, else it is
	// held on some.
	Must bool
	// Entry is set if it was held when the function was entered: all callers
	// in the package hold it.
	Entry bool
	// Sites are the calls in the function that acquired it: of Lock itself or
	// of a function that returns with the lock held. Empty if Entry.
	Sites []ssa.Instruction
}

// A Set is the locks held at some place.
type Set []Held

// Must returns the locks that are held on every path.
func (s Set) Must() []Lock {
	var must []Lock
	for _, h := range s {
		if h.Must {
			must = append(must, h.Lock)
		}
	}
	return must
}

// MustHold reports whether the lock is held on every path, in the given mode
// or a stronger one.
func (s Set) MustHold(path access.Path, mode Mode) bool {
	return slices.ContainsFunc(s, func(h Held) bool {
		return h.Must && h.Path == path && h.Mode <= mode
	})
}

// MayHold reports whether the lock is held on some path, in the given mode or
// a stronger one.
func (s Set) MayHold(path access.Path, mode Mode) bool {
	return slices.ContainsFunc(s, func(h Held) bool {
		return h.Path == path && h.Mode <= mode
	})
}

// intersect returns the locks that must be held in both sets.
func intersect(a, b []Lock) []Lock {
	var both []Lock
	for _, l := range a {
		if slices.Contains(b, l) {
			both = append(both, l)
		}
	}
	return both
}

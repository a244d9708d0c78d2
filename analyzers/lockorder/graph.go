package lockorder

import (
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// This file has the order of locks as a graph; see cycles.go for how cycles in it
// are found.
//
// The nodes are classes of locks: the field or variable that holds the lock,
// whichever object it belongs to. Where the field is in a struct that is itself a
// field, or a package-level variable, the class says of which: two types that embed
// a third, which has the lock, have two locks. An edge leads from the class of a lock that is
// held to that of one that is taken then. Goroutines that follow the edges of a
// cycle at the same time can each hold the lock that the next one waits for,
// unless
//   - some lock of the cycle is only read, both by the one who holds it and the
//     one who waits for it, or
//   - two of them hold another lock in common, which lets only one of them in at
//     a time (a gate), or
//   - what is known of the objects says that they are not the same.

// A class is the key of a class of locks, which is the same in every package that
// names it; "" is none. Behind the field come the fields around it, the innermost
// first, as far as they are known: code that has a pointer to the inner struct
// does not know them.
type class string

// partMark is between the fields of a class.
const partMark = " of "

// mayBe reports whether a lock of one class may be one of the other.
func (c class) mayBe(d class) bool {
	if len(c) < len(d) {
		c, d = d, c
	}
	return c[:len(d)] == d && (len(c) == len(d) || strings.HasPrefix(string(c[len(d):]), partMark))
}

// field is the class without the fields around it.
func (c class) field() class {
	f, _, _ := strings.Cut(string(c), partMark)
	return class(f)
}

// An edge says that a lock is taken while another is held.
type edge struct {
	from, to         class
	fromRead, toRead bool
	fromName, toName string
	gates            []class // what else is held, for writing
	// what says which objects the locks belong to; nil if that is not known.
	fromObject, toObject any

	*code       // of an edge of the package at hand
	far   *Edge // of an edge of another package
}

// code is where an edge is in the package at hand.
type code struct {
	decl   token.Pos         // of the first lock
	fn     *ssa.Function     // holds the first lock when it makes the first call of chain
	site   ssa.Instruction   // acquired the first lock
	chain  []ssa.Instruction // the calls that lead to the second Lock, then that
	beyond *lockset.Far      // if the last of chain calls another package, which has the second Lock
	remote bool              // the way to the second Lock has too many conditions
}

// last is the call of Lock that takes the second lock, or that leads to it.
func (c *code) last() ssa.Instruction { return c.chain[len(c.chain)-1] }

// maxConditions bounds the functions on the way to the second lock which go on to it
// only under a condition: the more there are, the likelier it is that one is never
// met with the first lock held, for reasons that are not in the code.
const maxConditions = 3

// doubt is 1 if a cycle with e is one of the strict tier, else 0.
func (e *edge) doubt() int {
	if e.code != nil && e.remote {
		return 1
	}
	return 0
}

// newCode is the code of an edge.
func newCode(decl token.Pos, fn *ssa.Function, site ssa.Instruction, chain []ssa.Instruction, beyond *lockset.Far) *code {
	return &code{decl, fn, site, chain, beyond, control.Conditions(chain[1:]) > maxConditions}
}

// A group is a cycle, and others that have an edge of the same function from the
// same lock in common with it: a function that takes many locks under one that is
// taken under each of them elsewhere is one mistake, not many.
type group struct {
	cycle []*edge
	more  []*edge // the edges from that lock in the other cycles
}

// groups gathers cycles of two locks.
func groups(cycles [][]*edge) []group {
	type hub struct {
		from class
		fn   any
	}
	hubOf := func(e *edge) hub {
		if e.far != nil {
			return hub{e.from, e.far.Package + " " + e.far.Func}
		}
		return hub{e.from, e.fn}
	}
	var list []group
	at := make(map[hub]int)
	for _, c := range cycles {
		if len(c) == 2 {
			joined := false
			for _, e := range c {
				if i, ok := at[hubOf(e)]; ok && !joined {
					list[i].more = append(list[i].more, e)
					joined = true
				}
			}
			if joined {
				continue
			}
			for _, e := range c {
				at[hubOf(e)] = len(list)
			}
		}
		list = append(list, group{cycle: c})
	}
	return list
}

// waitsFor reports whether one who follows e can wait for one who follows next: for
// the lock that e takes and next holds.
func waitsFor(e, next *edge) bool {
	if e.toRead && next.fromRead {
		return false
	}
	return e.toObject == nil || next.fromObject == nil || e.toObject == next.fromObject
}

// share reports whether two edges may have a gate in common, which keeps two from
// following them at the same time.
func share(a, b []class) bool {
	return slices.ContainsFunc(a, func(c class) bool { return slices.ContainsFunc(b, c.mayBe) })
}

package lockorder

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// This file finds the cycles in the order of locks.
//
// The nodes are classes of locks: the field or variable that holds the lock,
// whichever object it belongs to. An edge leads from the class of a lock that is
// held to that of one that is taken then. Goroutines that follow the edges of a
// cycle at the same time can each hold the lock that the next one waits for,
// unless
//   - some lock of the cycle is only read, both by the one who holds it and the
//     one who waits for it, or
//   - two of them hold another lock in common, which lets only one of them in at
//     a time (a gate), or
//   - what is known of the objects says that they are not the same.

// A class is the key of a class of locks, which is the same in every package that
// names it; "" is none.
type class string

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
}

// last is the call of Lock that takes the second lock, or that leads to it.
func (c *code) last() ssa.Instruction { return c.chain[len(c.chain)-1] }

// maxLength bounds the length of cycles that are looked for.
const maxLength = 5

// maxParallel bounds the edges between two classes that are tried.
const maxParallel = 6

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

// cycles returns a cycle for each set of classes that has one, the shortest
// first: one that contains another is left out.
func cycles(edges []*edge) [][]*edge {
	g := make(map[class]map[class][]*edge)
	var order []class
	for _, e := range edges {
		if e.from == e.to {
			continue
		}
		if g[e.from] == nil {
			g[e.from] = make(map[class][]*edge)
			order = append(order, e.from)
		}
		if list := g[e.from][e.to]; len(list) < maxParallel {
			g[e.from][e.to] = append(list, e)
		}
	}
	var found [][]*edge
	var sets []map[class]bool
	for length := 2; length <= maxLength; length++ {
		for i, start := range order {
			rank := make(map[class]bool) // classes before start have had their turn
			for _, c := range order[:i] {
				rank[c] = true
			}
			s := &search{g: g, start: start, done: rank, length: length}
			s.visit(start, nil)
			for _, cycle := range s.found {
				set := make(map[class]bool)
				for _, e := range cycle {
					set[e.from] = true
				}
				if !slices.ContainsFunc(sets, func(old map[class]bool) bool { return subset(old, set) }) {
					sets = append(sets, set)
					found = append(found, cycle)
				}
			}
		}
	}
	return found
}

func subset(a, b map[class]bool) bool {
	for c := range a {
		if !b[c] {
			return false
		}
	}
	return true
}

// A search looks for cycles of one length through one class.
type search struct {
	g      map[class]map[class][]*edge
	start  class
	done   map[class]bool
	length int
	steps  int
	found  [][]*edge
}

// maxSteps bounds the work of one search.
const maxSteps = 20_000

func (s *search) visit(at class, path []*edge) {
	if s.steps++; s.steps > maxSteps {
		return
	}
	for _, next := range sortedClasses(s.g[at]) {
		if s.done[next] || next != s.start && slices.ContainsFunc(path, func(e *edge) bool { return e.from == next }) {
			continue
		}
		if (next == s.start) != (len(path)+1 == s.length) {
			continue
		}
		for _, e := range s.g[at][next] {
			if slices.ContainsFunc(path, func(f *edge) bool { return gated(e, f) || !waitsFor(path[len(path)-1], e) && f == path[len(path)-1] }) {
				continue
			}
			cycle := append(slices.Clip(path), e)
			if next == s.start {
				if waitsFor(e, cycle[0]) {
					s.found = append(s.found, cycle)
					break
				}
				continue
			}
			s.visit(next, cycle)
		}
	}
}

// sortedClasses lists the classes that edges lead to in a fixed order.
func sortedClasses(to map[class][]*edge) []class {
	var list []class
	for c := range to {
		list = append(list, c)
	}
	slices.Sort(list)
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

// gated reports whether a lock that both hold keeps two from following e and f
// at the same time.
func gated(e, f *edge) bool {
	return slices.ContainsFunc(e.gates, func(c class) bool { return slices.Contains(f.gates, c) })
}

package lockorder

import (
	"cmp"
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

// An edge says that a lock is taken while another is held.
type edge struct {
	from, to         lockset.Class
	fromRead, toRead bool
	fromName, toName string
	fn               *ssa.Function     // that holds the first lock when it makes the first call of chain
	site             ssa.Instruction   // acquired the first lock
	chain            []ssa.Instruction // the calls that lead to the second Lock, then that
	far              *lockset.Far      // if the last of chain calls another package, which has the second Lock
	gates            []lockset.Class   // what else is held, for writing
	// what says which objects the locks belong to; nil if that is not known.
	fromObject, toObject any
}

// last is the call of Lock that takes the second lock.
func (e *edge) last() ssa.Instruction { return e.chain[len(e.chain)-1] }

// maxLength bounds the length of cycles that are looked for.
const maxLength = 5

// maxParallel bounds the edges between two classes that are tried.
const maxParallel = 6

// cycles returns a cycle for each set of classes that has one, the shortest
// first: one that contains another is left out.
func cycles(edges []*edge) [][]*edge {
	g := make(map[lockset.Class]map[lockset.Class][]*edge)
	var order []lockset.Class
	for _, e := range edges {
		if e.from == e.to {
			continue
		}
		if g[e.from] == nil {
			g[e.from] = make(map[lockset.Class][]*edge)
			order = append(order, e.from)
		}
		if list := g[e.from][e.to]; len(list) < maxParallel {
			g[e.from][e.to] = append(list, e)
		}
	}
	var found [][]*edge
	var sets []map[lockset.Class]bool
	for length := 2; length <= maxLength; length++ {
		for i, start := range order {
			rank := make(map[lockset.Class]bool) // classes before start have had their turn
			for _, c := range order[:i] {
				rank[c] = true
			}
			s := &search{g: g, start: start, done: rank, length: length}
			s.visit(start, nil)
			for _, cycle := range s.found {
				set := make(map[lockset.Class]bool)
				for _, e := range cycle {
					set[e.from] = true
				}
				if !slices.ContainsFunc(sets, func(old map[lockset.Class]bool) bool { return subset(old, set) }) {
					sets = append(sets, set)
					found = append(found, cycle)
				}
			}
		}
	}
	return found
}

func subset(a, b map[lockset.Class]bool) bool {
	for c := range a {
		if !b[c] {
			return false
		}
	}
	return true
}

// A search looks for cycles of one length through one class.
type search struct {
	g      map[lockset.Class]map[lockset.Class][]*edge
	start  lockset.Class
	done   map[lockset.Class]bool
	length int
	steps  int
	found  [][]*edge
}

// maxSteps bounds the work of one search.
const maxSteps = 20_000

func (s *search) visit(at lockset.Class, path []*edge) {
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
			if slices.ContainsFunc(path, func(f *edge) bool { return gated(e, f) || !joined(path[len(path)-1], e) && f == path[len(path)-1] }) {
				continue
			}
			cycle := append(slices.Clip(path), e)
			if next == s.start {
				if joined(e, cycle[0]) {
					s.found = append(s.found, cycle)
					break
				}
				continue
			}
			s.visit(next, cycle)
		}
	}
}

// sortedClasses lists the classes that edges lead to in the order of the source.
func sortedClasses(to map[lockset.Class][]*edge) []lockset.Class {
	var list []lockset.Class
	for c := range to {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b lockset.Class) int { return cmp.Compare(to[a][0].last().Pos(), to[b][0].last().Pos()) })
	return list
}

// joined reports whether one who follows e can wait for one who follows next: for
// the lock that e takes and next holds.
func joined(e, next *edge) bool {
	if e.toRead && next.fromRead {
		return false
	}
	return e.toObject == nil || next.fromObject == nil || e.toObject == next.fromObject
}

// gated reports whether a lock that both hold keeps two from following e and f
// at the same time.
func gated(e, f *edge) bool {
	return slices.ContainsFunc(e.gates, func(c lockset.Class) bool { return slices.Contains(f.gates, c) })
}

package lockorder

import (
	"cmp"
	"maps"
	"slices"
)

// This file finds the cycles in the order of locks, however long.
//
// There can be far more cycles than edges, so not all are listed, but a shortest
// one through each pair of classes that has any. The graph is cut down to its
// strongly connected components, outside of which no edge is on a cycle; then a
// breadth-first search begins with each pair.
//
// The search goes from edge to edge, not from class to class, since which edges
// can follow an edge depends on it: see waitsFor. A path also remembers the gates of its
// edges, and comes back to no class. Two paths that end in the same edge differ
// only in that, so the first of them is kept, and a later one if it has not all
// the gates of an earlier one.

// maxParallel bounds the edges between two classes that are tried.
const maxParallel = 8

// The work of one call of cycles is counted in steps from an edge to one that
// follows it. Beyond ampleSteps the searches begin only with pairs that are on no
// cycle yet, so that some cycle may be missed that consists of parts of longer ones;
// maxSteps ends them, far beyond what programs that people wrote need.
const (
	ampleSteps = 200_000
	maxSteps   = 1_000_000
)

// maxPaths bounds the paths to one edge that a search keeps.
const maxPaths = 8

// A pair is two classes that edges lead from and to.
type pair struct{ from, to class }

// A graph has the edges within the strongly connected components, by the classes
// that they lead from.
type graph struct {
	hops  map[class][]hop
	order []class // of hops: as far as can be, a class comes behind those that edges lead to
	steps int
	apart map[succession]bool
}

// A hop has the edges of one pair.
type hop struct {
	to    class
	edges []*edge
}

// cycles returns cycles, the shortest first: one through each pair of classes
// that has one, but for those with all the classes of another. The second edge
// of those in apart does not follow the first.
func cycles(edges []*edge, apart map[succession]bool) [][]*edge {
	g := newGraph(edges)
	g.apart = apart
	var all [][]*edge
	on := make(map[pair]bool)
	for _, from := range g.order {
		for i, h := range g.hops[from] {
			if on[pair{from, h.to}] && g.steps > ampleSteps {
				continue
			}
			cycle := g.shortest(from, h)
			if cycle == nil {
				g.hops[from][i].edges = nil // so that other searches end there
				continue
			}
			all = append(all, cycle)
			for _, e := range cycle {
				on[pair{e.from, e.to}] = true
			}
		}
	}
	return smallest(all)
}

// smallest leaves out the cycles that have all the classes of another. Of the rest,
// those with the fewest classes come first, then those with the fewest calls.
func smallest(cycles [][]*edge) [][]*edge {
	slices.SortStableFunc(cycles, func(a, b []*edge) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(calls(a), calls(b)))
	})
	var kept [][]*edge
	under := make(map[class][][]*edge) // those kept, each under the class that has the fewest
	for _, cycle := range cycles {
		has := make(map[class]bool)
		rarest := cycle[0].from
		for _, e := range cycle {
			has[e.from] = true
			if len(under[e.from]) < len(under[rarest]) {
				rarest = e.from
			}
		}
		covered := func(old []*edge) bool {
			return !slices.ContainsFunc(old, func(e *edge) bool { return !has[e.from] })
		}
		if !slices.ContainsFunc(cycle, func(e *edge) bool { return slices.ContainsFunc(under[e.from], covered) }) {
			under[rarest] = append(under[rarest], cycle)
			kept = append(kept, cycle)
		}
	}
	return kept
}

// calls counts the calls in the chains of a cycle.
func calls(cycle []*edge) int {
	n := 0
	for _, e := range cycle {
		if e.far != nil {
			n += len(e.far.Chain)
		} else if e.code != nil {
			n += len(e.chain)
		}
	}
	return n
}

func newGraph(edges []*edge) *graph {
	of := make(map[pair][]*edge)
	next := make(map[class][]class)
	for _, e := range edges {
		list := of[pair{e.from, e.to}]
		if e.from == e.to || len(list) >= maxParallel || slices.ContainsFunc(list, e.saysNoMoreThan) {
			continue
		}
		if list == nil {
			next[e.from] = append(next[e.from], e.to)
		}
		of[pair{e.from, e.to}] = append(list, e)
	}
	for _, tos := range next {
		slices.Sort(tos)
	}
	part, order := components(next)
	g := &graph{hops: make(map[class][]hop), order: order}
	for from, tos := range next {
		for _, to := range tos {
			if part[from] == part[to] {
				g.hops[from] = append(g.hops[from], hop{to, of[pair{from, to}]})
			}
		}
	}
	return g
}

// saysNoMoreThan reports whether f can take the place of e, which has the same
// classes, in every cycle.
func (e *edge) saysNoMoreThan(f *edge) bool {
	return (e.fromRead || !f.fromRead) && (e.toRead || !f.toRead) &&
		(f.fromObject == nil || f.fromObject == e.fromObject) && (f.toObject == nil || f.toObject == e.toObject) &&
		!slices.ContainsFunc(f.gates, func(c class) bool { return !slices.Contains(e.gates, c) })
}

// components numbers the strongly connected components of a graph, by Tarjan's
// algorithm, and gives the classes in the order in which it has done with them.
func components(next map[class][]class) (part map[class]int, order []class) {
	index, low := make(map[class]int), make(map[class]int)
	part = make(map[class]int)
	var stack []class
	var visit func(c class)
	visit = func(c class) {
		index[c] = len(index) + 1
		low[c] = index[c]
		stack = append(stack, c)
		for _, d := range next[c] {
			if index[d] == 0 {
				visit(d)
				low[c] = min(low[c], low[d])
			} else if part[d] == 0 { // on the stack
				low[c] = min(low[c], index[d])
			}
		}
		order = append(order, c)
		if low[c] != index[c] {
			return
		}
		for {
			d := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			part[d] = index[c]
			if d == c {
				return
			}
		}
	}
	for _, c := range slices.Sorted(maps.Keys(next)) {
		if index[c] == 0 {
			visit(c)
		}
	}
	return part, order
}

// A path is a sequence of edges that may all be followed at the same time.
type path struct {
	edge   *edge // the last
	before *path
	first  *edge
	gates  []class // of all edges
}

// has reports whether the path starts from or passes a class.
func (p *path) has(c class) bool {
	for ; p != nil; p = p.before {
		if p.edge.from == c {
			return true
		}
	}
	return false
}

func (p *path) edges() []*edge {
	var list []*edge
	for ; p != nil; p = p.before {
		list = append(list, p.edge)
	}
	slices.Reverse(list)
	return list
}

// A search has the paths that were found, by their first and last edges.
type search struct {
	paths   map[[2]*edge][]*path
	reached map[class]bool
	queue   []*path
}

// add adds a path unless what others say covers it.
func (s *search) add(p *path) {
	key := [2]*edge{p.first, p.edge}
	if len(s.paths[key]) >= maxPaths || slices.ContainsFunc(s.paths[key], func(old *path) bool {
		return !slices.ContainsFunc(old.gates, func(c class) bool { return !slices.Contains(p.gates, c) })
	}) {
		return
	}
	s.paths[key] = append(s.paths[key], p)
	s.reached[p.edge.from] = true
	s.queue = append(s.queue, p)
}

func (g *graph) waitsFor(e, next *edge) bool {
	return waitsFor(e, next) && !g.apart[succession{e, next}]
}

// shortest returns a shortest cycle that begins with an edge of h, a hop from the
// given class; nil if there is none.
func (g *graph) shortest(from class, h hop) []*edge {
	s := &search{paths: make(map[[2]*edge][]*path), reached: make(map[class]bool)}
	for _, e := range h.edges {
		s.add(&path{edge: e, first: e, gates: e.gates})
	}
	for len(s.queue) > 0 && g.steps < maxSteps {
		p := s.queue[0]
		s.queue = s.queue[1:]
		for _, h := range g.hops[p.edge.to] {
			if h.to != from && s.reached[h.to] && p.has(h.to) {
				continue
			}
			for _, e := range h.edges {
				if g.steps++; !g.waitsFor(p.edge, e) || share(p.gates, e.gates) {
					continue
				}
				next := &path{edge: e, before: p, first: p.first, gates: slices.Concat(p.gates, e.gates)}
				if h.to != from {
					s.add(next)
				} else if g.waitsFor(e, p.first) {
					return next.edges()
				}
			}
		}
	}
	return nil
}

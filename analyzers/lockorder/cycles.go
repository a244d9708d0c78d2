package lockorder

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// This file finds the cycles in the order of locks, however long.
//
// There can be far more cycles than edges, so not all are listed, but a shortest
// one through each pair of classes that has any, those left out that have all the
// classes of a shorter one. The graph is cut down to its strongly connected
// components, outside of which no edge is on a cycle; then a breadth-first search
// begins with each pair, first for the shortest cycles.
//
// The search goes from edge to edge, not from class to class, since which edges
// can follow an edge depends on it: see waitsFor. A path also remembers the gates of its
// edges, comes back to no class, and has not both classes of a cycle of two.
// Two paths that end in the same edge differ only in that, so the first of them is
// kept, and a later one if it has not all that the earlier one has.

// maxParallel bounds the edges between two classes that are tried.
const maxParallel = 8

// The work of one call of cycles is counted in steps from an edge to one that
// follows it. Beyond ampleSteps the searches begin only with pairs that are on no
// cycle yet, so that one may be missed that consists of parts of longer ones;
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
	hops     map[class][]hop
	order    []class           // of hops: as far as can be, a class comes behind those that edges lead to
	variants map[class][]class // the classes of hops that may be a given class
	found    [][]*edge
	twos     map[pair]bool  // the classes of cycles of two that were found
	inTwos   map[class]bool // one of them
	steps    int
	apart    map[succession]bool
}

// A hop has the edges of one pair.
type hop struct {
	to    class
	edges []*edge
}

// The searches come in rounds, each for cycles of no more than so many classes.
const unlimited = math.MaxInt

var rounds = [...]int{2, 3, 4, unlimited}

// cycles returns cycles, the shortest first: one through each pair of classes
// that has one, but for those with all the classes of another. The second edge
// of those in apart does not follow the first.
func cycles(edges []*edge, apart map[succession]bool) [][]*edge {
	// Those that are surer come first, so that they represent their pairs.
	edges = slices.SortedStableFunc(slices.Values(edges), func(a, b *edge) int { return cmp.Compare(a.doubt(), b.doubt()) })
	g := newGraph(edges, apart)
	on := make(map[pair]int) // the number of classes of a cycle that it is on
	for _, limit := range rounds {
		for _, from := range g.order {
			for i, h := range g.hops[from] {
				if n := on[pair{from, h.to}]; n > 0 && (n < limit && limit < unlimited || n <= rounds[2] || g.steps > ampleSteps) {
					continue
				}
				cycle := g.shortest(from, h, limit)
				if cycle == nil {
					if limit == unlimited {
						g.hops[from][i].edges = nil // so that other searches end there
					}
					continue
				}
				g.keep(cycle)
				for _, e := range cycle {
					on[pair{e.from, e.to}] = len(cycle)
				}
			}
		}
	}
	return smallest(g.found)
}

// keep notes a cycle that was found.
func (g *graph) keep(cycle []*edge) {
	g.found = append(g.found, cycle)
	if len(cycle) == 2 {
		a, b := cycle[0].from, cycle[1].from
		g.twos[pair{a, b}], g.twos[pair{b, a}] = true, true
		g.inTwos[a], g.inTwos[b] = true, true
	}
}

// smallest leaves out the cycles that have all the classes of another. Of the rest,
// those with the fewest classes come first, then those with the fewest calls.
func smallest(cycles [][]*edge) [][]*edge {
	slices.SortStableFunc(cycles, func(a, b []*edge) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(calls(a), calls(b)))
	})
	var kept [][]*edge
	under := make(map[class][][]*edge) // those kept, each under the field that has the fewest
	for _, cycle := range cycles {
		rarest := cycle[0].from.field()
		for _, e := range cycle {
			if f := e.from.field(); len(under[f]) < len(under[rarest]) {
				rarest = f
			}
		}
		if !slices.ContainsFunc(cycle, func(e *edge) bool {
			return slices.ContainsFunc(under[e.from.field()], func(old []*edge) bool { return covers(cycle, old) })
		}) {
			under[rarest] = append(under[rarest], cycle)
			kept = append(kept, cycle)
		}
	}
	return kept
}

// covers reports whether a cycle has the classes of another, each once.
func covers(cycle, other []*edge) bool {
	left := make(map[class][]class) // by their fields
	for _, e := range cycle {
		left[e.from.field()] = append(left[e.from.field()], e.from)
	}
	return !slices.ContainsFunc(other, func(o *edge) bool {
		f := o.from.field()
		i := slices.IndexFunc(left[f], o.from.mayBe)
		if i >= 0 {
			left[f] = slices.Delete(left[f], i, i+1)
		}
		return i < 0
	})
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

func newGraph(edges []*edge, apart map[succession]bool) *graph {
	special := make(map[*edge]bool) // does not follow some edge, or is not followed by it
	for s, is := range apart {
		if is {
			special[s.first], special[s.second] = true, true
		}
	}
	g := &graph{hops: make(map[class][]hop), variants: make(map[class][]class), twos: make(map[pair]bool), inTwos: make(map[class]bool), apart: apart}
	of := make(map[pair][]*edge)
	many := make(map[pair]int)
	fields := make(map[class][]class)
	for _, e := range edges {
		p := pair{e.from, e.to}
		if e.from.mayBe(e.to) || many[p] >= maxParallel ||
			slices.ContainsFunc(of[p], func(f *edge) bool { return !special[f] && e.saysNoMoreThan(f) }) {
			continue
		}
		if of[p] == nil {
			if g.hops[e.from] == nil {
				fields[e.from.field()] = append(fields[e.from.field()], e.from)
			}
			g.hops[e.from] = append(g.hops[e.from], hop{to: e.to})
		}
		if of[p] = append(of[p], e); !special[e] {
			many[p]++
		}
	}
	for _, hops := range g.hops {
		slices.SortFunc(hops, func(a, b hop) int { return cmp.Compare(a.to, b.to) })
		for _, h := range hops {
			if _, ok := g.variants[h.to]; !ok {
				g.variants[h.to] = slices.DeleteFunc(slices.Clone(fields[h.to.field()]), func(c class) bool { return !c.mayBe(h.to) })
			}
		}
	}
	part, order := components(g)
	g.order = order
	for from, hops := range g.hops {
		g.hops[from] = slices.DeleteFunc(hops, func(h hop) bool {
			return !slices.ContainsFunc(g.variants[h.to], func(c class) bool { return part[c] == part[from] })
		})
		for i, h := range g.hops[from] {
			g.hops[from][i].edges = of[pair{from, h.to}]
		}
	}
	return g
}

// saysNoMoreThan reports whether f can take the place of e, which has the same
// classes, in every cycle.
func (e *edge) saysNoMoreThan(f *edge) bool {
	return (e.fromRead || !f.fromRead) && (e.toRead || !f.toRead) &&
		(f.fromObject == nil || f.fromObject == e.fromObject) && (f.toObject == nil || f.toObject == e.toObject) &&
		subset(f.gates, e.gates)
}

// components numbers the strongly connected components of a graph, by Tarjan's
// algorithm, and gives the classes in the order in which it has done with them.
func components(g *graph) (part map[class]int, order []class) {
	index, low := make(map[class]int), make(map[class]int)
	part = make(map[class]int)
	var stack []class
	var visit func(c class)
	visit = func(c class) {
		index[c] = len(index) + 1
		low[c] = index[c]
		stack = append(stack, c)
		for _, h := range g.hops[c] {
			for _, d := range g.variants[h.to] {
				if index[d] == 0 {
					visit(d)
					low[c] = min(low[c], low[d])
				} else if part[d] == 0 { // on the stack
					low[c] = min(low[c], index[d])
				}
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
	for _, c := range slices.Sorted(maps.Keys(g.hops)) {
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
	length int
	gates  []class // of all edges
	marks  []class // the classes passed that are in cycles of two
}

// has reports whether the path starts from or passes what may be of a class.
func (p *path) has(c class) bool {
	for ; p != nil; p = p.before {
		if p.edge.from.mayBe(c) {
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
	reached map[class]bool // fields
	queue   []*path
}

// add adds a path unless what others say covers it.
func (s *search) add(p *path) {
	key := [2]*edge{p.first, p.edge}
	if len(s.paths[key]) >= maxPaths || slices.ContainsFunc(s.paths[key], func(old *path) bool {
		return subset(old.gates, p.gates) && subset(old.marks, p.marks)
	}) {
		return
	}
	s.paths[key] = append(s.paths[key], p)
	s.reached[p.edge.from.field()] = true
	s.queue = append(s.queue, p)
}

func subset(a, b []class) bool {
	return !slices.ContainsFunc(a, func(c class) bool { return !slices.Contains(b, c) })
}

func (g *graph) waitsFor(e, next *edge) bool {
	return waitsFor(e, next) && !g.apart[succession{e, next}]
}

// extend returns p, which may be nil, with one edge more.
func (g *graph) extend(p *path, e *edge) *path {
	next := &path{edge: e, before: p, first: e, length: 1, gates: e.gates}
	if p != nil {
		next.first, next.length, next.gates, next.marks = p.first, p.length+1, slices.Concat(p.gates, e.gates), p.marks
	}
	if g.inTwos[e.from] {
		next.marks = append(slices.Clip(next.marks), e.from)
	}
	return next
}

// known reports whether a path has both classes of a cycle of two, its last edge
// one of them.
func (g *graph) known(p *path) bool {
	if !g.inTwos[p.edge.from] {
		return false
	}
	return slices.ContainsFunc(p.marks, func(c class) bool { return g.twos[pair{c, p.edge.from}] })
}

// shortest returns a shortest cycle that begins with an edge of h, a hop from the
// given class, and has no more than limit classes; nil if there is none.
func (g *graph) shortest(from class, h hop, limit int) []*edge {
	s := &search{paths: make(map[[2]*edge][]*path), reached: make(map[class]bool)}
	for _, e := range h.edges {
		s.add(g.extend(nil, e))
	}
	for len(s.queue) > 0 && g.steps < maxSteps {
		p := s.queue[0]
		s.queue = s.queue[1:]
		if p.length >= limit {
			break
		}
		for _, at := range g.variants[p.edge.to] {
			if s.reached[at.field()] && p.has(at) {
				continue
			}
			for _, h := range g.hops[at] {
				if next := g.step(s, p, from, h); next != nil {
					return next.edges()
				}
			}
		}
	}
	return nil
}

// step goes on from the end of p by the edges of h, and returns a path that comes
// back to where the search began, if there is one.
func (g *graph) step(s *search, p *path, from class, h hop) *path {
	back := h.to.mayBe(from)
	on := slices.ContainsFunc(g.variants[h.to], func(c class) bool { return !s.reached[c.field()] || !p.has(c) })
	if !back && !on {
		return nil
	}
	for _, e := range h.edges {
		if g.steps++; !g.waitsFor(p.edge, e) || share(p.gates, e.gates) {
			continue
		}
		next := g.extend(p, e)
		if g.known(next) {
			continue
		}
		if back && g.waitsFor(e, p.first) {
			return next
		}
		if on {
			s.add(next)
		}
	}
	return nil
}

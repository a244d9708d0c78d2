package lockorder

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func node(i int) class { return class(fmt.Sprintf("c%d", i)) }

// randomNode is one of n classes, perhaps as part of one of two others.
func randomNode(r *rand.Rand, n int) class {
	c := node(r.IntN(n))
	if r.IntN(3) == 0 {
		c += partMark + class(fmt.Sprintf("outer%d", r.IntN(2)))
	}
	return c
}

// possible reports whether a sequence of edges is a cycle.
func possible(edges []*edge) bool {
	for i, e := range edges {
		next := edges[(i+1)%len(edges)]
		if !e.to.mayBe(next.from) || !waitsFor(e, next) {
			return false
		}
		for _, f := range edges[:i] {
			if share(e.gates, f.gates) || e.from.mayBe(f.from) {
				return false
			}
		}
	}
	return true
}

// The cycles that are found exist, and none is shorter than need be or missing:
// compared with all that there are in small graphs.
func TestCycles(t *testing.T) {
	for seed := range uint64(1000) {
		edges := randomEdges(rand.New(rand.NewPCG(seed, 1)))
		shortest := make(map[pair]int)
		var visit func(path []*edge)
		visit = func(path []*edge) {
			if possible(path) {
				for _, e := range path {
					p := pair{e.from, e.to}
					if n := shortest[p]; n == 0 || n > len(path) {
						shortest[p] = len(path)
					}
				}
			}
			for _, e := range edges {
				if len(path) == 0 || e.from.mayBe(path[len(path)-1].to) && !slices.ContainsFunc(path, func(f *edge) bool { return f.from.mayBe(e.from) }) {
					visit(append(slices.Clip(path), e))
				}
			}
		}
		visit(nil)
		g := newGraph(edges, nil)
		through := 0
		for from, hops := range g.hops {
			for _, h := range hops {
				p := pair{from, h.to}
				cycle := g.shortest(from, h, unlimited)
				if len(cycle) != shortest[p] || cycle != nil && !possible(cycle) {
					t.Errorf("seed %d: a cycle of %d through %v, want one of %d", seed, len(cycle), p, shortest[p])
				}
				if cycle != nil {
					through++
				}
			}
		}
		if through != len(shortest) {
			t.Errorf("seed %d: cycles through %d pairs, want %d", seed, through, len(shortest))
		}
		found := cycles(edges, nil)
		if (len(found) > 0) != (len(shortest) > 0) {
			t.Errorf("seed %d: found %d cycles, there are some: %v", seed, len(found), len(shortest) > 0)
		}
		for _, cycle := range found {
			if !possible(cycle) {
				t.Errorf("seed %d: found a cycle that is none", seed)
			}
		}
	}
}

func randomEdges(r *rand.Rand) []*edge {
	var edges []*edge
	for range 4 + r.IntN(12) {
		e := &edge{from: randomNode(r, 5), to: randomNode(r, 5), fromRead: r.IntN(4) == 0, toRead: r.IntN(4) == 0}
		if e.from.mayBe(e.to) {
			continue
		}
		if r.IntN(3) == 0 {
			e.gates = []class{class(fmt.Sprintf("gate%d", r.IntN(2)))}
		}
		edges = append(edges, e)
	}
	return edges
}

// In big graphs, of a kind that no person writes, cycles are found as well, and
// soon.
func TestManyEdges(t *testing.T) {
	const n = 1000
	shapes := map[string]func(add func(from, to int)){
		"ring": func(add func(from, to int)) {
			for i := range n {
				add(i, (i+1)%n)
			}
		},
		"star": func(add func(from, to int)) {
			for i := range n {
				add(i+1, 0)
				add(0, i+1)
			}
		},
		"ladder": func(add func(from, to int)) {
			for i := range n {
				add(i, (i+1)%n)
				add(i, (i+2)%n)
			}
		},
		"one way": func(add func(from, to int)) {
			for i := range n {
				for j := 1; j < 5; j++ {
					add(i, i+j*j)
				}
			}
		},
		"rings on a ring": func(add func(from, to int)) {
			for i := range n / 5 {
				for j := range 5 {
					add(5*i+j, 5*i+(j+1)%5)
				}
				add(5*i, (5*i+5)%n)
			}
		},
		"dense": func(add func(from, to int)) {
			for i := range 150 {
				for j := 1; j < 75; j++ {
					add(i, (i+j)%150)
				}
			}
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			var edges []*edge
			shape(func(from, to int) { edges = append(edges, &edge{from: node(from), to: node(to)}) })
			found := cycles(edges, nil)
			if (len(found) > 0) != (name != "one way") {
				t.Errorf("found %d cycles", len(found))
			}
			if name == "ring" && (len(found) != 1 || len(found[0]) != n) {
				t.Errorf("found %d cycles, want the ring", len(found))
			}
		})
	}
}

package lockorder

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
)

// This file finds the edges of cycles that nobody can follow at the same time, for
// another reason than a lock: one waits for the end of the other first, or is done
// when the other is started.
//
// Only explorations know that, and they must know all: wherever the first of two
// edges is followed, in functions whose callers are all part of explorations, the
// lock that it waits for must be one that only code of the exploration can have.
// Then whoever has it is in the exploration too.

// A succession is two edges of a cycle, one behind the other: who follows the first
// waits for who follows the second.
type succession struct{ first, second *edge }

// maxRounds bounds how often cycles are looked for anew, and maxAsked the
// successions that are looked at in one round.
const (
	maxRounds = 10
	maxAsked  = 400
)

// possible returns the cycles that edges make and that can come about, as far as
// explorations tell, among those with an edge in the package at hand.
func (c *collector) possible(edges []*edge, p *goroutine.Package) [][]*edge {
	apart := make(map[succession]bool) // by those that were looked at
	found := local(c.fset, cycles(edges, apart))
	if len(found) == 0 {
		return nil
	}
	parallel := make(map[pair][]*edge)
	for _, e := range edges {
		if e.code != nil {
			parallel[pair{e.from, e.to}] = append(parallel[pair{e.from, e.to}], e)
		}
	}
	for range maxRounds {
		var asked []succession
		for _, cycle := range found {
			for i, e := range cycle {
				next := cycle[(i+1)%len(cycle)]
				for _, first := range parallel[pair{e.from, e.to}] {
					for _, second := range parallel[pair{next.from, next.to}] {
						s := succession{first, second}
						if _, known := apart[s]; !known && len(asked) < maxAsked {
							apart[s] = false
							asked = append(asked, s)
						}
					}
				}
			}
		}
		any := false
		for _, s := range c.apart(asked, p) {
			apart[s], any = true, true
		}
		if !any {
			break
		}
		found = local(c.fset, cycles(edges, apart))
	}
	return found
}

// apart returns the successions that do not come about.
func (c *collector) apart(asked []succession, p *goroutine.Package) []succession {
	if len(asked) == 0 {
		return nil
	}
	j := &judge{
		collector: c, asked: asked, seen: make(map[succession]bool), together: make(map[succession]bool),
		complete: make(map[*ssa.Function]bool), types: make(map[*ssa.Function]*types.Named), known: make(map[*ssa.Function]bool),
	}
	p.EachType(func(x *goroutine.Exploration) {
		if x.Complete() && !x.Truncated {
			j.types[x.Root] = x.Type()
			j.look(x)
		}
	})
	p.Each(func(x *goroutine.Exploration) {
		if x.Complete() {
			j.look(x)
		}
	})
	return slices.DeleteFunc(asked, func(s succession) bool {
		return !j.seen[s] || j.together[s] || !j.explored(s.first.fn)
	})
}

// A judge looks for the edges of successions in explorations.
type judge struct {
	*collector
	asked    []succession
	seen     map[succession]bool // the first edge is somewhere
	together map[succession]bool // perhaps both are followed at the same time
	complete map[*ssa.Function]bool
	// types are the types whose methods are explored, as other packages may call
	// them on what the function returns.
	types map[*ssa.Function]*types.Named
	known map[*ssa.Function]bool
}

func (j *judge) look(x *goroutine.Exploration) {
	j.complete[x.Root] = !x.Truncated
	for _, s := range j.asked {
		if j.together[s] {
			continue
		}
		for _, at := range x.Activations(s.first.fn, s.first.last()) {
			j.seen[s] = true
			j.together[s] = j.together[s] || j.meet(x, at, s)
		}
	}
}

// meet reports whether somebody may have the lock for which somebody waits at a
// point of the first edge, and wait in turn.
func (j *judge) meet(x *goroutine.Exploration, at goroutine.PointID, s succession) bool {
	locks := x.At(at)
	if len(locks) != 1 || !j.key(j.classOf(locks[0])).mayBe(s.first.to) {
		return true
	}
	o := locks[0].Lock.Object
	if !x.Private(locks[0]) {
		// Others can have the object, but only do with it what the exploration of
		// its type shows.
		return x.Type() != nil || o.Frame == nil || o.Type == nil || j.types[o.Frame.Fn] != o.Type
	}
	return slices.ContainsFunc(x.Activations(s.second.fn, s.second.last()), func(other goroutine.PointID) bool {
		return x.Together(at, other, o)
	})
}

// explored reports whether all calls of fn are part of explorations.
func (j *judge) explored(fn *ssa.Function) bool {
	if k, ok := j.known[fn]; ok {
		return k
	}
	j.known[fn] = true // of functions that call each other the callers decide
	calls, all := j.locks.Entered(fn)
	ok := all && (j.complete[fn] || len(calls) > 0 && !j.foreign(fn))
	for _, call := range calls {
		ok = ok && j.explored(call.Parent())
	}
	j.known[fn] = ok
	return ok
}

// foreign reports whether other code than the package may call fn.
func (c *collector) foreign(fn *ssa.Function) bool {
	return fn.Parent() == nil && (strings.HasPrefix(fn.Name(), "init") || token.IsExported(fn.Name()) && c.pkg.Name() != "main")
}

package lockset

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file tells where a lock that seems to be held may have been released in
// ways that are not followed.

// Doubtful reports whether the lock at p, which fn acquired at the given sites,
// may have been released in ways that are not followed: where a function acquires
// it only sometimes, callers often know when by means that are not seen; a function
// value that releases it, and goes where calls of it are not seen, may have been
// called, if it was made by fn or by one that acquired the lock for fn; and a lock
// in a local variable, or of one element of many, may be released by another function
// than the one that acquired it.
func (r *Result) Doubtful(fn *ssa.Function, p access.Path, sites []ssa.Instruction) bool {
	class := ClassOf(p)
	if r.passed[class] || r.escapes(fn, class) {
		return true
	}
	return slices.ContainsFunc(sites, func(site ssa.Instruction) bool {
		return r.sometimes(site) || r.escaping[class] && r.Through(site) != nil
	})
}

// ReleasedInLoop reports whether fn acquired the lock l, of one element after the
// other, in a loop, and may have released those in another loop by the time of at.
// That the second loop has as many iterations as the first is not known.
func (r *Result) ReleasedInLoop(fn *ssa.Function, l Lock, at ssa.Instruction) bool {
	info := r.funcs[fn]
	if info == nil || l.Path.Exact() {
		return false
	}
	return slices.ContainsFunc(info.flow.Iterations, func(it Iteration) bool {
		return it.Lock == l && slices.ContainsFunc(info.flow.Releases, func(rel Release) bool {
			b := rel.Instr.Block()
			_, deferred := rel.Instr.(*ssa.Defer)
			return rel.Lock == l && !deferred && !InLoop(b, it.Head) && InnermostLoop(b) != nil && control.From(b, at.Block(), it.Head)
		})
	})
}

func (r *Result) escapes(fn *ssa.Function, class Class) bool {
	info := r.funcs[fn]
	return info != nil && slices.ContainsFunc(info.flow.escaped, func(l Lock) bool { return ClassOf(l.Path) == class })
}

// sometimes reports whether the function that is called at site acquires a lock on
// some of its ways to return only. A lock of a result may be acquired on those ways
// only that the results tell from the others, such as those on which it is not nil.
func (r *Result) sometimes(site ssa.Instruction) bool {
	callee := r.Through(site)
	if callee == nil {
		return false
	}
	if slices.ContainsFunc(r.Effects(callee), func(ef NetEffect) bool { return ef.Acquires && !ef.Always }) {
		return true
	}
	outs := r.summary(callee).Outcomes
	for i := range outs {
		if slices.ContainsFunc(outs[i].effects, func(ef effect) bool {
			return ef.result != 0 && ef.n > 0 && slices.ContainsFunc(outs, func(other Outcome) bool {
				return !other.panics && !distinct(outs[i].results, other.results) && !other.locksResult(ef)
			})
		}) {
			return true
		}
	}
	return false
}

// locksResult reports whether o certainly acquires the lock of a result that ef
// acquires, by whatever path it is reached in the function.
func (o *Outcome) locksResult(ef effect) bool {
	way := ef.Path.Selectors()[ef.from.Len():]
	return slices.ContainsFunc(o.effects, func(g effect) bool {
		return g.result == ef.result && g.Mode == ef.Mode && g.n > 0 && !g.maybe && slices.Equal(g.Path.Selectors()[g.from.Len():], way)
	})
}

// findLoose finds the classes of locks that are released where it is not seen: by
// function values that are not followed, and by functions that release what others
// have acquired, be it in a local variable or of elements that they come by. The
// latter do not count if the package acquires elements likewise, for a function to
// release them.
func (e *engine) findLoose() {
	e.escaping, e.passed = make(map[Class]bool), make(map[Class]bool)
	kept := make(map[Class]bool) // elements of which are acquired for the caller
	for _, info := range e.funcs {
		if info.summary == nil {
			continue
		}
		for _, o := range info.summary.Outcomes {
			for _, ef := range o.effects {
				if ef.n > 0 && !ef.Path.Exact() {
					kept[ClassOf(ef.Path)] = true
				}
			}
		}
	}
	for _, info := range e.funcs {
		for _, l := range info.flow.escaped {
			e.escaping[ClassOf(l.Path)] = true
		}
		for _, r := range info.flow.Unmatched {
			if class := ClassOf(r.Path); class.Local != nil || !r.Path.Exact() && class.Known() && !kept[class] {
				e.passed[class] = true
			}
		}
	}
}

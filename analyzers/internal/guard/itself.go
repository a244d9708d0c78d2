package guard

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
)

// This file tells whether two goroutines can be at one place at the same time.

// MeetsItself reports whether the place of a violation can be reached twice at the
// same time for one object: by other packages that call the function where its way
// begins, or by goroutines that are started more than once with the object. A
// function that runs once in the life of an object, by its name, does not meet
// itself, nor does one that is reached from it. One that ends the life of an object
// may; see [Ends].
func (j *Judge) MeetsItself(w Violation) bool {
	fn, obj := w.Instr.Parent(), w.Object
	for _, s := range w.Way.Calls {
		if once(fn) {
			return false
		}
		if s.Spawns {
			return j.startedOften(s, j.rebased(obj, fn, s), inLoop(w.Instr.Block()))
		}
		obj, fn = j.rebased(obj, fn, s), s.Caller
	}
	if once(fn) {
		return false
	}
	switch root := j.through(obj).Root(); root.Kind {
	case 0, access.Global, access.Param:
		return true
	case access.FreeVar:
		return false
	default:
		// A new object that is shared by now was given to a goroutine; another
		// call of the function makes another object.
		return root.Func() == fn && !j.fresh(root.Value, 0)
	}
}

// rebased is obj in terms of the caller at s, where a way is known to lead.
func (j *Judge) rebased(obj access.Path, fn *ssa.Function, s Site) access.Path {
	if there, ok := j.Rebase(obj, fn, s); ok {
		return there
	}
	return obj
}

// startedOften reports whether goroutines are started more than once with the
// object at obj: in a loop that does not make it, or by a function that itself
// runs any number of times for it. A goroutine that stays in a loop is taken to be
// started once by such a function.
func (j *Judge) startedOften(s Site, obj access.Path, loops bool) bool {
	root := j.through(obj).Root()
	switch root.Kind {
	case 0, access.Global, access.Param:
		if inLoop(s.Instr.Block()) && !chosenInLoop(s, obj) {
			return true
		}
		if loops || once(s.Caller) || s.Caller.Name() == "main" {
			return false
		}
		w, ok := j.Reached(s.Instr, obj)
		return ok && j.MeetsItself(Violation{Access: Access{Instr: s.Instr, Object: obj}, Way: w})
	case access.FreeVar:
		return false
	}
	made, ok := root.Value.(ssa.Instruction)
	return ok && made.Parent() == s.Caller && inLoop(s.Instr.Block()) && !inLoop(made.Block())
}

// once reports whether a function runs once in the life of an object, by its name.
func once(fn *ssa.Function) bool {
	return Prepares(fn) || fn.Name() != "ServeHTTP" && single.MatchString(fn.Name())
}

var single = pattern.New(`^(?i:serve|run|listen|main|start|loop)|(?:^|[a-z0-9])(?i:loop|worker|routine|daemon)$`)

// chosenInLoop reports whether the object is an element, which each round of a loop
// may choose anew.
func chosenInLoop(s Site, obj access.Path) bool {
	return !obj.Exact() || slices.ContainsFunc(s.Call.Args, func(a ssa.Value) bool {
		i, ok := a.(ssa.Instruction)
		return ok && inLoop(i.Block())
	})
}

// Ends reports whether a violation is in a function that ends the life of an object, by
// its name, or its way begins in one.
func (w Violation) Ends() bool {
	fn := w.Instr.Parent()
	return ending.MatchString(fn.Name()) || ending.MatchString(w.Way.Origin(fn).Func.Name())
}

var ending = pattern.New(`^(?i:close|shutdown|stop|destroy|dispose|teardown|cleanup|fini)`)

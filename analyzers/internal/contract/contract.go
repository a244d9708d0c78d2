// Package contract is an engine that reads the lock contracts which people
// write into their programs: which lock guards a variable, and which locks a
// function wants its callers to hold.
//
// # What is read
//
// Annotations of the +checklocks family, sentences such as "guarded by mu" or
// "the caller must hold s.mu", and names such as flushLocked. Parsing is pure:
// [ParseVar] and [ParseFunc] turn the text of a comment into clauses.
// Resolution then looks for what the clauses name.
//
// # Ambiguity is no contract
//
// A sentence counts only if all of it is understood, so that a qualification
// ("guarded by mu during init", "must be held or the world stopped") takes it
// away, and so does an exception elsewhere in the comment of a variable. A name
// counts only if it resolves to a lock: a field of the same struct, a path
// from it or from a parameter, a package-level variable. Convention alone, such
// as a mutex above the fields that it probably guards, says nothing.
//
// # Which lock is meant
//
// A lock is identified by the field or package-level variable that holds it,
// and, where that is known, by the path from the struct with the guarded field
// or from the parameter. A contract such as "guarded by Server.mu", in another
// struct, names the field of a lock and leaves open of which Server.
package contract

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// Analyzer yields the [*Result] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "contract",
	Doc:        "read the lock contracts in comments and names; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/contract",
	Requires:   []*analysis.Analyzer{ssabuild.Analyzer, access.Analyzer},
	ResultType: reflect.TypeFor[*Result](),
	Run:        diagnostic.Guard(run),
}

// A Result answers what is written about the variables and functions of a
// package. It does not change.
type Result struct {
	paths  *access.Paths
	vars   map[*types.Var]*Var
	funcs  map[*types.Func]*Func
	forced map[line]bool // lines with a +checklocksforce comment
	fset   *token.FileSet
}

type line struct {
	file string
	line int
}

// A Source is where a contract is written, and how.
type Source struct {
	Style Style
	Pos   token.Pos // the comment, or of a Name the name of the function
	Text  string
}

// A Lock is a lock as a contract names it.
type Lock struct {
	// Var is the field or package-level variable that holds the lock or a
	// pointer to it.
	Var *types.Var
	// Global is set if the lock is reached from a package-level variable, at
	// which Path then starts.
	Global *types.Var
	// Known is set if Path is known: the selectors from the address of what
	// the contract starts from (the struct with the guarded field, or the value
	// of the parameter, or the address of Global) to the address of the lock.
	Known bool
	Path  []access.Selector
	// RW is set if the lock can be held for reading.
	RW bool
	// Shared is set if Var holds a pointer or a sync.Locker, so that the same
	// lock may be held under another name.
	Shared bool
	Text   string // as the contract names it
}

// A Guard is a lock that must be held to access a variable.
type Guard struct {
	Lock
	Source
	// Group is set if the contract says it of several variables and names none.
	Group bool
}

// A Var is the contract of a field or package-level variable.
type Var struct {
	Guards []Guard // all must be held
	// Atomic is set if operations of sync/atomic may read without the locks.
	Atomic bool
}

// A Condition is what a function wants of a lock.
type Condition struct {
	Lock
	Source
	Read bool // holding it for reading is enough
	// Param is the parameter that Path starts from, numbered as in SSA, where
	// the receiver comes first; -1 if it starts from a package-level variable,
	// or is not known.
	Param int
}

// A Func is the contract of a function.
type Func struct {
	Requires, Excludes, Acquires, Releases []Condition
	Ignore                                 bool // its body is not to be judged
}

// Var returns the contract of a field or package-level variable, nil if there
// is none.
func (r *Result) Var(v *types.Var) *Var {
	if v == nil {
		return nil
	}
	return r.vars[v.Origin()]
}

// FieldGuard returns the locks that must be held to access a field or
// package-level variable.
func (r *Result) FieldGuard(v *types.Var) []Guard {
	if c := r.Var(v); c != nil {
		return c.Guards
	}
	return nil
}

// Func returns the contract of a function, nil if there is none.
func (r *Result) Func(fn *types.Func) *Func {
	if fn == nil {
		return nil
	}
	return r.funcs[fn.Origin()]
}

// Requires returns the locks that callers of fn are to hold.
func (r *Result) Requires(fn *types.Func) []Condition {
	if c := r.Func(fn); c != nil {
		return c.Requires
	}
	return nil
}

// Empty reports whether the package has no contracts.
func (r *Result) Empty() bool { return len(r.vars) == 0 && len(r.funcs) == 0 }

// Forced reports whether the line of pos ends in a +checklocksforce comment.
func (r *Result) Forced(pos token.Pos) bool {
	p := r.fset.Position(pos)
	return r.forced[line{p.Filename, p.Line}]
}

// A Held is a lock that a contract says is held.
type Held struct {
	Path access.Path // of the mutex, as an address
	Read bool        // perhaps for reading only
}

// HeldAtEntry returns the locks that the contract of fn says are held when it
// is entered, in fn's terms; those left out whose path is not known.
func (r *Result) HeldAtEntry(fn *ssa.Function) []Held {
	obj, _ := access.Declared(fn).Object().(*types.Func)
	c := r.Func(obj)
	if c == nil {
		return nil
	}
	var held []Held
	for _, list := range [][]Condition{c.Requires, c.Releases} {
		for _, cond := range list {
			if p, ok := r.PathIn(fn, cond); ok {
				held = append(held, Held{p, cond.Read})
			}
		}
	}
	return held
}

// PathIn returns the path of a condition's lock in the terms of the function
// whose condition it is.
func (r *Result) PathIn(fn *ssa.Function, c Condition) (_ access.Path, ok bool) {
	if !c.Known {
		return access.Path{}, false
	}
	if c.Global != nil {
		return r.paths.Join(r.paths.OfVar(c.Global), c.Path...), true
	}
	if c.Param < 0 || c.Param >= len(fn.Params) {
		return access.Path{}, false
	}
	return r.paths.Join(r.paths.Of(fn.Params[c.Param]), c.Path...), true
}

func run(pass *analysis.Pass) (any, error) {
	res := &Result{
		paths:  pass.ResultOf[access.Analyzer].(*access.Paths),
		vars:   make(map[*types.Var]*Var),
		funcs:  make(map[*types.Func]*Func),
		forced: make(map[line]bool),
		fset:   pass.Fset,
	}
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	r := &resolver{Result: res, pass: pass, ssa: src, receivers: receiverNames(pass)}
	for _, file := range pass.Files {
		if !file.Pos().IsValid() || ast.IsGenerated(file) && len(file.Comments) == 1 {
			continue
		}
		r.file(file)
	}
	r.names()
	return res, nil
}

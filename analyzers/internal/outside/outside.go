// Package outside is an engine that tells what a call of a function of another
// package does, as far as that matters for what runs beside what.
//
// A package that is analysed sees the bodies of no other. Of the standard library
// package syncapi knows what its functions do; of all others this engine hands
// summaries from package to package, in a fact:
//
//   - that a function is quiet: it neither waits for another goroutine nor tells one
//     anything, calls nothing that might, starts no goroutine, and keeps nothing that
//     it is given, so that its caller's synchronisation is all there is;
//   - that it runs a function which it is given, or a method of an interface value,
//     in a goroutine: the wrappers of the go statement;
//   - that it calls a function which it is given before it returns, in its caller's
//     goroutine, and is quiet otherwise;
//   - what a function that does not synchronise reads and writes of memory that its
//     parameters lead to, and of package-level variables.
//
// # May or must
//
// A summary is used to say that two things may run at the same time, so it says
// of a function that is given only what is certain: a goroutine that waits for
// something before it calls the function, a caller that keeps it for later, a call
// under a lock and a call through what is not followed all make it unknown. Waiting
// is over-estimated: an operation counts wherever it stands in the function, a
// call that is not understood waits, and a function that may wait behind the start of
// a goroutine may wait for that one.
//
// # What is ignored
//
// Panics. Recursive functions are not quiet. What a function that is given does
// itself is left to whoever gives it.
package outside

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// Analyzer yields the [*Result] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "outside",
	Doc:        "tell what calls of other packages' functions do for concurrency; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/outside",
	Requires:   []*analysis.Analyzer{ssabuild.Analyzer, access.Analyzer},
	ResultType: reflect.TypeFor[*Result](),
	FactTypes:  []analysis.Fact{new(Exports)},
	Run:        diagnostic.Guard(run),
}

// A Result answers what calls of functions of the packages do that are imported.
type Result struct {
	facts map[*types.Package]*Exports
}

func run(pass *analysis.Pass) (any, error) {
	r := &Result{facts: make(map[*types.Package]*Exports)}
	for _, pkg := range pass.Pkg.Imports() {
		if x := new(Exports); pass.ImportPackageFact(pkg, x) {
			r.facts[pkg] = x
		}
	}
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	funcs := src.Funcs
	if len(funcs) == 0 {
		funcs = src.Plain
	}
	if pass.Pkg.Name() == "main" || len(funcs) == 0 {
		return r, nil
	}
	s := &summariser{
		fset:    pass.Fset,
		paths:   pass.ResultOf[access.Analyzer].(*access.Paths),
		outside: r,
		effects: make(map[*ssa.Function]*effect),
		kept:    make(map[*ssa.Function]bool),
		leading: make(map[types.Type]bool),
		located: make(map[*ssa.Function][]located),
	}
	if x := s.exports(funcs); x != nil {
		pass.ExportPackageFact(x)
	}
	return r, nil
}

// Effect is what is known of the function of another package that a call calls;
// nil if nothing is.
func (r *Result) Effect(call *ssa.CallCommon) *Effect {
	if call.IsInvoke() {
		return nil
	}
	fn := call.StaticCallee()
	if fn == nil || fn.Blocks != nil {
		return nil
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil {
		return nil
	}
	if x := r.facts[obj.Pkg()]; x != nil {
		return x.find(name(obj))
	}
	return nil
}

// Quiet reports whether a call that leaves the package under analysis neither
// synchronises with another goroutine nor keeps a pointer that it is given.
func (r *Result) Quiet(call *ssa.CallCommon) bool {
	if e := r.Effect(call); e != nil {
		return e.Quiet
	}
	return syncapi.Quiet(call)
}

// Package shared is an engine that tells which memory the goroutines of a
// package share, and how each instruction uses it.
//
// It works on the explorations of package goroutine: for each one it lists the
// accesses to every object (a variable, what new, make or a literal made, a
// map, the array behind a slice, a channel), with the part of the object that
// is meant. Objects that only one goroutine reaches are left out.
//
// # Which object is meant
//
// An access belongs to an object only if its address has that one target: an
// address that may be one of several objects proves nothing about any of them.
// An object that is made in a loop stands for many; two accesses mean the same
// one only if the program cannot have mixed them up on the way, so objects of
// that kind are left out once they are stored in a slice, map or channel.
//
// # Elements
//
// Elements of arrays and slices are told apart by constant index. An index
// that is not constant may be any, and the usual program gives each goroutine
// an index of its own; so it is only compared with uses of all elements, such
// as range, copy and append.
package shared

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
)

// Analyzer yields the [*Result] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "shared",
	Doc:        "find the memory that goroutines share and the accesses to it; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/shared",
	Requires:   []*analysis.Analyzer{goroutine.Analyzer},
	ResultType: reflect.TypeFor[*Result](),
	Run: diagnostic.Guard(func(pass *analysis.Pass) (any, error) {
		return &Result{pass: pass}, nil
	}),
}

// A Result answers what the goroutines of a package share.
type Result struct {
	pass *analysis.Pass
	used map[*types.Var][]token.Pos // see mentions; made when first asked for
}

// Variables lists the objects of an exploration that more than one goroutine
// reaches, or one that runs many times, in a fixed order.
func (r *Result) Variables(x *goroutine.Exploration) []*Variable {
	c := &collector{x: x, result: r, vars: make(map[*goroutine.Object]*Variable)}
	x.Points(c.point)
	var vars []*Variable
	for _, o := range append(slices.Clone(x.Objects()), c.far...) {
		if v := c.vars[o]; v != nil && c.isShared(v) {
			v.Fresh, v.mixed = c.fresh(o), c.x.Mixed(o)
			if !v.mixed {
				vars = append(vars, v)
			}
		}
	}
	return vars
}

// A Variable is an object and the accesses to it.
type Variable struct {
	Object   *goroutine.Object
	Accesses []*Access
	// Fresh are the points where the object comes into being.
	Fresh []goroutine.PointID

	mixed bool
}

// Func is the declared function in whose source a is.
func (a *Access) Func() *ssa.Function {
	fn := a.Instr.Parent()
	if fn.Synthetic != "" && a.Frame.Site != nil {
		fn = a.Frame.Site.Parent()
	}
	return access.Outermost(fn)
}

// isShared reports whether accesses of v may come from two goroutines.
func (c *collector) isShared(v *Variable) bool {
	var first *goroutine.Thread
	write := false
	for _, a := range v.Accesses {
		write = write || a.Write
		t := a.Frame.Thread
		if first == nil {
			first = t
		}
		if t != first || t.Parent != nil {
			first = &goroutine.Thread{}
		}
	}
	return write && (first == nil || first.Entry == nil)
}

// fresh lists the points where the object, or one that leads to it, is made.
func (c *collector) fresh(o *goroutine.Object) []goroutine.PointID {
	points := c.x.Made(o)
	for o.Kind == goroutine.Contents {
		o = o.Parent.Obj
		points = append(points, c.x.Made(o)...)
	}
	return points
}

// InCall reports whether a is within a function called, of which only that is known.
func (a *Access) InCall() bool { return a.Far.Func != "" || a.Use.Type != "" }

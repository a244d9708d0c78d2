package outside

import (
	"fmt"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// Exports is the package fact of this engine. Functions are named as a selector of
// the package would be: F, or T.M for a method of T or *T.
//
// It is of use to packages that call the functions, which import the package, as a
// rule; so that it need not travel further, see Near.
type Exports struct {
	// Quiet are the functions that are quiet, or, if Rest is set, those that are not.
	Quiet []string
	Rest  bool
	Runs  []RunsFact // in the order of their names
	Uses  []UsesFact // in the order of their names
}

// A UsesFact says what a function accesses.
type UsesFact struct {
	Name     string
	Accesses []Access
}

// An Access says that a function which does not synchronise reads or writes memory
// that others may have.
type Access struct {
	// Param is the parameter that leads there, the receiver being the first; -1 for a
	// package-level variable, Global.
	Param  int
	Global string
	// Steps are the names of fields, and Deref for what a pointer or map holds.
	Steps      []string
	Map, Write bool
	Place      string // file and line
}

// Deref is the step from a pointer or map to what it refers to.
const Deref = "*"

func (a Access) String() string {
	s := a.Global
	if a.Param >= 0 {
		s = "#" + strconv.Itoa(a.Param)
	}
	for _, step := range a.Steps {
		s += "." + step
	}
	if a.Map {
		s += "[]"
	}
	if a.Write {
		return "writes " + s
	}
	return "reads " + s
}

// A RunsFact says what becomes of functions that a function is given.
type RunsFact struct {
	Name string
	Runs []Run
}

// A Run says that a function runs what it is given.
type Run struct {
	// Param is the parameter, the receiver being the first, and Method the method of
	// it that is called, empty if the parameter itself is.
	Param  int
	Method string
	// Async says that it runs in a goroutine, else it is called before the function
	// returns; Many that one call may start several that run at the same time.
	Async, Many bool
	// Before says that the function may wait for another goroutine before it starts
	// this one, and Waits that it may do so behind.
	Before, Waits bool
}

// An Effect is what is known of one function.
type Effect struct {
	Quiet    bool
	Runs     []Run
	Accesses []Access
}

// Plain reports whether the function certainly does not synchronise, though it may keep
// what it is given.
func (e *Effect) Plain() bool { return e.Quiet || len(e.Runs) == 0 && len(e.Accesses) > 0 }

// AFact makes Exports a fact.
func (*Exports) AFact() {}

// Near says to drivers that the fact need only reach packages that import this one.
func (*Exports) Near() {}

func (x *Exports) String() string {
	var parts []string
	if verb := "quiet"; len(x.Quiet) > 0 || x.Rest {
		if x.Rest {
			verb = "quiet except"
		}
		parts = append(parts, strings.TrimSpace(verb+" "+strings.Join(x.Quiet, ", ")))
	}
	for _, f := range x.Runs {
		for _, r := range f.Runs {
			parts = append(parts, f.Name+" "+r.String())
		}
	}
	for _, f := range x.Uses {
		for _, a := range f.Accesses {
			parts = append(parts, f.Name+" "+a.String())
		}
	}
	return "outside: " + strings.Join(parts, "; ")
}

func (r Run) String() string {
	what := fmt.Sprintf("calls #%d", r.Param)
	if r.Async {
		what = fmt.Sprintf("starts #%d", r.Param)
	}
	if r.Method != "" {
		what += "." + r.Method
	}
	for _, w := range []struct {
		is   bool
		text string
	}{{r.Many, " many times"}, {r.Before, " when it has waited"}, {r.Waits, " and may wait for it"}} {
		if w.is {
			what += w.text
		}
	}
	return what
}

// find returns what is known of a function; nil if nothing is.
func (x *Exports) find(name string) *Effect {
	_, listed := slices.BinarySearch(x.Quiet, name)
	e := &Effect{Quiet: listed != x.Rest}
	if i, ok := slices.BinarySearchFunc(x.Runs, name, func(f RunsFact, name string) int { return strings.Compare(f.Name, name) }); ok {
		e.Runs = x.Runs[i].Runs
	}
	if i, ok := slices.BinarySearchFunc(x.Uses, name, func(f UsesFact, name string) int { return strings.Compare(f.Name, name) }); ok {
		e.Accesses = x.Uses[i].Accesses
	}
	if !e.Quiet && e.Runs == nil && e.Accesses == nil {
		return nil
	}
	return e
}

// name is how a fact names a function.
func name(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name() + "." + fn.Name()
	}
	return fn.Name()
}

// newExports puts together what is known of functions. It returns nil if that is
// nothing.
func newExports(effects map[string]*Effect) *Exports {
	var quiet, loud []string
	x := new(Exports)
	for name, e := range effects {
		if e.Quiet {
			quiet = append(quiet, name)
		} else {
			loud = append(loud, name)
		}
		if len(e.Runs) > 0 {
			x.Runs = append(x.Runs, RunsFact{name, e.Runs})
		}
		if len(e.Accesses) > 0 {
			x.Uses = append(x.Uses, UsesFact{name, e.Accesses})
		}
	}
	if x.Quiet = quiet; len(loud) < len(quiet) {
		x.Quiet, x.Rest = loud, true
	}
	if len(quiet) == 0 && len(x.Runs) == 0 && len(x.Uses) == 0 {
		return nil
	}
	slices.Sort(x.Quiet)
	slices.SortFunc(x.Runs, func(a, b RunsFact) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(x.Uses, func(a, b UsesFact) int { return strings.Compare(a.Name, b.Name) })
	return x
}

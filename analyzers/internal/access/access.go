// Package access names memory the way a program's source does: as a root (a
// parameter, a variable, a value) followed by field selections, dereferences
// and element selections.
//
// Two checks that ask whether two instructions mean the same lock or the same
// variable compare paths. A [Path] is comparable with ==, never by its text.
//
// # What equality means
//
// Equal paths of one function mean the same object unless the program
// reassigned a variable or field on the way between the two places; the
// package does not look at the order of stores. Different paths may still be
// the same object (aliases): the package looks through conversions, interface
// values, local variables that are assigned once, variables captured by
// function literals, and functions that only return a path of their
// parameters, and no further. All elements of a slice, array or map are one
// element; [Path.Exact] tells such paths apart.
//
// # Addresses and values
//
// A path denotes a value, and the address of a variable is a value too: the
// path of &s.mu is "s, field mu", and the path of the value stored there has
// one dereference more. Selecting a field of a struct value and loading the
// field through the struct's address give the same path.
package access

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A RootKind says what a path starts from.
type RootKind uint8

const (
	_          RootKind = iota
	Param               // a parameter or receiver
	FreeVar             // a captured variable whose binding is not unique
	Global              // a package-level variable; the path is its address
	Local               // a local variable or an allocation; the path is its address
	OtherValue          // any other value, such as the result of a call
	Member              // a field of whichever object, see [Paths.Part]; the path is its address
)

// A Root is what a path starts from. It is comparable.
type Root struct {
	Kind RootKind
	// Value is the SSA value of the root; nil for a Global and a Member.
	Value ssa.Value
	// Var is the variable of a Global, or the field of a Member.
	Var *types.Var
}

// Func returns the function whose activation the root belongs to, or nil for
// a Global, a Member, and for a function or constant.
func (r Root) Func() *ssa.Function {
	if r.Value == nil {
		return nil
	}
	return r.Value.Parent()
}

// A SelectorKind says how a path goes on.
type SelectorKind uint8

const (
	_     SelectorKind = iota
	Field              // the address or value of a field
	Deref              // the value that an address holds
	Elem               // any element of a slice, array or map
)

// A Selector is one step of a path. It is comparable.
type Selector struct {
	Kind  SelectorKind
	Field *types.Var // the field; of a generic type, its origin
}

// A Path is a root and the selectors behind it. The zero Path is no path.
// Paths made by one [Paths] are equal exactly if their roots and selectors are.
type Path struct{ n *node }

type node struct {
	parent *node // nil at a root
	root   Root
	sel    Selector // unless at a root
	depth  int
	elem   bool // an element selection is on the path
}

// maxDepth bounds the length of paths; what lies deeper becomes a root.
const maxDepth = 24

// IsValid reports whether p is a path.
func (p Path) IsValid() bool { return p.n != nil }

// Root returns what p starts from.
func (p Path) Root() Root {
	if p.n == nil {
		return Root{}
	}
	return p.n.root
}

// Len returns the number of selectors.
func (p Path) Len() int {
	if p.n == nil {
		return 0
	}
	return p.n.depth
}

// Parent returns p without its last selector; ok is false at a root.
func (p Path) Parent() (parent Path, ok bool) {
	if p.n == nil || p.n.parent == nil {
		return Path{}, false
	}
	return Path{p.n.parent}, true
}

// Last returns the last selector, the zero Selector at a root.
func (p Path) Last() Selector {
	if p.n == nil {
		return Selector{}
	}
	return p.n.sel
}

// LastField returns the last field that p selects, nil if there is none. The
// field that holds a lock identifies it among the locks of its type.
func (p Path) LastField() *types.Var {
	for n := p.n; n != nil; n = n.parent {
		if n.sel.Kind == Field {
			return n.sel.Field
		}
	}
	return nil
}

// Exact reports whether p selects no element, so that equal paths cannot mean
// different elements.
func (p Path) Exact() bool { return p.n != nil && !p.n.elem }

// Selectors returns the selectors in order.
func (p Path) Selectors() []Selector {
	if p.n == nil {
		return nil
	}
	sels := make([]Selector, p.n.depth)
	for n := p.n; n.parent != nil; n = n.parent {
		sels[n.depth-1] = n.sel
	}
	return sels
}

// HasPrefix reports whether p is q or goes on from q.
func (p Path) HasPrefix(q Path) bool {
	if q.n == nil {
		return false
	}
	n := p.n
	for n != nil && n.depth > q.n.depth {
		n = n.parent
	}
	return n == q.n
}

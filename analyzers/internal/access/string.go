package access

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Text returns p as the user of the analysed package would write it, such as
// s.mu, cache.mu or shards[…].mu. Fields that are embedded are left out, since
// their members are reached without naming them. It is for people: compare
// paths, not texts.
func (ps *Paths) Text(p Path) string { return text(p, ps.pkg) }

// String is Text with package-level variables qualified.
func (p Path) String() string { return text(p, nil) }

func text(p Path, from *types.Package) string {
	if p.n == nil {
		return "<none>"
	}
	// A dereference behind the address of a variable reads the variable, which
	// is written as the variable; behind a value it is implicit before a
	// selector and written as a star at the end.
	variable := p.n.root.Kind == Global || p.n.root.Kind == Local || p.n.root.Kind == FreeVar
	return textFrom(rootText(p.n.root, from), variable, p.Selectors())
}

// TextFrom returns the text of what the selectors reach from a value that is
// written as base.
func (ps *Paths) TextFrom(base string, sels []Selector) string { return textFrom(base, false, sels) }

func textFrom(base string, variable bool, sels []Selector) string {
	var b strings.Builder
	b.WriteString(base)
	stars := 0
	for _, s := range sels {
		switch s.Kind {
		case Field:
			if !s.Field.Embedded() {
				b.WriteString("." + s.Field.Name())
			}
			variable, stars = true, 0
		case Elem:
			b.WriteString("[…]")
			variable, stars = true, 0
		case Deref:
			if !variable {
				stars++
			}
			variable = false
		}
	}
	return strings.Repeat("*", stars) + b.String()
}

func rootText(r Root, from *types.Package) string {
	if r.Kind == Global {
		if r.Var.Pkg() != nil && r.Var.Pkg() != from {
			return r.Var.Pkg().Name() + "." + r.Var.Name()
		}
		return r.Var.Name()
	}
	if r.Kind == Member {
		return r.Var.Name()
	}
	switch v := r.Value.(type) {
	case *ssa.Alloc:
		switch v.Comment {
		case "", "complit", "new", "slicelit", "makeslice", "varargs":
			return "a new " + types.TypeString(v.Type().Underlying().(*types.Pointer).Elem(), types.RelativeTo(from))
		}
		return v.Comment
	case *ssa.Phi:
		if v.Comment != "" {
			return v.Comment
		}
	case *ssa.Call:
		if name := calleeText(&v.Call); name != "" {
			return name + "(…)"
		}
	case *ssa.Extract:
		if c, ok := v.Tuple.(*ssa.Call); ok {
			if name := calleeText(&c.Call); name != "" {
				return name + "(…)"
			}
		}
	}
	return r.Value.Name()
}

func calleeText(c *ssa.CallCommon) string {
	if c.IsInvoke() {
		return c.Method.Name()
	}
	if fn := c.StaticCallee(); fn != nil {
		return fn.Name()
	}
	return ""
}

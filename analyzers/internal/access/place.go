package access

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A Place is where an object lives, for all functions of a package alike: the
// field, the package-level variable or the local variable that holds it or
// points to it. It is comparable. All objects of a type share the places of its
// fields. The zero Place is that of objects of which it is not known.
type Place struct {
	Var   *types.Var // a field, of a generic type its origin, or a package-level variable
	Local ssa.Value  // the allocation of a local variable or a new object
}

// Place returns where the object lives whose address p is.
func (p Path) Place() Place {
	if p.Last().Kind == Deref {
		p, _ = p.Parent()
	}
	if last := p.Last(); last.Kind == Field {
		return Place{Var: last.Field}
	}
	if p.Len() == 0 {
		switch r := p.Root(); r.Kind {
		case Global:
			return Place{Var: r.Var}
		case Local:
			return Place{Local: r.Value}
		}
	}
	return Place{}
}

// Known reports whether p is not the zero Place.
func (p Place) Known() bool { return p != Place{} }

// Decl returns the position of the declaration of what p names.
func (p Place) Decl() token.Pos {
	switch {
	case p.Var != nil:
		return p.Var.Pos()
	case p.Local != nil:
		return p.Local.Pos()
	}
	return token.NoPos
}

// Promoting returns the embedded fields through which the struct that t is or
// points to has an exported method, the outermost first; none if the method is
// its own or it has none.
func Promoting(t types.Type, method string) []Place {
	obj, index, _ := types.LookupFieldOrMethod(t, true, nil, method)
	if obj == nil || len(index) < 2 {
		return nil
	}
	var fields []Place
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			break
		}
		fields = append(fields, Place{Var: s.Field(i).Origin()})
		t = s.Field(i).Type()
	}
	return fields
}

// ExportedVars returns the exported variables and fields that other packages
// can name: those at package level, and those of exported types, their embedded
// types and the types of their exported fields.
func ExportedVars(pkg *types.Package) map[*types.Var]bool {
	vars := make(map[*types.Var]bool)
	seen := make(map[types.Type]bool)
	var addType func(t types.Type)
	addType = func(t types.Type) {
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		if seen[t] {
			return
		}
		seen[t] = true
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return
		}
		for f := range s.Fields() {
			if f.Exported() {
				vars[f.Origin()] = true
			}
			if f.Exported() || f.Embedded() {
				addType(f.Type())
			}
		}
	}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if !token.IsExported(name) {
			continue
		}
		obj := scope.Lookup(name)
		if v, ok := obj.(*types.Var); ok {
			vars[v] = true
		}
		addType(obj.Type())
	}
	return vars
}

package goroutine

import (
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// fieldAt is the last field on a path into a value of type t.
func fieldAt(t types.Type, p Path) *types.Var {
	if fields := fieldsAt(t, p); len(fields) > 0 {
		return fields[len(fields)-1]
	}
	return nil
}

// fieldsAt are the fields on a path into a value of type t: those behind the last
// element that has any behind it. It is nil if the path leads to no field.
func fieldsAt(t types.Type, p Path) []*types.Var {
	var fields []*types.Var
	element := false
	for s := string(p); s != ""; {
		if t == nil {
			return nil
		}
		end := 1 + strings.IndexAny(s[1:]+".", ".[{<")
		step := s[:end]
		s = s[end:]
		switch u := t.Underlying().(type) {
		case *types.Struct:
			i, err := strconv.Atoi(strings.TrimPrefix(step, "."))
			if err != nil || i >= u.NumFields() {
				return nil
			}
			if element {
				fields, element = nil, false
			}
			fields, t = append(fields, u.Field(i).Origin()), u.Field(i).Type()
		case *types.Array:
			element, t = true, u.Elem()
		case *types.Slice:
			element, t = true, u.Elem()
		case *types.Map:
			element, t = true, u.Elem()
		default:
			return nil
		}
	}
	return fields
}

// PartOf are the fields, outermost first, by which the lock of a is a part of its
// object, or of an element of it, behind the package-level variable that the object
// is; nil if a may be of several objects.
func (x *Exploration) PartOf(a *Acquisition) []*types.Var {
	if len(a.keys) != 1 {
		return nil
	}
	o := a.Lock.Object
	fields := fieldsAt(o.Type, a.Lock.Path)
	if g, ok := o.Value.(*ssa.Global); ok && o.Kind == Global && !isElement(a.Lock.Path) {
		if v, ok := g.Object().(*types.Var); ok {
			return append([]*types.Var{v}, fields...)
		}
	}
	return fields
}

package instrument

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
)

// literal is a function literal that does what a function or method does. The
// first parameter is added, if there is one; recv is the first argument.
func (e *editor) literal(u use, first, recv string) string {
	params, results, ok := e.signature(u.fn.Signature(), u.x.Pos())
	if !ok {
		e.leave(u.x.Pos(), shadowed)
		return e.unchanged(u)
	}
	var named, args []string
	if first != "" {
		named = append(named, first)
	}
	if recv != "" {
		args = append(args, recv)
	}
	for i, t := range params {
		name := fmt.Sprintf("lockstep_p%d", i)
		named, args = append(named, name+" "+t), append(args, name)
	}
	returns, gap := "", ""
	if len(results) > 0 {
		returns = "return "
	}
	if recv != "lockstep_r" { // else what is around the literal has the lines
		gap = e.gap(u.x.Pos(), u.x.End())
	}
	if u.how == nil {
		e.keepImport(u)
	}
	args = append(args, e.at(u.x.Pos(), e.source(u.x)))
	return fmt.Sprintf("func(%s) (%s) { %s%s%s(%s) }", strings.Join(named, ", "), strings.Join(results, ", "),
		gap, returns, e.name(u.operation), strings.Join(args, ", "))
}

// signature is the types of parameters and results, as they can be written at
// p.
func (e *editor) signature(sig *types.Signature, p token.Pos) (params, results []string, ok bool) {
	for tuple, list := range map[*types.Tuple]*[]string{sig.Params(): &params, sig.Results(): &results} {
		for v := range tuple.Variables() {
			t, ok := e.typeText(v.Type(), p)
			if !ok {
				return nil, nil, false
			}
			*list = append(*list, t)
		}
	}
	return params, results, true
}

const shadowed = "its type cannot be written here"

// typeText writes a type, as it can be written at p. Types of other packages
// get an import of ours.
func (e *editor) typeText(t types.Type, p token.Pos) (text string, ok bool) {
	if i, ok := types.Unalias(t).(*types.Interface); ok && i.Empty() {
		return "interface{}", true
	}
	if !e.nameable(t, p, 0) {
		return "", false
	}
	return types.TypeString(t, func(pkg *types.Package) string {
		if pkg == e.pkg {
			return ""
		}
		return e.importFor(pkg)
	}), true
}

// importFor is the name of an import of ours for a package.
func (e *editor) importFor(pkg *types.Package) string {
	for i := 0; ; i++ {
		as := "lockstep_" + pkg.Name()
		if i > 0 {
			as += fmt.Sprint(i)
		}
		if path := e.imports[as]; path == "" || path == pkg.Path() {
			e.imports[as] = pkg.Path()
			return as
		}
	}
}

// nameable reports whether a type can be written at p.
func (e *editor) nameable(t types.Type, p token.Pos, depth int) bool {
	all := func(list ...types.Type) bool {
		for _, t := range list {
			if depth > 10 || !e.nameable(t, p, depth+1) {
				return false
			}
		}
		return true
	}
	tuple := func(t *types.Tuple) bool {
		for i := range t.Len() {
			if !all(t.At(i).Type()) {
				return false
			}
		}
		return true
	}
	switch t := t.(type) {
	case *types.Basic:
		return t.Kind() == types.UnsafePointer || t.Info()&types.IsUntyped == 0 && e.predeclared(p, t.Name())
	case *types.Pointer:
		return all(t.Elem())
	case *types.Slice:
		return all(t.Elem())
	case *types.Array:
		return all(t.Elem())
	case *types.Chan:
		return all(t.Elem())
	case *types.Map:
		return all(t.Key(), t.Elem())
	case *types.Signature:
		return t.TypeParams() == nil && tuple(t.Params()) && tuple(t.Results())
	case *types.Interface:
		return t.Empty() && e.predeclared(p, "any")
	case *types.Struct:
		return t.NumFields() == 0
	case *types.Alias:
		return e.visible(t.Obj(), p) && typeArgs(t.TypeArgs(), all)
	case *types.Named:
		return e.visible(t.Obj(), p) && typeArgs(t.TypeArgs(), all)
	case *types.TypeParam:
		return e.visible(t.Obj(), p)
	}
	return false
}

func typeArgs(list *types.TypeList, all func(...types.Type) bool) bool {
	for i := range list.Len() {
		if !all(list.At(i)) {
			return false
		}
	}
	return true
}

// visible reports whether the name of a type can be written at p: it is
// declared there, or can be imported.
func (e *editor) visible(obj *types.TypeName, p token.Pos) bool {
	switch pkg := obj.Pkg(); {
	case pkg == nil:
		return e.predeclared(p, obj.Name())
	case pkg != e.pkg:
		return obj.Exported() && e.importable(pkg)
	}
	scope := e.pkg.Scope().Innermost(p)
	if scope == nil {
		return false
	}
	_, found := scope.LookupParent(obj.Name(), p)
	return found == obj
}

// importable reports whether the file can import a package: it does, or it is
// one of those whose functions stand in our table.
func (e *editor) importable(pkg *types.Package) bool {
	switch pkg.Path() {
	case "sync", "time", "context", "testing":
		return true
	}
	for _, spec := range e.file.Imports {
		if spec.Path.Value == `"`+pkg.Path()+`"` {
			return true
		}
	}
	return false
}

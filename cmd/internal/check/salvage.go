package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// A package that does not type-check cannot be given to the checks as it is:
// types are missing anywhere, and the SSA builder panics on that. But mostly it is
// the body of one function that is wrong, while somebody edits it, or an import
// that does not resolve. So the functions whose bodies have errors, or use what has
// no type, are taken for ones that are written in another language, which Go
// permits; package-level variables that are wrong are left out; and the package is
// type-checked again. That shows who used those variables. If only soft errors are
// left, such as imports that the bodies alone used, the rest of the package can be
// analysed.
//
// A function that mentions one of those left out is analysed, but nothing is
// reported of it: the body left out may be the one that takes or releases its
// lock, or waits for its goroutine.

// salvage returns a copy of pkg without the functions and variables that are wrong,
// and the functions about which nothing can be said: those left out and those that
// mention them. ok is false if something else is wrong.
func salvage(pkg *packages.Package) (copied *packages.Package, doubtful []*ast.FuncDecl, ok bool) {
	if slices.ContainsFunc(pkg.Errors, func(err packages.Error) bool { return err.Kind == packages.ParseError }) {
		return nil, nil, false
	}
	broken := make(map[ast.Node]bool)
	errs, info := pkg.TypeErrors, pkg.TypesInfo
	for range maxRounds {
		more, ok := wrong(pkg.Syntax, errs)
		if !ok {
			return nil, nil, false
		}
		more = append(more, untyped(pkg.Syntax, info)...)
		before := len(broken)
		for _, n := range more {
			broken[n] = true
		}
		if copied != nil && len(broken) == before {
			return copied, mentioning(copied, broken), true
		}
		files := make([]*ast.File, len(pkg.Syntax))
		for i, file := range pkg.Syntax {
			files[i] = without(file, broken)
		}
		copied, errs = recheck(pkg, files)
		info = copied.TypesInfo
	}
	return nil, nil, false
}

// maxRounds bounds how often a package is type-checked.
const maxRounds = 5

// wrong lists the functions and variables with errors that are not soft. ok is
// false if one is elsewhere. An import that failed is no error by itself: what
// uses it has no type.
func wrong(files []*ast.File, errs []types.Error) (list []ast.Node, ok bool) {
	for _, err := range errs {
		if err.Soft {
			continue
		}
		switch n := enclosing(files, err.Pos).(type) {
		case *ast.ImportSpec:
		case nil:
			return nil, false
		default:
			list = append(list, n)
		}
	}
	return list, true
}

// untyped lists the functions and variables that use something of which the type is
// not known. That needs no error of this package: a variable of an imported one may
// have no type, since that one does not type-check, and nothing is said of its uses.
func untyped(files []*ast.File, info *types.Info) []ast.Node {
	var list []ast.Node
	for _, file := range files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Body != nil && usesUntyped(decl.Body, info) {
					list = append(list, decl)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if decl.Tok == token.VAR && usesUntyped(spec, info) {
						list = append(list, spec)
					}
				}
			}
		}
	}
	return list
}

func usesUntyped(root ast.Node, info *types.Info) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			obj := info.Uses[n]
			_, defines := info.Defs[n]
			if obj == nil {
				obj = info.Defs[n]
			}
			switch obj.(type) {
			case nil:
				found = found || n.Name != "_" && !defines
			case *types.PkgName, *types.Label, *types.Builtin: // have no type
			default:
				found = found || invalid(obj.Type(), 0)
			}
		case ast.Expr:
			tv, ok := info.Types[n]
			found = found || ok && !tv.IsBuiltin() && invalid(tv.Type, 0)
		}
		return !found
	})
	return found
}

// invalid reports whether values of type t have a part that the type checker
// gave up on; depth is 0. Fields do not count, so long as they are not used.
func invalid(t types.Type, depth int) bool {
	if depth > 8 {
		return false
	}
	in := func(t types.Type) bool { return invalid(t, depth+1) }
	switch t := t.(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Alias:
		return in(types.Unalias(t))
	case *types.Named:
		return in(t.Underlying())
	case *types.Pointer:
		return in(t.Elem())
	case *types.Slice:
		return in(t.Elem())
	case *types.Array:
		return in(t.Elem())
	case *types.Chan:
		return in(t.Elem())
	case *types.Map:
		return in(t.Key()) || in(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			if in(v.Type()) {
				return true
			}
		}
	case *types.Signature:
		return in(t.Params()) || in(t.Results())
	}
	return false
}

// enclosing is what is around pos, if it is the body of a function, a
// package-level variable, or an import; else nil.
func enclosing(files []*ast.File, pos token.Pos) ast.Node {
	for _, file := range files {
		if pos < file.FileStart || file.FileEnd < pos {
			continue
		}
		for _, decl := range file.Decls {
			if pos < decl.Pos() || decl.End() < pos {
				continue
			}
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Body != nil && decl.Body.Pos() <= pos {
					return decl
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if (decl.Tok == token.VAR || decl.Tok == token.IMPORT) && spec.Pos() <= pos && pos <= spec.End() {
						return spec
					}
				}
			}
		}
	}
	return nil
}

// without copies the file, with the broken functions as mere declarations and
// without the broken variables. An init or a main, which must have a body, is left
// out as well.
func without(file *ast.File, broken map[ast.Node]bool) *ast.File {
	copied := *file
	copied.Decls = nil
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if broken[d] {
				if d.Recv == nil && (d.Name.Name == "init" || d.Name.Name == "main") {
					continue
				}
				bare := *d
				bare.Body = nil
				decl = &bare
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				rest := *d
				rest.Specs = slices.DeleteFunc(slices.Clone(d.Specs), func(spec ast.Spec) bool { return broken[spec] })
				if len(rest.Specs) == 0 {
					continue
				}
				decl = &rest
			}
		}
		copied.Decls = append(copied.Decls, decl)
	}
	return &copied
}

// recheck type-checks files as the package pkg. The copy has the errors as well.
func recheck(pkg *packages.Package, files []*ast.File) (*packages.Package, []types.Error) {
	copied := *pkg
	copied.Syntax = files
	copied.TypeErrors = nil
	copied.Types = types.NewPackage(pkg.PkgPath, pkg.Name)
	copied.TypesInfo = NewTypesInfo()
	conf := &types.Config{
		Importer: importerFunc(func(path string) (*types.Package, error) {
			if path == "unsafe" {
				return types.Unsafe, nil
			}
			if dep := pkg.Imports[path]; dep != nil && dep.Types != nil && dep.Types.Complete() {
				return dep.Types, nil
			}
			return nil, fmt.Errorf("package %s was not loaded", path)
		}),
		Sizes: pkg.TypesSizes,
		Error: func(err error) {
			if err, ok := err.(types.Error); ok { // it always is
				copied.TypeErrors = append(copied.TypeErrors, err)
			}
		},
	}
	if pkg.Module != nil && pkg.Module.GoVersion != "" {
		conf.GoVersion = "go" + pkg.Module.GoVersion
	}
	_ = types.NewChecker(conf, pkg.Fset, copied.Types, copied.TypesInfo).Files(files) // errors went to conf.Error
	return &copied, copied.TypeErrors
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// mentioning lists the broken functions and those that mention one.
func mentioning(pkg *packages.Package, broken map[ast.Node]bool) []*ast.FuncDecl {
	names := make(map[token.Pos]bool)
	var doubtful []*ast.FuncDecl
	for n := range broken {
		if fn, ok := n.(*ast.FuncDecl); ok {
			names[fn.Name.Pos()] = true
			doubtful = append(doubtful, fn)
		}
	}
	for _, file := range pkg.Syntax {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			mentions := false
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					// A method may be called on any instance of its type.
					if obj, ok := pkg.TypesInfo.Uses[id].(*types.Func); ok && names[obj.Origin().Pos()] {
						mentions = true
					}
				}
				return !mentions
			})
			if mentions {
				doubtful = append(doubtful, fn)
			}
		}
	}
	return doubtful
}

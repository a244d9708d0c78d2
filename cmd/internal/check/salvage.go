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
// the body of one function that is wrong, while somebody edits it. So the
// functions whose bodies have errors are taken for ones that are written in another
// language, which Go permits, and the package is type-checked again. If only
// soft errors are left, such as imports that the bodies alone used, the rest of the
// package can be analysed.
//
// A function that mentions one of those left out is analysed, but nothing is
// reported of it: the body left out may be the one that takes or releases its
// lock, or waits for its goroutine.

// salvage returns a copy of pkg without the functions that are wrong, and the
// functions about which nothing can be said: those left out and those that
// mention them. Wrong are those with errors and those that have one of the gaps.
// ok is false if what is wrong is not within functions.
func salvage(pkg *packages.Package, gaps []token.Pos) (copied *packages.Package, doubtful []*ast.FuncDecl, ok bool) {
	if slices.ContainsFunc(pkg.Errors, func(err packages.Error) bool { return err.Kind == packages.ParseError }) {
		return nil, nil, false
	}
	places := slices.Clone(gaps)
	for _, err := range pkg.TypeErrors {
		if !err.Soft {
			places = append(places, err.Pos)
		}
	}
	broken := make(map[*ast.FuncDecl]bool)
	for _, pos := range places {
		fn := enclosing(pkg.Syntax, pos)
		if fn == nil || fn.Body == nil || pos < fn.Body.Pos() {
			return nil, nil, false
		}
		broken[fn] = true
	}
	files := make([]*ast.File, len(pkg.Syntax))
	for i, file := range pkg.Syntax {
		files[i] = withoutBodies(file, broken)
	}
	copied, err := recheck(pkg, files)
	if err != nil {
		return nil, nil, false
	}
	return copied, mentioning(copied, broken), true
}

// gaps are the places where a type is missing although the package itself has no
// error there. An import with errors is read as far as it goes, and what it says
// of a type that it could not find is an invalid type; the type checker is
// silent about whatever is done with that, and records nothing of it.
func gaps(pkg *packages.Package) []token.Pos {
	if !pkg.IllTyped {
		return nil
	}
	var places []token.Pos
	for _, file := range pkg.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name != "_" {
				obj, known := pkg.TypesInfo.Defs[id]
				if !known {
					obj, known = pkg.TypesInfo.Uses[id]
				}
				if !known || lacksType(obj) {
					places = append(places, id.Pos())
				}
			}
			return true
		})
	}
	return places
}

// lacksType reports whether the type of what obj names was not found. Packages,
// labels and built-in functions have none.
func lacksType(obj types.Object) bool {
	switch obj.(type) {
	case *types.Var, *types.Const, *types.Func, *types.TypeName:
		return invalid(obj.Type())
	}
	return false
}

// invalid reports whether t is an invalid type or a function that takes or
// returns one.
func invalid(t types.Type) bool {
	if sig, ok := t.(*types.Signature); ok {
		for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
			for v := range tuple.Variables() {
				if invalid(v.Type()) {
					return true
				}
			}
		}
	}
	return t == types.Typ[types.Invalid]
}

// enclosing is the function declaration around pos, or nil.
func enclosing(files []*ast.File, pos token.Pos) *ast.FuncDecl {
	for _, file := range files {
		if pos < file.FileStart || file.FileEnd < pos {
			continue
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Pos() <= pos && pos <= fn.End() {
				return fn
			}
		}
	}
	return nil
}

// withoutBodies copies the file, with the broken functions as mere
// declarations. An init or a main, which must have a body, is left out.
func withoutBodies(file *ast.File, broken map[*ast.FuncDecl]bool) *ast.File {
	copied := *file
	copied.Decls = nil
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && broken[fn] {
			if fn.Recv == nil && (fn.Name.Name == "init" || fn.Name.Name == "main") {
				continue
			}
			bare := *fn
			bare.Body = nil
			decl = &bare
		}
		copied.Decls = append(copied.Decls, decl)
	}
	return &copied
}

// recheck type-checks files as the package pkg. Its error is the first that is
// not soft.
func recheck(pkg *packages.Package, files []*ast.File) (*packages.Package, error) {
	copied := *pkg
	copied.Syntax = files
	copied.TypeErrors = nil
	copied.Types = types.NewPackage(pkg.PkgPath, pkg.Name)
	copied.TypesInfo = &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
	var hard error
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
			if terr, ok := err.(types.Error); ok && terr.Soft {
				copied.TypeErrors = append(copied.TypeErrors, terr)
			} else if hard == nil {
				hard = err
			}
		},
	}
	if pkg.Module != nil && pkg.Module.GoVersion != "" {
		conf.GoVersion = "go" + pkg.Module.GoVersion
	}
	_ = types.NewChecker(conf, pkg.Fset, copied.Types, copied.TypesInfo).Files(files) // errors went to conf.Error
	return &copied, hard
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// mentioning lists the broken functions and those that mention one.
func mentioning(pkg *packages.Package, broken map[*ast.FuncDecl]bool) []*ast.FuncDecl {
	names := make(map[token.Pos]bool)
	var doubtful []*ast.FuncDecl
	for fn := range broken {
		names[fn.Name.Pos()] = true
		doubtful = append(doubtful, fn)
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

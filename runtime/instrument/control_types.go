package instrument

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// importMap has imported packages by path.
type importMap = map[string]*types.Package

// imports reads the types of imported packages from export data.
type imports struct {
	exports  func(path string) (file string)
	read     Source
	fset     *token.FileSet
	packages importMap
}

// Import makes imports a [types.Importer].
func (im *imports) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := im.packages[path]; p != nil && p.Complete() {
		return p, nil
	}
	file := im.exports(path)
	if file == "" {
		return nil, fmt.Errorf("there is no export data of %s", path)
	}
	data, err := im.read(file)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 the go command's files are still archives
	r, err := gcexportdata.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, im.fset, im.packages, path)
}

// exports lists the export data of what the unit imports, by the names of
// the files. Imports of files that do not parse do not matter: those stay as they are.
func (u *unit) exports(im *imports) []string {
	var list []string
	for v := u; v != nil; v = v.tested {
		for _, f := range v.files {
			file, err := parser.ParseFile(token.NewFileSet(), f.name, f.src, parser.ImportsOnly)
			if err != nil {
				continue
			}
			for _, spec := range file.Imports {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil {
					list = append(list, path+" "+im.exports(path))
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// A checked unit has its syntax and types.
type checked struct {
	*unit
	fset  *token.FileSet
	files []*ast.File
	pkg   *types.Package
	info  *types.Info

	imports *imports // that it was checked with
}

// check parses and type-checks a unit, once.
func (u *unit) check(im *imports) (*checked, *Native) {
	if u.checked == nil && u.failed == nil {
		u.checked, u.failed = u.checkNow(im)
	}
	return u.checked, u.failed
}

func (u *unit) checkNow(im *imports) (*checked, *Native) {
	if u.tested != nil || u.external {
		im = &imports{im.exports, im.read, im.fset, make(importMap)}
	}
	c := &checked{unit: u, fset: im.fset, imports: im, info: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object),
		Uses: make(map[*ast.Ident]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Implicits: make(map[ast.Node]types.Object), Scopes: make(map[ast.Node]*types.Scope),
		Instances: make(map[*ast.Ident]types.Instance), FileVersions: make(map[*ast.File]string),
	}}
	if u.tested != nil {
		// What is tested comes from its source, since its internal tests may add
		// to it. What else imports it has to refer to that, so no package that
		// was read before can be used, but for those that it imports itself.
		t, native := u.tested.check(im)
		if native != nil {
			return nil, native
		}
		im.packages = maps.Clone(t.imports.packages)
		im.packages[t.pkg.Path()] = t.pkg
	}
	for _, f := range u.files {
		file, err := parser.ParseFile(c.fset, f.name, f.src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, nativeError(f.name, "it does not parse: ", err)
		}
		c.files = append(c.files, file)
	}
	var first error
	config := types.Config{
		GoVersion: u.version, Importer: im, FakeImportC: true,
		Error: func(err error) {
			if first == nil && !u.isCgo(err) {
				first = err
			}
		},
	}
	c.pkg, _ = config.Check(u.path, c.fset, c.files, c.info)
	if first != nil {
		return nil, nativeError(u.files[0].name, "the package does not type-check: ", first)
	}
	return c, nil
}

// isCgo reports whether an error is in a file that uses cgo, whose types are not
// known.
func (u *unit) isCgo(err error) bool {
	var t types.Error
	return errors.As(err, &t) && slices.ContainsFunc(u.files, func(f unitFile) bool {
		return f.native == usesCgo && f.name == t.Fset.File(t.Pos).Name()
	})
}

// nativeError makes a Native of an error, which may have a position.
func nativeError(file, what string, err error) *Native {
	n := &Native{File: file, Reason: what + err.Error()}
	var t types.Error
	var list scanner.ErrorList
	switch {
	case errors.As(err, &t):
		p := t.Fset.Position(t.Pos)
		n.File, n.Line, n.Column, n.Reason = p.Filename, p.Line, p.Column, what+t.Msg
	case errors.As(err, &list) && len(list) > 0:
		p := list[0].Pos
		n.File, n.Line, n.Column, n.Reason = p.Filename, p.Line, p.Column, what+list[0].Msg
	}
	n.Reason, _, _ = strings.Cut(n.Reason, "\n")
	return n
}

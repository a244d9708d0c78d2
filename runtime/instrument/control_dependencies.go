package instrument

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/version"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Dependencies under control
//
// The go command refuses to overlay files of the module cache, so a goroutine that
// errgroup starts would be out of control, and with it what it calls of the user's.
// Such packages are copied into the injected folder, changed as the user's are, and
// the user's files import the copies. The types of a copy are not those of the original, so
// only packages are copied that nobody imports but the user's packages and other copies:
// then no value of such a type can come from where the original is used.

// movable lists the dependencies that are copied, by import path.
func (c *composer) movable() map[string]*Package {
	candidates := make(map[string]*Package)
	for i := range c.opt.Packages {
		p := &c.opt.Packages[i]
		if p.DepOnly && !p.Standard && !p.controlled() && p.Name != "main" && p.Module != nil && c.copies(p) {
			candidates[p.ImportPath] = p
		}
	}
	for again := true; again; {
		again = false
		for i := range c.opt.Packages {
			p := &c.opt.Packages[i]
			if p.controlled() || candidates[p.ImportPath] != nil {
				continue
			}
			for _, path := range p.Imports {
				if candidates[path] != nil {
					delete(candidates, path)
					again = true
				}
			}
		}
	}
	return candidates
}

// copies reports whether a copy of a package under another path would compile, and
// has anything to do with goroutines.
func (c *composer) copies(p *Package) bool {
	if len(p.CgoFiles)+len(p.EmbedFiles) > 0 || p.Error != nil {
		return false
	}
	for _, path := range p.Imports {
		if slices.Contains(strings.Split(path, "/"), "internal") || path == "C" {
			return false
		}
	}
	concurrent := false
	for _, name := range p.GoFiles {
		src, err := c.opt.Source(p.file(name))
		if err != nil {
			return false
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil || bodyless(file) {
			return false
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.GoStmt, *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
				concurrent = true
			}
			return !concurrent
		})
	}
	return concurrent
}

// bodyless reports whether a file has functions whose bodies are elsewhere, in
// assembly or under another name.
func bodyless(file *ast.File) bool {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body == nil {
			return true
		}
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//go:linkname ") {
				return true
			}
		}
	}
	return false
}

// moveDependencies copies the dependencies that can be, and makes those who import
// them import the copies.
func (c *composer) moveDependencies() error {
	moved := c.movable()
	if len(moved) == 0 {
		return nil
	}
	c.result.Uncopied = maps.Clone(c.result.Overlay)
	paths := make(map[string]string, len(moved))
	for path := range moved {
		paths[path] = c.home + "/dependency/" + path
	}
	for i := range c.opt.Packages {
		p := &c.opt.Packages[i]
		switch {
		case moved[p.ImportPath] == p:
			if err := c.move(p, paths); err != nil {
				return err
			}
		case p.controlled():
			for _, name := range p.files(c.opt.Tests && !p.DepOnly) {
				src, err := c.current(name)
				if err != nil {
					return err
				}
				if out, err := reimport(name, src, paths); err == nil && string(out) != string(src) && !c.embedded[name] {
					c.result.Overlay[name] = out
				}
			}
		}
	}
	return nil
}

// current is the file as it is compiled so far.
func (c *composer) current(name string) ([]byte, error) {
	if src, ok := c.result.Overlay[name]; ok {
		return src, nil
	}
	return c.opt.Source(name)
}

// move makes the changed copy of a dependency.
func (c *composer) move(p *Package, paths map[string]string) error {
	u, err := c.unit(p, false)
	if err != nil {
		return err
	}
	u.points = []Point{} // its memory is not the user's concern
	if err := c.rewriteUnit(u); err != nil {
		return err
	}
	for _, f := range u.files {
		src, err := c.current(f.name)
		if err != nil {
			return err
		}
		delete(c.result.Overlay, f.name)
		if src, err = reimport(f.name, src, paths); err != nil {
			return err
		}
		if src, err = keepVersion(f.name, src, u.version); err != nil {
			return err
		}
		to := filepath.Join(c.dir, "dependency", filepath.FromSlash(p.ImportPath), filepath.Base(f.name))
		c.result.Overlay[to] = src
	}
	return nil
}

// keepVersion makes a file that comes into another module keep the language version
// of its own, as far as a file can say: loop variables changed their meaning.
func keepVersion(name string, src []byte, v string) ([]byte, error) {
	switch {
	case v == "" || version.Compare(v, generics) < 0: // it was raised
		return src, nil
	case version.Compare(v, newEnough) < 0:
		v = newEnough
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	lang := version.Lang(v)
	if _, err := strconv.Atoi(strings.TrimPrefix(lang, "go1.")); err != nil {
		return src, nil
	}
	return []byte(raise(string(src), file, func(p token.Pos) int { return fset.Position(p).Offset }, lang)), nil
}

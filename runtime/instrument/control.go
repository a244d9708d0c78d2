package instrument

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// A Native is an operation, a file or a package that was left as it is where
// it should have been put under control.
type Native struct {
	File         string // absolute
	Line, Column int    // 0 if it is the whole file
	Reason       string
}

// A Point is the position of an access to shared memory: of the variable's
// name, as [token.Position] counts.
type Point struct {
	File         string // absolute
	Line, Column int
}

// A Cache keeps what packages were rewritten to, by a key that
// changes with whatever decides about that, but with lockstep's own version.
type Cache interface {
	Get(key string) (data []byte, ok bool)
	Put(key string, data []byte)
}

// A unit is what is type-checked and rewritten together: the files of
// a package with its internal tests, or its external tests.
type unit struct {
	path    string // import path
	name    string // package name, without _test
	dir     string
	files   []unitFile
	tested  *unit  // of external tests: what they test
	version string // of the language, such as "go1.21", or "" for the newest
	home    string // import path of the injected folder
	main    bool   // the program ends with its function main
	tests   bool   // its tests are run
	values  bool
	points  []Point
	nothing bool // it is there to be imported by its external tests, and is not rewritten
	// external says that it has external tests which are rewritten too.
	external bool

	checked *checked
	failed  *Native
}

type unitFile struct {
	name string // absolute
	src  []byte
	// native says why the file is to stay as it is, if it is.
	native string
}

const usesCgo = "it uses cgo"

// A rewriting is what a unit is rewritten to.
type rewriting struct {
	Files  map[string][]byte // by absolute name; files that stay as they are are left out
	Native []Native
}

// key identifies what the unit is rewritten to: it is a hash of all that
// decides about that, but for this program's own version. exports names the
// export data of what the unit imports; names have to differ where contents do.
func (u *unit) key(exports []string) string {
	h := sha256.New()
	for v := u; v != nil; v = v.tested {
		fmt.Fprintf(h, "%q %q %q %q %q %t %t %t %v\n", v.path, v.name, v.dir, v.version, v.home, v.main, v.tests, v.values, v.points)
		for _, f := range v.files {
			fmt.Fprintf(h, "%q %q %d\n", f.name, f.native, len(f.src))
			h.Write(f.src)
		}
	}
	for _, file := range exports {
		fmt.Fprintf(h, "%q\n", file)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// controlPackage puts the files of a package under control.
func (c *composer) controlPackage(p *Package) error {
	tests := c.opt.Tests && !p.DepOnly
	in, err := c.unit(p, tests)
	if err != nil {
		return err
	}
	if !p.ours() && !in.isConcurrent() {
		return nil // vendored code may be much
	}
	in.external = tests && len(p.XTestGoFiles) > 0
	if err := c.rewriteUnit(in); err != nil {
		return err
	}
	if !in.external {
		return nil
	}
	return c.externalTests(p, in)
}

func (c *composer) externalTests(p *Package, tested *unit) error {
	ext := &unit{
		path: p.ImportPath + "_test", name: p.Name + "_test", dir: p.Dir, tested: tested,
		home: tested.home, version: tested.version, tests: true, values: tested.values, points: tested.points,
	}
	if err := c.addFiles(ext, p, p.XTestGoFiles, ""); err != nil {
		return err
	}
	return c.rewriteUnit(ext)
}

// unit reads the files of a package, with those of its internal tests.
func (c *composer) unit(p *Package, tests bool) (*unit, error) {
	u := &unit{
		path: p.ImportPath, name: p.Name, dir: p.Dir, home: c.home, version: c.languageVersion(p),
		main: p.Name == "main" && !c.opt.Tests && !p.DepOnly, tests: tests, values: c.opt.Values,
	}
	for _, point := range c.opt.Points {
		if filepath.Dir(point.File) == p.Dir {
			u.points = append(u.points, point)
		}
	}
	if c.opt.Points != nil && u.points == nil {
		u.points = []Point{}
	}
	if err := c.addFiles(u, p, p.GoFiles, ""); err != nil {
		return nil, err
	}
	if err := c.addFiles(u, p, p.CgoFiles, usesCgo); err != nil {
		return nil, err
	}
	if tests {
		if err := c.addFiles(u, p, p.TestGoFiles, ""); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// languageVersion is the version of the language that a package is written in.
func (c *composer) languageVersion(p *Package) string {
	switch {
	case p.Standard, c.home == evidence.ShimFolder: // it is in GOROOT
		return ""
	case p.Module == nil:
		return "go" + cmp.Or(c.opt.GoVersion, "1.21")
	}
	version := p.Module.GoVersion
	if r := p.Module.Replace; r != nil && version == "" {
		version = r.GoVersion
	}
	return "go" + cmp.Or(version, "1.16") // what the go command takes for a go.mod without a version
}

func (c *composer) addFiles(u *unit, p *Package, names []string, native string) error {
	for _, name := range names {
		f := unitFile{name: p.file(name), native: native}
		if c.embedded[f.name] {
			f.native = "the program embeds it"
		}
		src, err := c.opt.Source(f.name)
		if err != nil {
			return err
		}
		f.src = src
		u.files = append(u.files, f)
	}
	return nil
}

// rewriteUnit adds what a unit is rewritten to to the overlay.
func (c *composer) rewriteUnit(u *unit) error {
	if u.nothing || len(u.files) == 0 {
		return nil
	}
	im := &imports{exports: c.export, read: c.opt.Source, fset: c.fset, packages: c.imported}
	var r *rewriting
	key := ""
	if c.opt.Cache != nil {
		key = u.key(u.exports(im))
		if data, ok := c.opt.Cache.Get(key); ok {
			r = new(rewriting)
			if json.Unmarshal(data, r) != nil {
				r = nil
			}
		}
	}
	if r == nil {
		r = u.rewrite(im)
		if c.opt.Cache != nil {
			data, err := json.Marshal(r)
			if err != nil {
				return err
			}
			c.opt.Cache.Put(key, data)
		}
	}
	for name, src := range r.Files {
		c.result.Overlay[name] = src
	}
	c.result.Native = append(c.result.Native, r.Native...)
	return nil
}

// isConcurrent reports whether something in the unit has to do with goroutines,
// by its syntax.
func (u *unit) isConcurrent() bool {
	for _, f := range u.files {
		file, err := parser.ParseFile(token.NewFileSet(), f.name, f.src, parser.SkipObjectResolution)
		if err != nil {
			return false
		}
		found := slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
			path, _ := strconv.Unquote(spec.Path.Value)
			return slices.Contains([]string{"sync", "sync/atomic", "time", "context"}, path)
		})
		ast.Inspect(file, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.GoStmt, *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
				found = true
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// controlStandard puts programs of the standard library and external tests
// of its packages under control. What our packages import stays native.
func (c *composer) controlStandard(p *Package) error {
	if !c.opt.Tests && p.Name != "main" || c.opt.Tests && len(p.XTestGoFiles) == 0 {
		c.result.Bare = append(c.result.Bare, p.ImportPath)
		return nil
	}
	u, err := c.unit(p, c.opt.Tests)
	if err != nil {
		return err
	}
	if !c.opt.Tests {
		return c.rewriteUnit(u)
	}
	u.nothing, u.external = true, true
	return c.externalTests(p, u)
}

// prepareControl finds the export data of all packages.
func (c *composer) prepareControl() {
	c.fset, c.imported = token.NewFileSet(), make(importMap)
	c.export = c.opt.Export
	if c.export != nil {
		return
	}
	files := make(map[string]string)
	for _, p := range c.opt.Packages {
		if p.Export != "" {
			files[p.ImportPath] = p.file(p.Export)
		}
	}
	c.export = func(path string) string { return files[path] }
}

// controlled reports whether p is put under control: also what is vendored
// is the user's to change here, since no type is replaced.
func (p *Package) controlled() bool {
	if p.ours() {
		return true
	}
	return !p.Standard && p.Module != nil && slices.Contains(strings.Split(filepath.ToSlash(p.Dir), "/"), "vendor")
}

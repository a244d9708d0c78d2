// Package instrument makes the changed copies of a program that detectors
// need, as an overlay for the go command: the user's files, go.mod and vendor
// folder stay as they are.
//
// # Where things are put
//
// What is linked into the program lies in a folder that exists in the overlay
// only, inside the user's main module: <module>/lockstep_rt/... Every package of
// the program may import from there, whether it is in that module, in another
// module of the workspace, or in a folder that a replace directive names; with
// vendoring too. Alternatives fail somewhere: -modfile in workspaces, an overlaid
// go.mod with vendoring.
//
// go-deadlock comes from the module cache as it is, with two changes: its
// goroutine numbers come from package goid of ours, since the assembly of the
// original cannot be overlaid, and its stacks are printed by package stack of
// ours, which knows the exact lines.
//
// # Which locks are replaced
//
// sync.Mutex and sync.RWMutex are replaced in every package of the user's, in
// one decision for a whole binary: a type that crosses packages has to be the
// same in all of them. Syntax decides where; no types are needed. Whether the
// result still compiles, the compiler says: it does not if the program hands a
// *sync.Mutex to a package that cannot be rewritten, such as a dependency in
// the module cache. The caller then tries with one of the two types, and with
// none. That is sound since a replaced type is a type of its own: a program
// that compiles has no place where both meet, but for reflection, unsafe and
// type assertions on values from such packages.
//
// Not replaced are locks of dependencies and of the standard library, and those
// inside other types of package sync (Cond's own, WaitGroup, Once, Map).
//
// # What is put under control
//
// For a controlled run every operation with which goroutines wait for or wake
// each other becomes a call of package control, and so does every access to memory
// that they may share. Types decide: each package is type-checked, from its own
// source and the export data of what it imports, so the Packages have to be
// listed with the flags of the build, and with -export. No type is replaced, so
// packages can be rewritten or not one by one; vendored ones are.
//
// What cannot be rewritten stays native and is listed in [Result.Native]: a
// package that does not type-check, a file that uses cgo or is embedded, a lock in
// a field that cannot be named. Native are also dependencies in the module
// cache, and of the standard library all but programs and external tests.
//
// # Lines
//
// Replaced text stays on its line, imports are added on the line of the package
// clause, and the compiler records the name of the original file, so positions
// in reports are the user's. Columns are not. Under control a few expressions have to be
// evaluated on an earlier line than theirs: line directives tell where they are.
package instrument

import (
	"cmp"
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// Names of imports in rewritten files. No program uses them.
const (
	asLocks = "lockstep_locks"
	asEnd   = "lockstep_end"
)

// A Source reads a file of the user's.
type Source func(file string) ([]byte, error)

// Options say what to make of a program.
type Options struct {
	// Packages are those of the program, as [ParseList] returns them.
	Packages []Package
	// Tests says that the test binaries of the named packages are to be built,
	// not the main package.
	Tests bool
	// Locks are the types of package sync to replace: "Mutex", "RWMutex".
	Locks []string
	// Leaks says that the program is to write its goroutine leak profile. It
	// cannot be combined with Locks: go-deadlock keeps locks reachable.
	Leaks bool
	// Deadlock is the folder of go-deadlock's source. It is needed for Locks.
	Deadlock string
	// GoVersion is the language version for a program that is in no module,
	// such as "1.26".
	GoVersion string
	Source    Source

	// Control says that what goroutines do to each other is to go through the
	// scheduler in package control. It excludes Locks and Leaks.
	Control bool
	// Values says that the program is also to tell the values of shared
	// variables. That reads them: the race detector would complain.
	Values bool
	// Points are the accesses to shared memory where the scheduler may switch.
	// If it is nil, types decide.
	Points []Point
	// Export names the file with the export data of a package. The name has
	// to change with the contents, as those in the build cache do. If it is nil,
	// the Packages say it.
	Export func(importPath string) (file string)
	// Cache, if there is one, remembers rewritten packages.
	Cache Cache
}

// A Result is an instrumented program.
type Result struct {
	Overlay Overlay
	// Swapped counts the mentions of each type of Locks that were replaced.
	Swapped map[string]int
	// Bare lists the named packages that do not know when they end: those of
	// the standard library that must not import what is laid beside them, or
	// into a module.
	Bare []string
	// Unparsed are the errors of files that are left to the compiler to
	// complain about.
	Unparsed []error
	// Native lists what is not under control.
	Native []Native
	// Uncopied is an overlay in which dependencies stay as they are, should that
	// with copies of some not compile; nil if there are no copies.
	Uncopied Overlay
}

// Compose instruments a program.
func Compose(opt Options) (*Result, error) {
	c, err := change(opt)
	if err != nil {
		return nil, err
	}
	if c.home != "" {
		if err := c.lay(); err != nil {
			return nil, err
		}
	}
	if c.result.Uncopied != nil {
		for name, src := range c.result.Overlay {
			if filepath.Dir(filepath.Dir(name)) == c.dir {
				c.result.Uncopied[name] = src
			}
		}
	}
	return c.result, nil
}

// change makes the changed files of a program. There is a home in the result if
// something has to be laid there.
func change(opt Options) (*composer, error) {
	c := &composer{opt: opt, embedded: make(map[string]bool), result: &Result{Overlay: make(Overlay), Swapped: make(map[string]int)}}
	if opt.Leaks && len(opt.Locks) > 0 {
		return nil, fmt.Errorf("the leak profile and replaced locks exclude each other")
	}
	if opt.Control && (opt.Leaks || len(opt.Locks) > 0) {
		return nil, fmt.Errorf("control excludes the leak profile and replaced locks")
	}
	if !c.findHome() {
		for _, p := range opt.Packages {
			if !p.DepOnly && p.Standard {
				c.result.Bare = append(c.result.Bare, p.ImportPath)
			}
		}
		return c, nil
	}
	for _, p := range opt.Packages {
		for _, name := range slices.Concat(p.EmbedFiles, p.TestEmbedFiles, p.XTestEmbedFiles) {
			c.embedded[p.file(name)] = true
		}
	}
	inPackage, inStandard, ours := c.packageFiles, c.standardFiles, (*Package).ours
	if opt.Control {
		c.prepareControl()
		inPackage, inStandard, ours = c.controlPackage, c.controlStandard, (*Package).controlled
	}
	for i := range opt.Packages {
		if p := &opt.Packages[i]; ours(p) {
			if err := inPackage(p); err != nil {
				return nil, err
			}
		} else if c.standard && p.Standard && !p.DepOnly {
			if err := inStandard(p); err != nil {
				return nil, err
			}
		} else if !p.DepOnly && p.Standard {
			c.result.Bare = append(c.result.Bare, p.ImportPath)
		}
	}
	if opt.Control && !c.standard {
		if err := c.moveDependencies(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

type composer struct {
	opt    Options
	home   string // import path of the injected folder
	dir    string // the folder
	result *Result
	// standard says that the program is part of the Go distribution.
	standard bool
	// embedded are files that the program reads as they are. An overlay would
	// change what it reads.
	embedded map[string]bool

	// For control.
	fset     *token.FileSet
	imported importMap
	export   func(importPath string) (file string)
}

// findHome finds the module to lay things into. That is a main module that
// a named package is in. A program that is in no module, made of files named on the
// command line, gets a go.mod beside it in the overlay. Programs and tests of the
// standard library find it in GOROOT/src.
func (c *composer) findHome() bool {
	for _, p := range c.opt.Packages {
		if p.DepOnly || !p.ours() {
			continue
		}
		if m := p.Module; m != nil && m.Main && m.Dir != "" {
			c.home, c.dir = m.Path+"/"+evidence.ShimFolder, filepath.Join(m.Dir, evidence.ShimFolder)
			return true
		}
		if src := c.goroot(); c.opt.Control && p.Module == nil && src != "" && strings.HasPrefix(p.Dir, src+string(filepath.Separator)) {
			// Test data of the Go distribution may import its internal packages.
			c.home, c.dir = evidence.ShimFolder, filepath.Join(src, evidence.ShimFolder)
			return true
		}
		if p.Module == nil {
			c.home, c.dir = looseModule+"/"+evidence.ShimFolder, filepath.Join(p.Dir, evidence.ShimFolder)
			c.result.Overlay[filepath.Join(p.Dir, "go.mod")] = []byte("module " + looseModule + "\n\ngo " + cmp.Or(c.opt.GoVersion, "1.21") + "\n")
			return true
		}
	}
	for _, p := range c.opt.Packages {
		if src := p.sourceRoot(); !p.DepOnly && src != "" {
			c.home, c.dir = evidence.ShimFolder, filepath.Join(src, evidence.ShimFolder)
			c.standard = true
			return true
		}
	}
	return false
}

// goroot is GOROOT/src, or "" if no package shows it.
func (c *composer) goroot() string {
	for _, p := range c.opt.Packages {
		if src := p.sourceRoot(); src != "" {
			return src
		}
	}
	return ""
}

// looseModule is the module path of a program that is in no module.
const looseModule = "lockstep.invalid/program"

// ending is the package of ours that does what is to be done at the end.
func (c *composer) ending() string {
	if c.opt.Leaks {
		return c.home + "/leak"
	}
	return c.home + "/locks"
}

// packageFiles rewrites the files of a package of the user's.
func (c *composer) packageFiles(p *Package) error {
	named := !p.DepOnly
	swaps := []Swap{
		{From: "os", Names: []string{"Exit"}, To: c.ending(), As: asEnd},
	}
	for _, name := range c.opt.Locks {
		swaps = append(swaps, Swap{From: "sync", Names: []string{name}, To: c.home + "/locks", As: asLocks})
	}
	ends := false
	for _, file := range p.files(c.opt.Tests && named) {
		if c.embedded[file] {
			continue
		}
		src, err := c.opt.Source(file)
		if err != nil {
			return err
		}
		out, swapped, called, err := rewrite(file, src, swaps, c.endOf(p, file))
		if err != nil {
			c.result.Unparsed = append(c.result.Unparsed, err)
			continue
		}
		ends = ends || called
		for i, name := range c.opt.Locks {
			c.result.Swapped[name] += swapped[i+1]
		}
		if out != nil {
			c.result.Overlay[file] = out
		}
	}
	if c.opt.Tests && named && !ends && p.HasTests() {
		c.addTestMain(p, len(p.TestGoFiles) == 0)
	}
	return nil
}

// endOf is the call for the function in the given file with which the program ends.
func (c *composer) endOf(p *Package, file string) []Call {
	end := Call{Path: c.ending(), As: asEnd, Name: "AtEnd"}
	switch {
	case p.DepOnly:
		return nil
	case c.opt.Tests && strings.HasSuffix(file, "_test.go"):
		end.Func = "TestMain"
	case !c.opt.Tests && p.Name == "main":
		end.Func = "main"
	default:
		return nil
	}
	return []Call{end}
}

// standardFiles makes a program of the standard library, or external tests of
// one of its packages, know when they end. Nothing else is rewritten, since our
// packages import the library: that would be a circle. So tests whose TestMain
// is not external are left alone.
func (c *composer) standardFiles(p *Package) error {
	files := p.files(c.opt.Tests)
	if c.opt.Tests && !p.HasTests() || len(c.opt.Locks) > 0 && (c.opt.Tests || p.Name != "main") {
		return nil
	}
	swaps := []Swap{{From: "os", Names: []string{"Exit"}, To: c.ending(), As: asEnd}}
	for _, name := range c.opt.Locks {
		swaps = append(swaps, Swap{From: "sync", Names: []string{name}, To: c.home + "/locks", As: asLocks})
	}
	ends := false
	for _, file := range files {
		src, err := c.opt.Source(file)
		if err != nil {
			return err
		}
		external := slices.Contains(p.XTestGoFiles, filepath.Base(file))
		out, swapped, called, err := rewrite(file, src, swaps, c.endOf(p, file))
		switch {
		case err != nil:
			c.result.Unparsed = append(c.result.Unparsed, err)
		case c.opt.Tests && called && !external:
			c.result.Bare = append(c.result.Bare, p.ImportPath)
			return nil
		case out != nil && (external || !c.opt.Tests):
			c.result.Overlay[file] = out
			for i, name := range c.opt.Locks {
				c.result.Swapped[name] += swapped[i+1]
			}
		}
		ends = ends || called
	}
	if c.opt.Tests && !ends {
		c.addTestMain(p, true)
	}
	return nil
}

// testMainFile is the name of the file with TestMain, where we add one.
const testMainFile = "lockstep_rt_main_test.go"

// Ours reports whether a file in a user's folder, by its name, is one of those
// that exist in the overlay only.
func Ours(file string) bool { return path.Base(filepath.ToSlash(file)) == testMainFile }

// addTestMain gives the tests of a package a TestMain that ends properly.
func (c *composer) addTestMain(p *Package, external bool) {
	name := p.Name
	if external {
		name += "_test"
	}
	c.result.Overlay[filepath.Join(p.Dir, testMainFile)] = fmt.Appendf(nil, `package %s

import (
	lockstep_testing "testing"

	%s %q
)

func TestMain(m *lockstep_testing.M) { %[2]s.Exit(m.Run()) }
`, name, asEnd, c.ending())
}

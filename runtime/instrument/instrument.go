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
// go-deadlock comes from the module cache as it is, with two changes: its goroutine numbers
// come from package goid of ours, since the assembly of the original cannot be
// overlaid, and its stacks are printed by package stack of ours, which knows the exact lines.
//
// # Which locks are replaced
//
// sync.Mutex and sync.RWMutex are replaced in every package of the user's, in one
// decision for a whole binary: a type that crosses packages has to be the same in
// all of them. Syntax decides where; no types are needed. Whether the result
// still compiles, the compiler says: it does not if the program hands a *sync.Mutex to a package that
// cannot be rewritten, such as a dependency in the module cache. The caller then tries with one of the
// two types, and with none. That is sound since a replaced type is a type of its
// own: a program that compiles has no place where both meet, but for
// reflection, unsafe and type assertions on values from such packages.
//
// Not replaced are locks of dependencies and of the standard library, and those
// inside other types of package sync (Cond's own, WaitGroup, Once, Map).
//
// # Lines
//
// Replaced text stays on its line, imports are added on the line of the package
// clause, and the compiler records the name of the original file, so positions
// in reports are the user's. Columns are not.
package instrument

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/shim"

	"github.com/lockstep-go/lockstep/runtime/shim/locks"
)

// Import paths of what is laid into the program, as the packages that are laid
// know them.
const (
	shimPath     = "github.com/lockstep-go/lockstep/runtime/shim/"
	deadlockPath = "github.com/sasha-s/go-deadlock"
	goidPath     = "github.com/petermattis/goid"
)

// DeadlockModule is the module path of go-deadlock.
const DeadlockModule = deadlockPath

// DeadlockVersion is the version of go-deadlock that this program was built
// with, or "" if it does not know. The build information has it, but for test
// binaries; there the name of a file in the module cache does.
func DeadlockVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == DeadlockModule {
				return m.Version
			}
		}
	}
	file, _ := runtime.FuncForPC(reflect.ValueOf((*locks.Mutex).Lock).Pointer()).FileLine(0)
	_, rest, _ := strings.Cut(filepath.ToSlash(file), DeadlockModule+"@")
	version, _, _ := strings.Cut(rest, "/")
	return version
}

// Names of imports in rewritten files. No program uses them.
const (
	asLocks = "lockstep_locks"
	asEnd   = "lockstep_end"
)

// An Overlay is the content of files that replace those on disk or do not exist there, by
// absolute name.
type Overlay map[string][]byte

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
}

// A Result is an instrumented program.
type Result struct {
	Overlay Overlay
	// Swapped counts the mentions of each type of Locks that were replaced.
	Swapped map[string]int
	// Bare lists the named packages that do not know when they end: those of
	// the standard library, which cannot import what was laid into a module.
	Bare []string
	// Unparsed are the errors of files that are left to the compiler to
	// complain about.
	Unparsed []error
}

// Compose instruments a program.
func Compose(opt Options) (*Result, error) {
	c := &composer{opt: opt, embedded: make(map[string]bool), result: &Result{Overlay: make(Overlay), Swapped: make(map[string]int)}}
	if opt.Leaks && len(opt.Locks) > 0 {
		return nil, fmt.Errorf("the leak profile and replaced locks exclude each other")
	}
	if !c.findHome() {
		for _, p := range opt.Packages {
			if !p.DepOnly && p.Standard {
				c.result.Bare = append(c.result.Bare, p.ImportPath)
			}
		}
		return c.result, nil
	}
	for _, p := range opt.Packages {
		for _, name := range slices.Concat(p.EmbedFiles, p.TestEmbedFiles, p.XTestEmbedFiles) {
			c.embedded[p.file(name)] = true
		}
	}
	for i := range opt.Packages {
		if p := &opt.Packages[i]; p.ours() {
			if err := c.packageFiles(p); err != nil {
				return nil, err
			}
		} else if !p.DepOnly && p.Standard {
			c.result.Bare = append(c.result.Bare, p.ImportPath)
		}
	}
	if err := c.lay(); err != nil {
		return nil, err
	}
	return c.result, nil
}

type composer struct {
	opt    Options
	home   string // import path of the injected folder
	dir    string // the folder
	result *Result
	// embedded are files that the program reads as they are. An overlay would
	// change what it reads.
	embedded map[string]bool
}

// findHome finds the module to lay things into. That is a main module that
// a named package is in. A program that is in no module, made of files named on the
// command line, gets a go.mod beside it in the overlay.
func (c *composer) findHome() bool {
	for _, p := range c.opt.Packages {
		if p.DepOnly || !p.ours() {
			continue
		}
		if m := p.Module; m != nil && m.Main && m.Dir != "" {
			c.home, c.dir = m.Path+"/"+evidence.ShimFolder, filepath.Join(m.Dir, evidence.ShimFolder)
			return true
		}
		if p.Module == nil {
			c.home, c.dir = looseModule+"/"+evidence.ShimFolder, filepath.Join(p.Dir, evidence.ShimFolder)
			c.result.Overlay[filepath.Join(p.Dir, "go.mod")] = []byte("module " + looseModule + "\n\ngo " + cmp.Or(c.opt.GoVersion, "1.21") + "\n")
			return true
		}
	}
	return false
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
	end := Call{Path: c.ending(), As: asEnd, Name: "AtEnd"}
	ends := false
	for _, file := range p.files(c.opt.Tests && named) {
		if c.embedded[file] {
			continue
		}
		src, err := c.opt.Source(file)
		if err != nil {
			return err
		}
		var calls []Call
		isTest := strings.HasSuffix(file, "_test.go")
		switch {
		case c.opt.Tests && named && isTest:
			end.Func = "TestMain"
			calls = []Call{end}
		case !c.opt.Tests && named && p.Name == "main":
			end.Func = "main"
			calls = []Call{end}
		}
		out, swapped, called, err := rewrite(file, src, swaps, calls)
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
		c.addTestMain(p)
	}
	return nil
}

// testMainFile is the name of the file with TestMain, where we add one.
const testMainFile = "lockstep_rt_main_test.go"

// Ours reports whether a file in a user's folder, by its name, is one of those
// that exist in the overlay only.
func Ours(file string) bool { return path.Base(filepath.ToSlash(file)) == testMainFile }

// addTestMain gives a package a TestMain that ends properly.
func (c *composer) addTestMain(p *Package) {
	name := p.Name
	if len(p.TestGoFiles) == 0 {
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

// lay puts our packages and go-deadlock into the injected folder.
func (c *composer) lay() error {
	paths := map[string]string{
		deadlockPath: c.home + "/godeadlock",
		goidPath:     c.home + "/goid",
	}
	for _, name := range shim.Packages() {
		paths[shimPath+name] = c.home + "/" + name
	}
	wanted := []string{"final", "leak"}
	if !c.opt.Leaks {
		wanted = []string{"final", "goid", "locks", "stack"}
	}
	for _, name := range wanted {
		if err := c.layFolder(shim.Source, name, name, paths); err != nil {
			return err
		}
	}
	if c.opt.Leaks {
		return nil
	}
	if c.opt.Deadlock == "" {
		return fmt.Errorf("the folder of go-deadlock is not known")
	}
	if err := c.layFolder(os.DirFS(c.opt.Deadlock), ".", "godeadlock", paths); err != nil {
		return fmt.Errorf("reading go-deadlock: %w", err)
	}
	return c.printExactly()
}

// layFolder lays the files of a package, without its tests, into the folder
// to.
func (c *composer) layFolder(fsys fs.FS, from, to string, paths map[string]string) error {
	names, err := fs.Glob(fsys, path.Join(from, "*.go"))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("there are no Go files")
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		out, err := reimport(name, src, paths)
		if err != nil {
			return err
		}
		c.result.Overlay[filepath.Join(c.dir, to, path.Base(name))] = out
	}
	return nil
}

// printExactly makes go-deadlock print its stacks by package stack.
func (c *composer) printExactly() error {
	file := filepath.Join(c.dir, "godeadlock", "stacktraces.go")
	const before, after = "\nfunc printStack(", "\nfunc printStackInexactly("
	src := string(c.result.Overlay[file])
	if strings.Count(src, before) != 1 {
		return fmt.Errorf("go-deadlock's stacktraces.go is not the one that is known: it has no printStack")
	}
	c.result.Overlay[file] = []byte(strings.Replace(src, before, after, 1))
	c.result.Overlay[filepath.Join(c.dir, "godeadlock", "lockstep_stack.go")] = fmt.Appendf(nil, `package deadlock

import (
	"io"

	%q
)

func printStack(w io.Writer, pcs []uintptr) { stack.Print(w, pcs) }
`, c.home+"/stack")
	return nil
}

// A Replacement is what the go command reads from an overlay's JSON file: the
// name of the file to read instead of each, "" where none is to be there.
type Replacement map[string]string

// ReadReplacement reads such a file, from the working directory dir.
func ReadReplacement(jsonFile, dir string) (Replacement, error) {
	data, err := os.ReadFile(absolute(jsonFile, dir))
	if err != nil {
		return nil, err
	}
	var file struct{ Replace Replacement }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", jsonFile, err)
	}
	replace := make(Replacement, len(file.Replace))
	for from, to := range file.Replace {
		if to != "" {
			to = absolute(to, dir)
		}
		replace[absolute(from, dir)] = to
	}
	return replace, nil
}

func absolute(name, dir string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

// ReadFile reads the file that stands for name.
func (r Replacement) ReadFile(name string) ([]byte, error) {
	if to, ok := r[filepath.Clean(name)]; ok {
		if to == "" {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		name = to
	}
	return os.ReadFile(name)
}

// Write writes the overlay into dir, as files and the JSON file that the go
// command reads, the name of which it returns. What the user overlays already
// stays, where o has nothing of its own.
func (o Overlay) Write(dir string, users Replacement) (jsonFile string, err error) {
	replace := make(Replacement, len(o)+len(users))
	maps.Copy(replace, users)
	for i, name := range slices.Sorted(maps.Keys(o)) {
		// The name's end tells the go command what kind of file it is.
		file := filepath.Join(dir, fmt.Sprintf("%d_%s", i, filepath.Base(name)))
		if err := os.WriteFile(file, o[name], 0o644); err != nil {
			return "", err
		}
		replace[name] = file
	}
	data, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return "", err
	}
	jsonFile = filepath.Join(dir, "overlay.json")
	return jsonFile, os.WriteFile(jsonFile, data, 0o644)
}

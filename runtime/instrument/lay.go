package instrument

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"

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

// lay puts our packages and go-deadlock into the injected folder.
func (c *composer) lay() error {
	paths := map[string]string{
		deadlockPath: c.home + "/godeadlock",
		goidPath:     c.home + "/goid",
	}
	for _, name := range shim.Packages() {
		paths[shimPath+name] = c.home + "/" + name
	}
	wanted := []string{"final", "goid", "locks", "stack"}
	switch {
	case c.opt.Control:
		wanted = []string{"control", "controltest", "final", "goid", "leak"}
	case c.opt.Leaks:
		wanted = []string{"final", "leak"}
	}
	for _, name := range wanted {
		if err := c.layFolder(shim.Source, name, name, paths); err != nil {
			return err
		}
	}
	if c.opt.Leaks || c.opt.Control {
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
		if c.opt.Control {
			if out, err = raiseFile(name, out); err != nil {
				return err
			}
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

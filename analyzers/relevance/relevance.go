// Package relevance tells from the syntax of a package alone, before anything
// is type-checked, whether the package can matter for concurrency.
//
// Most packages cannot: four of five in a usual module, two of three among
// what it depends on. An engine has nothing to do for them, and a driver that
// reads dependencies has nothing to read.
//
// # The contract
//
// If [Package] says no, then no function of the package by itself starts a
// goroutine, uses a channel, acquires or releases a lock, or does what depends
// on another goroutine; and no comment in it is meant for lockstep. What calls
// of other packages' functions do on its behalf is not seen: a driver that
// hands summaries from package to package has to ask besides whether a package
// that is imported has any.
//
// If it says yes, that means little: it looks at names. A method called Lock
// may be a lease in a database, and whoever imports sync may do so for a
// sync.Pool.
//
// Not asked is what the type of a value alone can make wrong: where a value of
// another package's type is copied, with a lock in it, no name tells.
package relevance

import (
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// Package reports whether the package that consists of files, which were
// parsed with their comments, can matter for concurrency.
func Package(files []*ast.File) bool {
	for _, f := range files {
		if imports(f) || directives(f) || syntax(f) {
			return true
		}
	}
	return false
}

// imports reports whether the file imports a package of what concurrency is
// made of.
func imports(f *ast.File) bool {
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return true
		}
		switch name {
		case "sync", "sync/atomic", "internal/sync", "internal/runtime/atomic", "context", "os/signal", "net/http", "testing/synctest":
			return true
		}
		switch path.Base(name) {
		case "errgroup", "semaphore", "singleflight":
			return true
		}
	}
	return false
}

// directives reports whether the file has a comment that lockstep reads: one of
// its own directives, or the contract of a lock.
func directives(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//lockstep:") || strings.Contains(c.Text, "+check") || strings.Contains(c.Text, "uarded by") {
				return true
			}
		}
	}
	return false
}

// syntax reports whether the file has an operation on a channel, a go
// statement, or a selection by a name that means concurrency in some type.
func syntax(f *ast.File) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.SelectorExpr:
			found = found || operation(n.Sel.Name)
		}
		return !found
	})
	return found
}

// operation reports whether a name is that of a function or method which, in
// a package that imports none of those above, starts a goroutine, works on a
// lock or the like: a promoted method of another package's type, a function
// of another package that takes a lock for its caller, a function of time,
// testing or runtime.
func operation(name string) bool {
	switch name {
	case "Go", "TryGo", "Wait", "Signal", "Broadcast", // of a group or a condition variable
		"AfterFunc", "NewTimer", "NewTicker", "After", "Tick", "Sleep", // of time
		"Parallel", "RunParallel", // of testing
		"SetFinalizer", "AddCleanup", "Goexit", // of runtime
		"Handle", "HandleFunc": // of a mux
		return true
	}
	for _, starts := range []string{"Submit", "Spawn", "Async", "Parallel"} { // other packages' wrappers of go
		if strings.HasPrefix(name, starts) || strings.HasSuffix(name, starts) {
			return true
		}
	}
	// Lock, RLocker, LockAll; Unlock, RUnlock; but no Block.
	return strings.Contains(name, "Lock") || strings.Contains(name, "nlock") || strings.Contains(name, "Acquire")
}

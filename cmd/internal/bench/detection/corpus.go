package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A kernel is one of the programs.
type kernel struct {
	name string
	// leaks are the goroutines that leak: patterns for the name of a function of
	// theirs and the reason why they wait.
	leaks []*regexp.Regexp
	cut   bool // its scenario is repeated in GOROOT
}

const (
	kernelFolder = "src/runtime/testdata/testgoroutineleakprofile/goker"
	kernelTest   = "src/runtime/goroutineleakprofile_test.go"
)

// kernels reads from GOROOT's own test which kernels there are, and what leaks.
func kernels(goroot string) ([]kernel, error) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(goroot, kernelTest), nil, 0)
	if err != nil {
		return nil, err
	}
	var list []kernel
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		f, ok := call.Fun.(*ast.Ident)
		if !ok || !strings.HasPrefix(f.Name, "make") || !strings.HasSuffix(f.Name, "Test") {
			return true
		}
		var words []string
		for _, arg := range call.Args {
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, _ := strconv.Unquote(lit.Value)
				words = append(words, s)
			}
		}
		if len(words) < 2 {
			return true
		}
		k := kernel{name: words[0]}
		for _, w := range words[1:] {
			k.leaks = append(k.leaks, regexp.MustCompile(w))
		}
		list = append(list, k)
		return true
	})
	return list, nil
}

// registered are the kernels of the folder that can be run by name.
var registered = regexp.MustCompile(`register\("(\w+)"`)

// repeated is what a kernel does many times over to defeat chance.
const repeated = 10

// write copies the kernels into a module of their own in dir, with the
// repetition of each scenario cut to one instance. What is repeated within a scenario
// stays. It returns those kernels of list that there are.
func write(goroot, dir string, list []kernel) ([]kernel, error) {
	files, err := filepath.Glob(filepath.Join(goroot, kernelFolder, "*.go"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("GOROOT has no %s: this Go is older than 1.26, or it was installed without tests", kernelFolder)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module kernels.invalid\n\ngo 1.26\n"), 0o644); err != nil {
		return nil, err
	}
	there := make(map[string]bool)
	cutIn := make(map[string]bool)
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		names := registered.FindAllSubmatch(src, -1)
		out, cuts, err := cutLoops(file, src, names)
		if err != nil {
			return nil, err
		}
		for _, m := range names {
			there[string(m[1])] = true
			cutIn[string(m[1])] = cuts > 0
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), out, 0o644); err != nil {
			return nil, err
		}
	}
	list = slices.DeleteFunc(list, func(k kernel) bool { return !there[k.name] })
	for name := range there { // one that the test leaves out
		if !slices.ContainsFunc(list, func(k kernel) bool { return k.name == name }) {
			list = append(list, kernel{name: name, leaks: []*regexp.Regexp{regexp.MustCompile(`_` + strings.ToLower(name) + `\b`)}})
		}
	}
	for i := range list {
		list[i].cut = cutIn[list[i].name]
	}
	return list, nil
}

// cutLoops cuts the loops in the body of the named functions that only repeat: those
// that count to at least [repeated].
func cutLoops(file string, src []byte, names [][][]byte) (out []byte, cuts int, err error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, 0)
	if err != nil {
		return nil, 0, err
	}
	type span struct{ from, to int }
	var limits []span
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !slices.ContainsFunc(names, func(m [][]byte) bool { return string(m[1]) == fn.Name.Name }) {
			continue
		}
		for _, stmt := range fn.Body.List {
			loop, ok := stmt.(*ast.ForStmt)
			if !ok {
				continue
			}
			cond, ok := loop.Cond.(*ast.BinaryExpr)
			if !ok {
				continue
			}
			lit, ok := cond.Y.(*ast.BasicLit)
			if !ok {
				continue
			}
			if n, err := strconv.Atoi(lit.Value); err == nil && n >= repeated {
				limits = append(limits, span{fset.Position(lit.Pos()).Offset, fset.Position(lit.End()).Offset})
			}
		}
	}
	last := 0
	for _, l := range limits {
		out = append(out, src[last:l.from]...)
		out = append(out, '1')
		last = l.to
	}
	return append(out, src[last:]...), len(limits), nil
}

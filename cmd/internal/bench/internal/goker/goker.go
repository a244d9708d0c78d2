// Package goker makes programs of GOROOT's kernels of real blocking bugs, and
// tells whether a run shows the bug.
package goker

import (
	"bytes"
	"context"
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

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A Kernel is one of the programs. All are in one binary, whose argument is the
// name.
type Kernel struct {
	Name string
	// leaks are the goroutines that leak: patterns for the name of a function of
	// theirs and the reason why they wait.
	leaks []*regexp.Regexp
	Cut   bool // its scenario is repeated in GOROOT
}

// LongestRun bounds the step limit of a search, which doubles it where it ends a run.
const LongestRun = 1600000

const (
	kernelFolder = "src/runtime/testdata/testgoroutineleakprofile/goker"
	kernelTest   = "src/runtime/goroutineleakprofile_test.go"
)

// Copy copies the kernels into a module of their own in dir, with the repetition
// of each scenario cut to one instance. What is repeated within a scenario stays.
func Copy(ctx context.Context, dir string) ([]Kernel, error) {
	goroot, err := command.Output(ctx, "", "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	list, err := kernels(goroot)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return write(goroot, dir, list)
}

// kernels reads from GOROOT's own test which kernels there are, and what leaks.
func kernels(goroot string) ([]Kernel, error) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(goroot, kernelTest), nil, 0)
	if err != nil {
		return nil, err
	}
	var list []Kernel
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
		k := Kernel{Name: words[0]}
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

// write copies the kernels into dir. It returns those of list that there are.
func write(goroot, dir string, list []Kernel) ([]Kernel, error) {
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
	list = slices.DeleteFunc(list, func(k Kernel) bool { return !there[k.Name] })
	for name := range there { // one that the test leaves out
		if !slices.ContainsFunc(list, func(k Kernel) bool { return k.Name == name }) {
			list = append(list, Kernel{Name: name, leaks: []*regexp.Regexp{regexp.MustCompile(`_` + strings.ToLower(name) + `\b`)}})
		}
	}
	for i := range list {
		list[i].Cut = cutIn[list[i].Name]
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

// Found tells how a run under a schedule showed the bug, "" if it did not.
func (k Kernel) Found(r controlled.Run) string {
	switch {
	case k.Leaks(r.Leaks):
		return "leak"
	case r.Result == nil:
	case r.Result.End == schedule.Deadlock:
		return "deadlock"
	case r.Result.End == schedule.Panicked:
		_, words, _ := bytes.Cut(r.Stderr, []byte("panic: "))
		words, _, _ = bytes.Cut(words, []byte("\n"))
		return "panic: " + string(words)
	}
	return ""
}

// Leaks reports whether a profile of leaked goroutines has one that leaks because
// of the kernel's bug.
func (k Kernel) Leaks(profile []byte) bool {
	for stack := range bytes.SplitSeq(profile, []byte("\n\n")) {
		header, frames, _ := bytes.Cut(stack, []byte("\n"))
		_, reason, ok := bytes.Cut(header, []byte("["))
		reason, _, ok2 := bytes.Cut(reason, []byte(" (leaked)"))
		if !ok || !ok2 {
			continue
		}
		for line := range bytes.Lines(frames) {
			if bytes.HasPrefix(line, []byte("created by")) {
				break
			}
			said := strings.TrimSpace(string(line)) + " [" + string(reason) + "]"
			if slices.ContainsFunc(k.leaks, func(r *regexp.Regexp) bool { return r.MatchString(said) }) {
				return true
			}
		}
	}
	return false
}

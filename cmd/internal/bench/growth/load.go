package main

import (
	"context"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

// A standard type-checks packages over the standard library's export data.
type standard struct{ exports map[string]string }

func newStandard(ctx context.Context) (*standard, error) {
	out, err := command.Output(ctx, "", "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", "sync", "errors")
	if err != nil {
		return nil, err
	}
	s := &standard{exports: make(map[string]string)}
	for line := range strings.Lines(out) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		s.exports[path] = file
	}
	return s, nil
}

// load parses and type-checks a package of one file.
func (s *standard) load(src string) (*packages.Package, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := check.NewTypesInfo()
	conf := types.Config{
		Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(s.exports[path]) }),
		Sizes:    types.SizesFor("gc", "amd64"),
	}
	pkg, err := conf.Check("example.com/p", fset, []*ast.File{file}, info)
	if err != nil {
		return nil, err
	}
	return &packages.Package{
		ID: pkg.Path(), Name: pkg.Name(), PkgPath: pkg.Path(), Fset: fset, Syntax: []*ast.File{file},
		Types: pkg, TypesInfo: info, TypesSizes: conf.Sizes,
	}, nil
}

// buildSSA loads a package anew and returns the cost of building its SSA form.
func (s *standard) buildSSA(src string) (time.Duration, error) {
	pkg, err := s.load(src)
	if err != nil {
		return 0, err
	}
	runtime.GC()
	begun := cpu()
	prog := ssa.NewProgram(pkg.Fset, 0)
	for _, p := range pkg.Types.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	prog.CreatePackage(pkg.Types, pkg.Syntax, pkg.TypesInfo, false).Build()
	return cpu() - begun, nil
}

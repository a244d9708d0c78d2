// Package ssabuild is an engine that builds the SSA form of one package
// without looking at the bodies of any other.
//
// It stands in for x/tools' passes/buildssa, which requires ctrlflow, which
// has facts: with facts, go vet runs an analysis over every dependency, the
// standard library included, and a standalone driver has to load all of them
// from source. What ctrlflow's facts would tell is which functions never
// return; this engine knows those of the standard library and of common logging
// packages by name, and infers those of the package itself.
package ssabuild

import (
	"go/ast"
	"go/build"
	"go/types"
	"path/filepath"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/relevance"
)

// Analyzer yields the [*SSA] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "ssabuild",
	Doc:        "build the SSA form of a package from its own source alone; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/ssabuild",
	Requires:   []*analysis.Analyzer{config.Analyzer},
	Run:        diagnostic.Guard(run),
	ResultType: reflect.TypeFor[*SSA](),
}

// SSA is the SSA form of a package. Of the standard library, unless it is what the
// user asked for, it is empty: its functions are not built. Of a package that
// cannot matter for concurrency, as package relevance tells, Funcs has none.
type SSA struct {
	Pkg *ssa.Package
	// Funcs are the functions and methods declared in the package and the
	// function literals in them, in source order, each literal behind the
	// function that encloses it. Generic functions appear once, uninstantiated.
	Funcs []*ssa.Function
	// Plain are those of a package that cannot matter itself, but whose callers may
	// want to know what it does, unless [config.Config] says that packages are alone.
	Plain []*ssa.Function
}

func run(pass *analysis.Pass) (any, error) {
	prog := ssa.NewProgram(pass.Fset, ssa.BuilderMode(0))
	matters := relevance.Package(pass.Files)
	alone := pass.ResultOf[config.Analyzer].(*config.Config).Alone
	if onlyImported(pass) || !matters && (alone || pass.Pkg.Name() == "main") {
		return &SSA{Pkg: prog.CreatePackage(pass.Pkg, nil, pass.TypesInfo, false)}, nil
	}
	prog.SetNoReturn(newReturns(pass).never)
	for _, p := range pass.Pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	pkg := prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()

	s := &SSA{Pkg: pkg}
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
					s.add(prog.FuncValue(fn))
				}
			}
		}
	}
	// Literals in package-level initialisers belong to the synthetic init.
	if init := pkg.Func("init"); init != nil {
		for _, lit := range init.AnonFuncs {
			s.add(lit)
		}
	}
	if !matters {
		s.Funcs, s.Plain = nil, s.Funcs
	}
	return s, nil
}

// onlyImported reports whether the package is of the standard library, and a
// driver analyses it only because others import it. Drivers that analyse every
// dependency for its facts do; the locks of the standard library are its own, so
// that there is nothing to learn. A driver that is asked for the standard library
// says so by giving its packages their module, std.
func onlyImported(pass *analysis.Pass) bool {
	if build.Default.GOROOT == "" || len(pass.Files) == 0 || pass.Module != nil && pass.Module.Path != "" {
		return false
	}
	src := filepath.Join(build.Default.GOROOT, "src") + string(filepath.Separator)
	return strings.HasPrefix(pass.Fset.File(pass.Files[0].FileStart).Name(), src)
}

func (s *SSA) add(fn *ssa.Function) {
	if fn == nil {
		return
	}
	s.Funcs = append(s.Funcs, fn)
	for _, lit := range fn.AnonFuncs {
		s.add(lit)
	}
}

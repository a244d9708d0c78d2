package check

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// An output is what the suite said about one package.
type output struct {
	pkg         *packages.Package
	reports     []report
	problems    []Problem
	interrupted bool
	// doubtful are functions that nothing is to be reported of; see salvage.
	doubtful []*ast.FuncDecl
}

// A report is what one check said: its typed result, or, from an analyzer that
// is not one of ours, plain diagnostics.
type report struct {
	analyzer *analysis.Analyzer
	result   *diagnostic.Result
	plain    []analysis.Diagnostic
}

// analyseAll runs the suite over the packages, as many at a time as there are
// cores, and returns their outputs in the same order. A package has its turn when
// those that it imports have had theirs, since their facts matter to it.
func analyseAll(ctx context.Context, opts Options, pkgs []*packages.Package) []*output {
	sorted := dependenciesFirst(pkgs)
	opts.silent = beside(pkgs)
	finished := make(map[string][]chan struct{}) // by path, those that come before
	outs := make(map[*packages.Package]*output, len(pkgs))
	var mu sync.Mutex // guards outs
	type task struct {
		pkg    *packages.Package
		before []chan struct{}
		done   chan struct{}
	}
	next := make(chan task)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(pkgs)) {
		wg.Go(func() {
			for t := range next {
				for _, done := range t.before {
					<-done // its worker does not wait for this one: it comes later in the order
				}
				out := analyse(ctx, opts, t.pkg)
				// The engines' results are garbage now; let the syntax go as well.
				t.pkg.TypesInfo = nil
				mu.Lock()
				outs[t.pkg] = out
				mu.Unlock()
				close(t.done)
			}
		})
	}
	for _, pkg := range sorted {
		t := task{pkg: pkg, done: make(chan struct{})}
		for _, path := range imports(pkg) {
			t.before = append(t.before, finished[path]...)
		}
		finished[pkg.PkgPath] = append(finished[pkg.PkgPath], t.done)
		next <- t
	}
	close(next)
	wg.Wait()
	list := make([]*output, len(pkgs))
	for i, pkg := range pkgs {
		list[i] = outs[pkg]
	}
	return list
}

// beside lists the IDs of test variants that are analysed beside the package
// itself, since their tests do not type-check. It is the package whose facts
// others are to see, whichever is done first.
func beside(pkgs []*packages.Package) map[string]bool {
	ids := make(map[string]bool)
	for _, variant := range pkgs {
		if variant.ForTest != "" && slices.ContainsFunc(pkgs, func(p *packages.Package) bool { return p.ForTest == "" && p.PkgPath == variant.PkgPath }) {
			ids[variant.ID] = true
		}
	}
	return ids
}

func analyse(ctx context.Context, opts Options, pkg *packages.Package) *output {
	out := &output{pkg: pkg}
	if pkg.Types == nil || pkg.TypesInfo == nil || len(pkg.Syntax) == 0 {
		return out // its errors have been reported
	}
	wrong := !sound(pkg)
	if wrong {
		if rest, doubtful, ok := salvage(pkg); ok {
			pkg, wrong = rest, false
			out.pkg, out.doubtful = rest, doubtful
		}
	}
	p := &passes{
		opts:    opts,
		pkg:     pkg,
		wrong:   wrong,
		results: make(map[*analysis.Analyzer]any),
		failed:  make(map[*analysis.Analyzer]bool),
		plain:   make(map[*analysis.Analyzer][]analysis.Diagnostic),
	}
	for _, a := range opts.Analyzers {
		if ctx.Err() != nil {
			out.interrupted = true
			break
		}
		if !p.run(a) {
			continue
		}
		result, _ := p.results[a].(*diagnostic.Result)
		out.reports = append(out.reports, report{analyzer: a, result: result, plain: p.plain[a]})
	}
	out.problems = p.problems
	return out
}

// sound reports whether the package's own types are complete. Errors that the
// type checker calls soft, such as an unused variable or import, leave them so,
// and so do errors in the packages that it imports, unless it uses what has no
// type there.
func sound(pkg *packages.Package) bool {
	for _, err := range pkg.TypeErrors {
		if !err.Soft {
			return false
		}
	}
	for _, err := range pkg.Errors {
		if err.Kind == packages.ParseError {
			return false
		}
	}
	return !pkg.IllTyped || len(untyped(pkg.Syntax, pkg.TypesInfo)) == 0
}

// passes runs analyzers over one package, one after another.
type passes struct {
	opts     Options
	pkg      *packages.Package
	wrong    bool // the package does not type-check
	results  map[*analysis.Analyzer]any
	failed   map[*analysis.Analyzer]bool
	plain    map[*analysis.Analyzer][]analysis.Diagnostic
	problems []Problem
}

// run runs a and what it requires, each once, and reports whether a succeeded.
func (p *passes) run(a *analysis.Analyzer) bool {
	if p.failed[a] {
		return false
	}
	if _, done := p.results[a]; done {
		return true
	}
	if p.wrong && !a.RunDespiteErrors {
		p.failed[a] = true
		return false
	}
	inputs := make(map[*analysis.Analyzer]any, len(a.Requires))
	for _, req := range a.Requires {
		if !p.run(req) {
			// Whatever made the requirement fail has been recorded.
			p.failed[a] = true
			return false
		}
		inputs[req] = p.results[req]
	}
	result, err := p.call(a, inputs)
	if err == nil {
		if got := reflect.TypeOf(result); got != a.ResultType {
			err = fmt.Errorf("result is of type %v instead of %v", got, a.ResultType)
		}
	}
	if err != nil {
		p.failed[a] = true
		// What is not prepared for types that are missing is not at fault: the
		// errors for which they are missing have been reported.
		if !p.pkg.IllTyped {
			p.problems = append(p.problems, p.problem(a, err))
		}
		return false
	}
	p.results[a] = result
	return true
}

func (p *passes) call(a *analysis.Analyzer, inputs map[*analysis.Analyzer]any) (result any, err error) {
	if a == config.Analyzer {
		// Here the user's choices are values; its flags are process-wide.
		c := config.New(p.opts.Tier, p.opts.Lang, p.pkg.Fset, p.pkg.Syntax)
		c.Alone = p.opts.Facts.Imported
		return c, nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = &diagnostic.PanicError{Analyzer: a.Name, Package: p.pkg.PkgPath, Value: v, Stack: debug.Stack()}
		}
	}()
	return a.Run(p.pass(a, inputs))
}

func (p *passes) pass(a *analysis.Analyzer, inputs map[*analysis.Analyzer]any) *analysis.Pass {
	pkg := p.pkg
	// What is in no module is of the standard library, as a rule; that it has the
	// module std here says that it was asked for.
	module := &analysis.Module{Path: "std"}
	if m := pkg.Module; m != nil {
		module = &analysis.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion}
	}
	pass := &analysis.Pass{
		Analyzer:     a,
		Fset:         pkg.Fset,
		Files:        pkg.Syntax,
		OtherFiles:   pkg.OtherFiles,
		IgnoredFiles: pkg.IgnoredFiles,
		Pkg:          pkg.Types,
		TypesInfo:    pkg.TypesInfo,
		TypesSizes:   pkg.TypesSizes,
		TypeErrors:   pkg.TypeErrors,
		Module:       module,
		ResultOf:     inputs,
		ReadFile:     os.ReadFile,
		Report:       func(d analysis.Diagnostic) { p.plain[a] = append(p.plain[a], d) },
	}
	p.opts.Facts.provide(pass)
	if p.opts.silent[pkg.ID] {
		pass.ExportPackageFact = func(analysis.Fact) {}
	}
	return pass
}

func (p *passes) problem(a *analysis.Analyzer, err error) Problem {
	problem := Problem{Kind: AnalyzerProblem, Package: p.pkg.PkgPath, Analyzer: a.Name}
	var panicked *diagnostic.PanicError
	if errors.As(err, &panicked) {
		problem.Kind = PanicProblem
		problem.Stack = slices.Clone(panicked.Stack)
		problem.Message = catalogue.Text(p.opts.Lang, message.New("panic",
			"analyzer", panicked.Analyzer, "package", panicked.Package, "value", fmt.Sprint(panicked.Value)))
		return problem
	}
	problem.Message = catalogue.Text(p.opts.Lang, message.New("analyzer-failed",
		"analyzer", a.Name, "package", p.pkg.PkgPath, "error", err.Error()))
	return problem
}

// Package check runs the static suite over packages and turns what it says
// into findings.
//
// It has a driver of its own instead of x/tools' go/analysis/checker, for four
// reasons. The checker runs every analyzer in a goroutine of its own, where a
// panic ends the process. It skips a package as soon as any of its dependencies has
// a type error. It keeps the results of all engines of all packages, SSA form
// included, until the last package is done. And it cannot be interrupted. What
// the checker offers over this driver is facts of all dependencies, for which it
// loads them from source, the standard library included. Here facts go from a
// package to those that import it only among the packages that were asked for:
// the module, as a rule. Dependencies come from export data.
package check

import (
	"context"
	"embed"
	"errors"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Options say what to check and how. The zero value of a field is its default.
type Options struct {
	Dir       string   // where to look for packages; "" is the process's working directory
	Env       []string // environment of the go command; nil is the process's own
	Patterns  []string // packages, or *.go files; none means ./...
	NoTests   bool     // leave out _test.go files
	Tags      string   // build tags, comma-separated
	Analyzers []*analysis.Analyzer
	Tier      config.Tier
	Lang      message.Lang
	Facts     *Facts // of packages that were analysed before; those of this run are added

	batch  int             // packages in memory at a time; 0 means batchSize
	silent map[string]bool // IDs of packages whose facts are not kept; see beside
}

// A Result is the outcome of a run. Findings and problems exist side by side:
// a package that cannot be loaded does not hide what was found in the others.
type Result struct {
	Findings []*finding.Finding // in the order of finding.Sort, each once
	Problems []Problem          // what could not be loaded or analysed, each once
	Packages []Package          // what the patterns matched, in order of import path
	// Interrupted says that the context was done before the analysis was:
	// Findings holds what had been found by then.
	Interrupted bool

	own map[string]bool // source files of the main modules
}

// A Package is a package that the patterns matched.
type Package struct {
	Path  string // import path
	Name  string // "main" for a command
	Dir   string
	Tests bool // has test files that were analysed
}

// Editable reports whether a file belongs to the user, who may want a fix
// applied to it: it is a source file of a main module or was named as a file,
// and was not generated. Files of the standard library and of dependencies are
// not the user's.
func (r *Result) Editable(file string) bool { return r.own[file] }

// Run checks the packages that opts selects. Its error means that nothing could
// be checked at all and says what to do about it.
func Run(ctx context.Context, opts Options) (*Result, error) {
	opts, err := withDefaults(opts)
	if err != nil {
		return nil, err
	}
	ld := &loader{opts: opts}
	res := &Result{own: make(map[string]bool)}
	t := newTranslator(opts)
	batches, err := ld.batches(ctx)
	for _, b := range batches {
		b.collectRarely()
		var roots []*packages.Package
		if roots, err = ld.load(ctx, b.patterns); err != nil {
			break
		}
		res.describe(roots, opts)
		for _, out := range analyseAll(ctx, opts, choose(roots)) {
			ld.problems = append(ld.problems, out.problems...)
			res.Findings = append(res.Findings, t.translate(out)...)
			res.Interrupted = res.Interrupted || out.interrupted
		}
	}
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		res.Interrupted = true
	case err != nil && len(res.Packages) == 0:
		return nil, err
	case err != nil:
		ld.problems = append(ld.problems, Problem{Kind: LoadProblem, Message: err.Error()})
	}
	if !res.Interrupted {
		res.Findings = append(res.Findings, join(opts)...)
	}
	res.Findings = t.finish(res.Findings)
	res.Problems = once(ld.problems)
	slices.SortFunc(res.Packages, func(a, b Package) int { return strings.Compare(a.Path, b.Path) })
	return res, nil
}

func withDefaults(opts Options) (Options, error) {
	if opts.Tier == "" {
		opts.Tier = config.Default
	}
	if opts.Lang == "" {
		opts.Lang = message.English
	}
	if len(opts.Patterns) == 0 {
		opts.Patterns = []string{"./..."}
	}
	if opts.Env == nil {
		opts.Env = os.Environ()
	}
	if opts.batch == 0 {
		opts.batch = batchSize
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return opts, err
	}
	opts.Dir = dir
	if err := analysis.Validate(opts.Analyzers); err != nil {
		return opts, err
	}
	if opts.Facts == nil {
		opts.Facts = NewFacts()
	}
	return opts, nil
}

// describe records the packages, and which of their files are the user's.
func (r *Result) describe(roots []*packages.Package, opts Options) {
	byPath := make(map[string]*Package)
	for _, pkg := range roots {
		if byPath[pkg.PkgPath] == nil {
			byPath[pkg.PkgPath] = &Package{Path: pkg.PkgPath, Name: pkg.Name, Dir: pkg.Dir}
		}
		if (pkg.Module != nil && pkg.Module.Main) || namesFiles(opts.Patterns) {
			for _, file := range pkg.GoFiles {
				r.own[file] = true
			}
			for _, file := range pkg.Syntax {
				if ast.IsGenerated(file) {
					delete(r.own, pkg.Fset.File(file.FileStart).Name())
				}
			}
		}
	}
	for _, pkg := range roots {
		if tested := byPath[pkg.ForTest]; tested != nil {
			tested.Tests = true
			if pkg.PkgPath != pkg.ForTest {
				// An external test package is no package of its own to the user.
				delete(byPath, pkg.PkgPath)
			}
		}
	}
	for _, p := range byPath {
		r.Packages = append(r.Packages, *p)
	}
}

func namesFiles(patterns []string) bool {
	return len(patterns) > 0 && filepath.Ext(patterns[0]) == ".go"
}

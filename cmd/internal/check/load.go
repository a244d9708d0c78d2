package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A ProblemKind says what stood in the way.
type ProblemKind string

const (
	LoadProblem     ProblemKind = "load"     // the package could not be found, parsed or type-checked
	PanicProblem    ProblemKind = "panic"    // an analyzer panicked on the package
	AnalyzerProblem ProblemKind = "analyzer" // an analyzer gave up on the package
)

// A Problem is something that kept a package, or a part of it, from being
// checked.
type Problem struct {
	Kind     ProblemKind
	Package  string           // import path, or ""
	Pos      finding.Position // or the zero Position
	Analyzer string           // the analyzer at fault, or ""
	Message  string
	Stack    []byte // of a panic
}

// A LoadError says that nothing could be loaded. Its text says what to do.
type LoadError struct {
	text string
	err  error
}

func (e *LoadError) Error() string { return e.text }
func (e *LoadError) Unwrap() error { return e.err }

// loadMode asks for the syntax and types of the matched packages alone. The
// types of what they import come from export data, which the go command keeps in
// its build cache; reading the standard library's source would cost ten
// times as much.
const loadMode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
	packages.NeedImports | packages.NeedExportFile | packages.NeedTypes | packages.NeedTypesSizes |
	packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule | packages.NeedForTest

type loader struct {
	opts     Options
	problems []Problem
}

// batchSize is how many packages are in memory at a time. Loading all of the
// standard library with its tests at once takes three gigabytes; every further batch
// costs one more run of go list.
const batchSize = 64

// A batch is what is loaded together.
type batch struct {
	patterns []string
	source   int64 // bytes, tests not counted; 0 if it was not asked for
}

// batches splits the packages that the patterns match into batches.
func (ld *loader) batches(ctx context.Context) ([]batch, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, ld.error(err, message.New("no-go-command"))
	}
	for _, p := range ld.opts.Patterns {
		if err := ld.fileExists(p); err != nil {
			return nil, err
		}
	}
	// Without a wildcard there are as many packages as there are patterns.
	wild := slices.ContainsFunc(ld.opts.Patterns, func(p string) bool {
		return strings.Contains(p, "...") || slices.Contains([]string{"all", "std", "cmd", "work", "tool"}, p)
	})
	if namesFiles(ld.opts.Patterns) || !wild && len(ld.opts.Patterns) <= ld.opts.batch {
		return []batch{{patterns: ld.opts.Patterns}}, nil
	}
	cfg := ld.config(ctx, packages.NeedName|packages.NeedFiles|packages.NeedImports)
	cfg.Tests = false
	pkgs, err := packages.Load(cfg, ld.opts.Patterns...)
	if err != nil || len(pkgs) <= ld.opts.batch {
		// An error will come up again, and be explained.
		return []batch{{ld.opts.Patterns, sourceSize(pkgs)}}, ctx.Err()
	}
	slices.SortFunc(pkgs, func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	pkgs = slices.CompactFunc(dependenciesFirst(pkgs), func(a, b *packages.Package) bool { return a.PkgPath == b.PkgPath })
	var batches []batch
	for chunk := range slices.Chunk(pkgs, ld.opts.batch) {
		b := batch{source: sourceSize(chunk)}
		for _, pkg := range chunk {
			b.patterns = append(b.patterns, pkg.PkgPath)
		}
		batches = append(batches, b)
	}
	return batches, nil
}

func sourceSize(pkgs []*packages.Package) int64 {
	var size int64
	for _, pkg := range pkgs {
		for _, file := range pkg.GoFiles {
			if info, err := os.Stat(file); err == nil {
				size += info.Size()
			}
		}
	}
	return size
}

// collectRarely lets the heap grow to three times instead of twice what is
// needed before garbage is collected, unless so much source is loaded together
// that the memory would be missed. GOGC, if the user has set it, decides.
func (b batch) collectRarely() {
	if os.Getenv("GOGC") != "" {
		return
	}
	percent := 200
	if b.source > 8<<20 {
		percent = 100
	}
	debug.SetGCPercent(percent)
}

func (ld *loader) config(ctx context.Context, mode packages.LoadMode) *packages.Config {
	cfg := &packages.Config{
		Context: ctx,
		Mode:    mode,
		Dir:     ld.opts.Dir,
		Env:     ld.opts.Env,
		Tests:   !ld.opts.NoTests,
	}
	if ld.opts.Tags != "" {
		cfg.BuildFlags = []string{"-tags=" + ld.opts.Tags}
	}
	return cfg
}

// load returns the packages that the patterns match, test variants included,
// without the generated main packages of tests.
func (ld *loader) load(ctx context.Context, patterns []string) ([]*packages.Package, error) {
	pkgs, err := packages.Load(ld.config(ctx, loadMode), patterns...)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && strings.Contains(err.Error(), "signal: interrupt") {
		// Ctrl-C reaches the go command as well, and may do so sooner.
		return nil, context.Canceled
	}
	if err != nil {
		return nil, ld.explain(err)
	}
	if err := ld.nothing(pkgs); err != nil {
		return nil, err
	}

	packages.Visit(pkgs, nil, func(pkg *packages.Package) {
		ld.problems = append(ld.problems, ld.packageProblems(pkg)...)
	})
	ld.problems = withoutEchoes(ld.problems)
	roots := slices.DeleteFunc(pkgs, isTestMain)
	slices.SortFunc(roots, func(a, b *packages.Package) int { return strings.Compare(a.ID, b.ID) })
	return roots, nil
}

// fileExists is the error about a pattern that names a file which does not
// exist; the go command takes it for an import path and proposes "go get".
func (ld *loader) fileExists(pattern string) error {
	if filepath.Ext(pattern) != ".go" {
		return nil
	}
	file := pattern
	if !filepath.IsAbs(file) {
		file = filepath.Join(ld.opts.Dir, file)
	}
	if _, err := os.Stat(file); err != nil {
		return ld.error(err, message.New("no-file", "file", pattern))
	}
	return nil
}

// explain turns a failure of the go command into an error that says what to do.
func (ld *loader) explain(err error) error {
	text := err.Error()
	if _, stderr, ok := strings.Cut(text, ": stderr: "); ok {
		text = stderr // what is before it is package packages' own framing
	}
	switch {
	case strings.Contains(text, "go.mod file not found"), strings.Contains(text, "does not contain main module"),
		strings.Contains(text, "cannot find main module"):
		return ld.error(err, message.New("no-module", "dir", ld.opts.Dir))
	}
	if folder := ld.folder(); folder != "" && strings.Contains(text, "is not in std") {
		return ld.error(err, message.New("folder", "folder", folder, "error", strings.TrimSpace(text)))
	}
	return ld.error(err, message.New("load-failed", "error", strings.TrimSpace(text)))
}

// folder is the first pattern that names a folder as if it were an import
// path, or "".
func (ld *loader) folder() string {
	for _, p := range ld.opts.Patterns {
		if filepath.IsAbs(p) || strings.HasPrefix(p, ".") {
			continue
		}
		if info, err := os.Stat(filepath.Join(ld.opts.Dir, strings.TrimSuffix(p, "/..."))); err == nil && info.IsDir() {
			return p
		}
	}
	return ""
}

// nothing is the error to give if the go command matched no package, or none that it
// could find: it reports those as packages with an error and no files.
func (ld *loader) nothing(pkgs []*packages.Package) error {
	patterns := strings.Join(ld.opts.Patterns, " ")
	if len(pkgs) == 0 {
		return ld.error(nil, message.New("no-packages", "patterns", patterns, "dir", ld.opts.Dir))
	}
	var reasons []string
	for _, pkg := range pkgs {
		if len(pkg.GoFiles) > 0 || len(pkg.CompiledGoFiles) > 0 || len(pkg.Errors) == 0 {
			return nil
		}
		for _, err := range pkg.Errors {
			if !slices.Contains(reasons, err.Msg) {
				reasons = append(reasons, err.Msg)
			}
		}
	}
	return ld.explain(errors.New(strings.Join(reasons, "\n")))
}

func (ld *loader) error(err error, m message.Message) error {
	return &LoadError{text: catalogue.Text(ld.opts.Lang, m), err: err}
}

// isTestMain reports whether pkg is the main package that the go command
// generates to run a package's tests: its one file is in the build cache.
func isTestMain(pkg *packages.Package) bool {
	if pkg.Name != "main" || !strings.HasSuffix(pkg.ID, ".test") {
		return false
	}
	for _, file := range pkg.GoFiles {
		if filepath.Ext(file) == ".go" && filepath.Base(file) != "_testmain.go" {
			return false
		}
	}
	return true
}

// choose leaves out every package that a test variant of it contains: the
// variant p [p.test] has the files of p and its internal tests. Should the
// tests not type-check, it is the package without them that is kept.
func choose(roots []*packages.Package) []*packages.Package {
	var kept []*packages.Package
	for _, pkg := range roots {
		contained := slices.ContainsFunc(roots, func(variant *packages.Package) bool {
			return variant != pkg && variant.ForTest == pkg.PkgPath && variant.PkgPath == pkg.PkgPath &&
				(len(variant.Errors) == 0 || len(pkg.Errors) > 0) && containsAll(variant.CompiledGoFiles, pkg.CompiledGoFiles)
		})
		if !contained {
			kept = append(kept, pkg)
		}
	}
	return kept
}

func containsAll(set, subset []string) bool {
	for _, s := range subset {
		if !slices.Contains(set, s) {
			return false
		}
	}
	return true
}

// packageProblems are the errors of a package. Since the go command compiles what it
// lists, it gives the compiler's errors as well, as one text that begins with
// "# path"; they are left out if the parser or type checker found errors itself.
func (ld *loader) packageProblems(pkg *packages.Package) []Problem {
	found := slices.ContainsFunc(pkg.Errors, func(err packages.Error) bool {
		return err.Kind == packages.ParseError || err.Kind == packages.TypeError
	})
	var problems []Problem
	var last finding.Position // of a parse error: what follows on its line is noise
	for _, err := range pkg.Errors {
		if found && strings.HasPrefix(err.Msg, "# ") {
			continue
		}
		pos := parsePosition(err.Pos)
		if pos.File != "" && !filepath.IsAbs(pos.File) {
			pos.File = filepath.Join(ld.opts.Dir, pos.File)
		}
		if err.Kind == packages.ParseError {
			if pos.IsValid() && pos.File == last.File && pos.Line == last.Line {
				continue
			}
			last = pos
		}
		problems = append(problems, Problem{Kind: LoadProblem, Package: pkg.PkgPath, Pos: pos, Message: strings.TrimSpace(err.Msg)})
	}
	return problems
}

// withoutEchoes drops the type checker's "could not import" where the go
// command has said why.
func withoutEchoes(problems []Problem) []Problem {
	type place struct {
		file string
		line int
	}
	const echo = "could not import "
	explained := make(map[place]bool)
	for _, p := range problems {
		if p.Pos.IsValid() && !strings.HasPrefix(p.Message, echo) {
			explained[place{p.Pos.File, p.Pos.Line}] = true
		}
	}
	return slices.DeleteFunc(problems, func(p Problem) bool {
		return strings.HasPrefix(p.Message, echo) && explained[place{p.Pos.File, p.Pos.Line}]
	})
}

// parsePosition reads the file:line:column of a packages.Error, where "-" and
// "" stand for an unknown position.
func parsePosition(s string) finding.Position {
	if s == "" || s == "-" {
		return finding.Position{}
	}
	var nums []int
	for range 2 {
		i := strings.LastIndexByte(s, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(s[i+1:])
		if err != nil {
			break
		}
		nums = append([]int{n}, nums...)
		s = s[:i]
	}
	pos := finding.Position{File: s}
	if len(nums) > 0 {
		pos.Line = nums[0]
	}
	if len(nums) > 1 {
		pos.Column = nums[1]
	}
	return pos
}

// once removes the problems that the variants of a package, or the go command
// and the type checker, report twice.
func once(problems []Problem) []Problem {
	type key struct {
		file      string
		line      int
		pkg, text string
	}
	seen := make(map[key]bool)
	var kept []Problem
	for _, p := range problems {
		k := key{file: p.Pos.File, line: p.Pos.Line, text: p.Message}
		if !p.Pos.IsValid() || p.Kind != LoadProblem {
			k.pkg = p.Package
			k.text = fmt.Sprint(p.Kind, p.Analyzer, p.Message)
		}
		if !seen[k] {
			seen[k] = true
			kept = append(kept, p)
		}
	}
	return kept
}

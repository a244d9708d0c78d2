package vettool

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

// A unitConfig is what the go command writes into a *.cfg file, as far as it
// matters here.
type unitConfig struct {
	ID                        string // such as "fmt [fmt.test]"
	Compiler                  string
	Dir                       string
	ImportPath                string
	GoVersion                 string // such as "go1.26"
	GoFiles                   []string
	NonGoFiles                []string
	IgnoredFiles              []string
	ModulePath                string
	ModuleVersion             string
	Module                    *analysis.Module
	ImportMap                 map[string]string // import path in the source to package path
	PackageFile               map[string]string // package path to export data
	PackageVetx               map[string]string // package path to its file of facts
	VetxOnly                  bool
	VetxOutput                string
	Stdout                    string // file to write standard output to
	FixArchive                string // zip file to write mended files to
	SucceedOnTypecheckFailure bool
}

func readConfig(name string) (*unitConfig, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	cfg := new(unitConfig)
	if err := json.Unmarshal(data, cfg); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(cfg.GoFiles) == 0 {
		return nil, fmt.Errorf("%s: package %s has no files", name, cfg.ImportPath)
	}
	return cfg, nil
}

// collectRarely lets the heap grow further than usual between two garbage
// collections. The process ends with this one package, in general before a
// collection has paid for itself; that of a package whose source is large can
// need its memory back. GOGC, if the user has set it, decides.
func collectRarely(cfg *unitConfig) {
	if os.Getenv("GOGC") != "" {
		return
	}
	const (
		large   = 1 << 20 // bytes of source
		percent = 800
	)
	var size int64
	for _, name := range cfg.GoFiles {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	if size < large {
		debug.SetGCPercent(percent)
	}
}

// load parses and type-checks the package. Its error is the first that the
// parser or the type checker gives.
func load(cfg *unitConfig) (*packages.Package, error) {
	fset := token.NewFileSet()
	files, err := parse(cfg, fset)
	if err != nil {
		return nil, err
	}
	return typeCheck(cfg, fset, files)
}

func parse(cfg *unitConfig, fset *token.FileSet) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range cfg.GoFiles {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func typeCheck(cfg *unitConfig, fset *token.FileSet, files []*ast.File) (*packages.Package, error) {
	info := check.NewTypesInfo()
	conf := &types.Config{
		Importer:  newImporter(cfg, fset),
		Sizes:     types.SizesFor("gc", build.Default.GOARCH),
		GoVersion: cfg.GoVersion,
	}
	pkg, err := conf.Check(cfg.ImportPath, fset, files, info)
	if err != nil {
		return nil, err
	}
	p := &packages.Package{
		ID:              cfg.ID,
		Name:            pkg.Name(),
		PkgPath:         cfg.ImportPath,
		Dir:             cfg.Dir,
		GoFiles:         cfg.GoFiles,
		CompiledGoFiles: cfg.GoFiles,
		OtherFiles:      cfg.NonGoFiles,
		IgnoredFiles:    cfg.IgnoredFiles,
		Types:           pkg,
		Fset:            fset,
		Syntax:          files,
		TypesInfo:       info,
		TypesSizes:      conf.Sizes,
	}
	switch m := cfg.Module; {
	case m != nil:
		p.Module = &packages.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion}
	case cfg.ModulePath != "":
		p.Module = &packages.Module{Path: cfg.ModulePath, Version: cfg.ModuleVersion, GoVersion: cfg.GoVersion}
	}
	return p, nil
}

// newImporter returns an importer that reads export data.
func newImporter(cfg *unitConfig, fset *token.FileSet) types.Importer {
	exports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		file, ok := cfg.PackageFile[path]
		if !ok {
			return nil, fmt.Errorf("the go command gave no export data of package %q", path)
		}
		return os.Open(file)
	})
	return importerFunc(func(importPath string) (*types.Package, error) {
		path, ok := cfg.ImportMap[importPath] // resolves vendoring and test variants
		if !ok {
			return nil, fmt.Errorf("the go command did not say what package %q is", importPath)
		}
		if path == "unsafe" {
			return types.Unsafe, nil
		}
		pkg, err := exports.Import(path)
		if err != nil {
			return nil, fmt.Errorf("types of %q (is lockstep built with an older Go than the go command?): %w", path, err)
		}
		return pkg, nil
	})
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

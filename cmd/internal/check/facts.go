package check

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
)

// Facts are what analyzers know of packages, for the packages that import them.
// They are kept by import path, not by package: what imports a package may have
// its types from export data. Only package facts are supported.
type Facts struct {
	// Imported says that these are the facts of what the package at hand
	// imports, and of no others; then a pass may ask for all of them. Where
	// packages are analysed side by side, which are there is left to chance.
	Imported bool

	mu        sync.Mutex
	byPackage map[factKey]analysis.Fact
}

type factKey struct {
	path string
	typ  reflect.Type // of the fact
}

// NewFacts returns an empty set of facts.
func NewFacts() *Facts { return &Facts{byPackage: make(map[factKey]analysis.Fact)} }

// Set records a fact of the package with the given import path.
func (f *Facts) Set(path string, fact analysis.Fact) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byPackage[factKey{path, reflect.TypeOf(fact)}] = fact
}

// Get copies the fact of fact's type that the package has to fact. It reports
// whether there is one.
func (f *Facts) Get(path string, fact analysis.Fact) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.byPackage[factKey{path, reflect.TypeOf(fact)}]
	if ok {
		reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(known).Elem())
	}
	return ok
}

// A PackageFact is a fact with the import path of its package.
type PackageFact struct {
	Path string
	Fact analysis.Fact
}

// All lists the facts in the order of their packages.
func (f *Facts) All() []PackageFact {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []PackageFact
	for key, fact := range f.byPackage {
		all = append(all, PackageFact{key.path, fact})
	}
	slices.SortFunc(all, func(a, b PackageFact) int {
		return strings.Compare(a.Path+"\x00"+reflect.TypeOf(a.Fact).String(), b.Path+"\x00"+reflect.TypeOf(b.Fact).String())
	})
	return all
}

// provide lets a pass import and export facts.
func (f *Facts) provide(pass *analysis.Pass) {
	a, pkg := pass.Analyzer, pass.Pkg
	own := func(fact analysis.Fact) bool {
		return slices.ContainsFunc(a.FactTypes, func(t analysis.Fact) bool { return reflect.TypeOf(t) == reflect.TypeOf(fact) })
	}
	pass.ImportObjectFact = func(types.Object, analysis.Fact) bool { return false }
	pass.ExportObjectFact = func(types.Object, analysis.Fact) { panic(a.Name + ": this driver has no facts of objects") }
	pass.AllObjectFacts = func() []analysis.ObjectFact { return nil }
	pass.AllPackageFacts = func() []analysis.PackageFact {
		var list []analysis.PackageFact
		if f.Imported {
			for _, known := range f.All() {
				if own(known.Fact) {
					list = append(list, analysis.PackageFact{Package: types.NewPackage(known.Path, ""), Fact: known.Fact})
				}
			}
		}
		return list
	}
	pass.ImportPackageFact = func(from *types.Package, fact analysis.Fact) bool {
		return own(fact) && f.Get(from.Path(), fact)
	}
	pass.ExportPackageFact = func(fact analysis.Fact) {
		if !own(fact) {
			panic(a.Name + " exports a fact of a type that it does not declare")
		}
		f.Set(pkg.Path(), fact)
	}
}

// dependenciesFirst sorts packages so that each comes behind those of the others
// that it imports; packages that import each other by way of their tests are
// left in some fixed order.
func dependenciesFirst(pkgs []*packages.Package) []*packages.Package {
	byPath := make(map[string][]*packages.Package)
	for _, p := range pkgs {
		byPath[p.PkgPath] = append(byPath[p.PkgPath], p)
	}
	sorted := make([]*packages.Package, 0, len(pkgs))
	done := make(map[*packages.Package]bool)
	var visit func(p *packages.Package)
	visit = func(p *packages.Package) {
		if done[p] {
			return
		}
		done[p] = true
		for _, path := range imports(p) {
			for _, root := range byPath[path] {
				visit(root)
			}
		}
		sorted = append(sorted, p)
	}
	for _, p := range pkgs {
		visit(p)
	}
	return sorted
}

// imports lists the paths of what a package imports.
func imports(p *packages.Package) []string {
	var paths []string
	for _, imp := range p.Imports {
		path := imp.PkgPath
		if path == "" { // a stub
			path, _, _ = strings.Cut(imp.ID, " ")
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

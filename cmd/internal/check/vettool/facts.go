package vettool

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"go/token"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/relevance"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

// The go command hands the facts of a package to those that import it directly,
// as a file that the tool wrote (VetxOutput) and is given again (PackageVetx). A
// file has the facts of the package and of all that it imports, so that a function
// can be looked up that is reached through the types of another package; but not what
// says of itself that it need not go further than to those that import its package
// (near): it would be read again for every package above.

// factual are the analyzers among those that the suite requires that have facts.
func factual(suite []*analysis.Analyzer) []*analysis.Analyzer {
	return slices.DeleteFunc(check.Required(suite), func(a *analysis.Analyzer) bool { return len(a.FactTypes) == 0 })
}

// registerFacts makes the types of facts known to package gob.
func registerFacts(suite []*analysis.Analyzer) {
	for _, a := range factual(suite) {
		for _, f := range a.FactTypes {
			gob.Register(f)
		}
	}
}

// readFacts reads the facts of what a package imports.
func readFacts(cfg *unitConfig) (*check.Facts, error) {
	facts := check.NewFacts()
	facts.Imported = true
	for path, file := range cfg.PackageVetx {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("facts of package %q: %w", path, err)
		}
		if len(data) == 0 {
			continue
		}
		var list []check.PackageFact
		if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&list); err != nil {
			return nil, fmt.Errorf("facts of package %q in %s: %w", path, file, err)
		}
		for _, f := range list {
			facts.Set(f.Path, f.Fact)
		}
	}
	return facts, nil
}

// A near fact is for packages that import the one it is of, and no others.
type near interface{ Near() }

// writeFacts writes the file of facts; it is empty if there are none.
func writeFacts(cfg *unitConfig, facts *check.Facts) error {
	if cfg.VetxOutput == "" {
		return nil
	}
	var buf bytes.Buffer
	list := slices.DeleteFunc(facts.All(), func(f check.PackageFact) bool {
		_, is := f.Fact.(near)
		return is && f.Path != cfg.ImportPath
	})
	if len(list) > 0 {
		if err := gob.NewEncoder(&buf).Encode(list); err != nil {
			return fmt.Errorf("facts of package %q: %w", cfg.ImportPath, err)
		}
	}
	return os.WriteFile(cfg.VetxOutput, buf.Bytes(), 0o666)
}

// dependency finds the facts of a package that is only imported. The standard
// library has none worth the time: apart from package sync, which is known without,
// no function of it returns with a lock of its caller's taken or released, and the
// locks that they take are their own.
func (o *options) dependency(ctx context.Context, cfg *unitConfig) error {
	if cfg.ModulePath == "" && cfg.Module == nil {
		return nil
	}
	facts, err := readFacts(cfg)
	if err != nil {
		return err
	}
	if err := o.summarise(ctx, cfg, facts); err != nil {
		return err
	}
	return writeFacts(cfg, facts)
}

// summarise adds the facts of the package itself, if it may have locks. One that
// does not type-check has none; the compiler says what is wrong with it.
func (o *options) summarise(ctx context.Context, cfg *unitConfig, facts *check.Facts) error {
	fset := token.NewFileSet()
	files, err := parse(cfg, fset)
	if err != nil || !relevance.Package(files) {
		return nil
	}
	pkg, err := typeCheck(cfg, fset, files)
	if err != nil {
		return nil
	}
	_, err = check.RunUnit(ctx, check.Options{Analyzers: factual(o.rules()), Tier: o.tier, Lang: o.lang, Facts: facts}, pkg)
	return err
}

package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
)

//go:embed templates
var templatesFS embed.FS

var templates = template.Must(template.ParseFS(templatesFS, "templates/*.tmpl"))

// A file is a file to write, its path relative to analyzers/.
type file struct {
	path string
	data []byte
}

// A check is what the derived files need of one.
type check struct {
	Name    string
	Summary string
}

// derived returns the files that follow from the folders of fsys, which is
// analyzers/.
func derived(fsys fs.FS) ([]file, error) {
	checks, err := checks(fsys)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, out := range []struct{ path, template string }{
		{"suite.go", "suite.go.tmpl"},
		{"config/rules.go", "rules.go.tmpl"},
		{"README.md", "index.md.tmpl"},
	} {
		data, err := render(out.template, out.path, checks)
		if err != nil {
			return nil, err
		}
		files = append(files, file{out.path, data})
	}
	return files, nil
}

// checks lists the checks of fsys in the order of their names.
func checks(fsys fs.FS) ([]check, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var list []check
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "config" {
			continue
		}
		found, err := declaresAnalyzer(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		source, err := fs.ReadFile(fsys, path.Join(e.Name(), "doc.go"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("analyzers/%s has an Analyzer but no doc.go; the package comment there is what users read about the check", e.Name())
		} else if err != nil {
			return nil, err
		}
		text, err := lesson.Parse(string(source))
		if err != nil {
			return nil, fmt.Errorf("analyzers/%s: %w", e.Name(), err)
		}
		summary := strings.TrimSuffix(new(doc.Package).Synopsis(text), ".")
		list = append(list, check{Name: e.Name(), Summary: summary})
	}
	return list, nil
}

// declaresAnalyzer reports whether the package in dir has a package-level
// variable Analyzer.
func declaresAnalyzer(fsys fs.FS, dir string) (bool, error) {
	names, err := fs.Glob(fsys, dir+"/*.go")
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return false, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			return false, err
		}
		for _, decl := range f.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.VAR && slices.ContainsFunc(gen.Specs, namesAnalyzer) {
				return true, nil
			}
		}
	}
	return false, nil
}

func namesAnalyzer(spec ast.Spec) bool {
	return slices.ContainsFunc(spec.(*ast.ValueSpec).Names, func(id *ast.Ident) bool { return id.Name == "Analyzer" })
}

// newCheck returns the files of a new check of the given name.
func newCheck(fsys fs.FS, name string) ([]file, error) {
	if !isPackageName(name) {
		return nil, fmt.Errorf("%q cannot name a check: the name is also a package, a flag and an anchor, so use lower-case letters and digits, such as \"lostwakeup\"", name)
	}
	if _, err := fs.Stat(fsys, name); err == nil {
		return nil, fmt.Errorf("analyzers/%s is there already", name)
	}
	var files []file
	for _, out := range slices.Sorted(maps.Keys(newCheckFiles)) {
		p := path.Join(name, strings.ReplaceAll(out, "NAME", name))
		data, err := render(newCheckFiles[out], p, check{Name: name})
		if err != nil {
			return nil, err
		}
		files = append(files, file{p, data})
	}
	return files, nil
}

// newCheckFiles maps the path of each file of a check to its template.
var newCheckFiles = map[string]string{
	"doc.go":                      "doc.go.tmpl",
	"NAME.go":                     "check.go.tmpl",
	"NAME_test.go":                "check_test.go.tmpl",
	"messages/en.json":            "en.json.tmpl",
	"testdata/src/noisy/noisy.go": "noisy.go.tmpl",
	"testdata/src/quiet/quiet.go": "quiet.go.tmpl",
}

func isPackageName(name string) bool {
	if name == "" || len(name) > 40 || token.IsKeyword(name) || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// render executes a template; Go source comes out formatted.
func render(name, output string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return nil, err
	}
	if path.Ext(output) != ".go" {
		return b.Bytes(), nil
	}
	return format.Source(b.Bytes())
}

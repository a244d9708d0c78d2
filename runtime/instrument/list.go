package instrument

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// A Package is what the go command says of a package, as far as it matters
// here.
type Package struct {
	ImportPath   string
	Dir          string
	Name         string
	Standard     bool // part of the Go distribution
	DepOnly      bool // not named by the patterns, but needed by what is
	ForTest      string
	GoFiles      []string
	CgoFiles     []string
	TestGoFiles  []string
	XTestGoFiles []string
	// Import paths as the sources of the package and its tests have them.
	Imports, TestImports, XTestImports []string
	// Files that go:embed directives name, of the package and its tests.
	EmbedFiles, TestEmbedFiles, XTestEmbedFiles []string

	// Export is the file with the package's export data, if that was asked for.
	Export string

	Module     *Module
	Error      *PackageError
	DepsErrors []*PackageError
}

// A Module is the module that a package is in.
type Module struct {
	Path    string
	Dir     string // empty in vendor mode, but for main modules
	Version string
	Main    bool
	Replace *Module
	// GoVersion is that of the go.mod file, such as "1.21", or "".
	GoVersion string
}

// A PackageError says why a package could not be loaded.
type PackageError struct {
	Pos string
	Err string
}

func (e *PackageError) String() string {
	if e.Pos == "" {
		return e.Err
	}
	return e.Pos + ": " + e.Err
}

// ListFields are the fields to ask the go command for, in the form
// "go list -json=...".
const ListFields = "ImportPath,Dir,Name,Standard,DepOnly,ForTest,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,EmbedFiles,TestEmbedFiles,XTestEmbedFiles,Module,Error,DepsErrors"

// ExportFields are the fields to ask for, with "go list -export", where types
// are needed: for [Options.Control].
const ExportFields = ListFields + ",Export"

// ParseList reads the output of "go list -deps -json". Packages that were made
// for tests only are left out: their files are those of the packages they test.
// A package that is needed only by the tests of one that it imports itself is there
// only as it was made for them; it gets its own name.
func ParseList(output []byte) ([]Package, error) {
	var list, variants []Package
	listed := make(map[string]bool)
	for dec := json.NewDecoder(bytes.NewReader(output)); ; {
		var p Package
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading the go command's list of packages: %w", err)
		}
		path, _, variant := strings.Cut(p.ImportPath, " [")
		switch {
		case p.Name == "main" && strings.HasSuffix(p.ImportPath, ".test") && p.Dir != "" && synthetic(p):
		case p.ForTest == "":
			list = append(list, p)
			listed[p.ImportPath] = true
		case variant && path != p.ForTest && path != p.ForTest+"_test":
			p.ImportPath, p.ForTest = path, ""
			variants = append(variants, p)
		}
	}
	for _, p := range variants {
		if !listed[p.ImportPath] {
			list = append(list, p)
			listed[p.ImportPath] = true
		}
	}
	return list, nil
}

// synthetic reports whether p is the main package of a test binary, the only
// file of which is generated.
func synthetic(p Package) bool {
	return len(p.GoFiles) == 1 && filepath.IsAbs(p.GoFiles[0])
}

// ours reports whether the files of p may be replaced and belong to the user:
// those of main modules and of modules replaced by a folder. Dependencies in the
// module cache cannot be replaced, vendored ones are not the user's.
func (p *Package) ours() bool {
	if p.Standard || p.Dir == "" || slices.Contains(strings.Split(filepath.ToSlash(p.Dir), "/"), "vendor") {
		return false
	}
	m := p.Module
	return m == nil || m.Main || m.Replace != nil && m.Replace.Version == ""
}

// sourceRoot is GOROOT/src if p is a package of the standard library, else "".
func (p *Package) sourceRoot() string {
	src, ok := strings.CutSuffix(filepath.ToSlash(p.Dir), "/"+p.ImportPath)
	if !p.Standard || !ok {
		return ""
	}
	return filepath.FromSlash(src)
}

// HasTests reports whether p has test files.
func (p *Package) HasTests() bool { return len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 }

// files lists the files of p that are compiled, with its tests if they are to
// be, by absolute name.
func (p *Package) files(tests bool) []string {
	names := slices.Concat(p.GoFiles, p.CgoFiles)
	if tests {
		names = append(names, slices.Concat(p.TestGoFiles, p.XTestGoFiles)...)
	}
	for i, name := range names {
		names[i] = p.file(name)
	}
	return names
}

func (p *Package) file(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.Dir, name)
}

package instrument

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"go/version"
	"strings"
)

// generics is the first version of the language that has type parameters, and so can
// call package control.
const generics = "go1.18"

// newEnough is the version that a file of an older module is raised to. It is
// the oldest that a file can choose.
const newEnough = "go1.21"

// atLeast reports whether the file is in the given version of the language or
// a later one.
func (e *editor) atLeast(v string) bool {
	is := e.info.FileVersions[e.file]
	return is == "" || version.Compare(is, v) >= 0
}

// withVersion raises the version of the language, where it is too old for type
// parameters, in what is before the package clause's end.
func (e *editor) withVersion(head string) string {
	if e.atLeast(generics) {
		return head
	}
	return raise(head, e.file, e.offset, newEnough)
}

// raise gives a file a version of the language, in its beginning. Lines count as
// they did.
func raise(head string, file *ast.File, offset func(token.Pos) int, to string) string {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() > file.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			expr, _, _ := strings.Cut(strings.TrimPrefix(c.Text, "//go:build"), "//")
			return head[:offset(c.Pos())] + "//go:build (" + strings.TrimSpace(expr) + ") && " + to + head[offset(c.End()):]
		}
	}
	const mark = "\ufeff"
	return "//go:build " + to + "\n//line :1:1\n" + strings.TrimPrefix(head, mark)
}

// raiseFile raises the version of the language of a file of ours, which may have
// type parameters where the module has none.
func raiseFile(name string, src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return []byte(raise(string(src), file, func(p token.Pos) int { return fset.Position(p).Offset }, newEnough)), nil
}

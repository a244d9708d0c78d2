package instrument

import (
	"go/build/constraint"
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
	for _, group := range e.file.Comments {
		for _, c := range group.List {
			if c.Pos() > e.file.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			expr, _, _ := strings.Cut(strings.TrimPrefix(c.Text, "//go:build"), "//")
			return head[:e.offset(c.Pos())] + "//go:build (" + strings.TrimSpace(expr) + ") && " + newEnough + head[e.offset(c.End()):]
		}
	}
	const mark = "\ufeff"
	return "//go:build " + newEnough + "\n//line :1:1\n" + strings.TrimPrefix(head, mark)
}

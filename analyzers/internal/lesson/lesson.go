// Package lesson reads the documentation of a check out of the check's own
// doc.go, so that go doc, go vet's help, "lockstep explain" and the index of
// rules all show the same text.
//
// A check embeds its doc.go and passes it to [Doc]:
//
//	//go:embed doc.go
//	var docSource string
//
//	var Analyzer = &analysis.Analyzer{
//		Name: "missingunlock",
//		Doc:  lesson.Doc(docSource),
//		…
//	}
package lesson

import (
	"fmt"
	"go/parser"
	"go/token"
	"strings"
)

// Doc returns the package comment of source, the text of a doc.go, without
// the words "Package NAME" with which it begins. It panics if there is none,
// which is a mistake in the check and not in any input.
func Doc(source string) string {
	text, err := Parse(source)
	if err != nil {
		panic(err)
	}
	return text
}

// Parse is Doc for source that may be wrong.
func Parse(source string) (string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", source, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(f.Doc.Text())
	rest, ok := strings.CutPrefix(text, "Package "+f.Name.Name+" ")
	if !ok {
		return "", fmt.Errorf("doc.go: the package comment does not begin with %q", "Package "+f.Name.Name)
	}
	return rest, nil
}

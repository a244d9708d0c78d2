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

// Parse is Doc for source that may be wrong. The source must begin with the comment, in
// lines that begin with two slashes, and go on with the package clause. Every process
// of lockstep reads the documentation of every check, so that it is not parsed
// as Go, which would cost a fifth of a process that does nothing else.
func Parse(source string) (string, error) {
	var b strings.Builder
	b.Grow(len(source))
	name := ""
	for line := range strings.Lines(source) {
		line = strings.TrimRight(line, " \t\r\n")
		text, isComment := strings.CutPrefix(line, "//")
		if !isComment {
			name = strings.TrimPrefix(line, "package ")
			if name == line || name == "" {
				return "", fmt.Errorf("doc.go: %q is neither a comment nor a package clause", line)
			}
			break
		}
		b.WriteString(strings.TrimPrefix(text, " "))
		b.WriteByte('\n')
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(b.String()), "Package "+name+" ")
	if !ok {
		return "", fmt.Errorf("doc.go: the package comment does not begin with %q", "Package "+name)
	}
	return text, nil
}

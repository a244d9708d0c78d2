package lesson

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	got, err := Parse("// Package p reports what is wrong.\n//\n// # Wrong\n//\n//\tgo f()\npackage p\n")
	if want := "reports what is wrong.\n\n# Wrong\n\n\tgo f()"; err != nil || got != want {
		t.Errorf("Parse = %q, %v; want %q", got, err, want)
	}
	for name, source := range map[string]string{
		"no comment":    "package p\n",
		"other package": "// Package q reports.\npackage p\n",
		"not Go":        "p",
	} {
		if got, err := Parse(source); err == nil {
			t.Errorf("%s: Parse = %q, want an error", name, got)
		}
	}
}

// The text of every lesson is what go doc shows.
func TestLessons(t *testing.T) {
	files, err := filepath.Glob("../../*/doc.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("files %v, error %v", files, err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(string(source))
		if want := strings.TrimSpace(f.Doc.Text()); err != nil || "Package "+f.Name.Name+" "+got != want {
			t.Errorf("%s: Parse = %q, %v; want %q without the beginning", name, got, err, want)
		}
	}
}

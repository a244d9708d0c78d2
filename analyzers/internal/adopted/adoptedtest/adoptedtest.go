// Package adoptedtest holds an adopted check to the analyzer that it was made of.
package adoptedtest

import (
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
)

// NoErrors is for what a test of package analysistest is run for besides the
// comparison with its "want" comments.
type NoErrors struct{}

func (NoErrors) Errorf(string, ...any) {}

// Sentences runs the check and the analyzer that it adopts over the analyzer's
// own test packages, which are read in the module cache. The check must report
// on every line on which the analyzer does, and on no other, and must know each
// of the sentences.
func Sentences(t *testing.T, check, original *analysis.Analyzer, packages ...string) {
	t.Helper()
	testdata := filepath.Join(source(t, original), "testdata")
	want := make(map[string]bool)
	for _, res := range analysistest.Run(NoErrors{}, testdata, original, packages...) {
		for _, d := range res.Diagnostics {
			want[line(res, d)] = true
		}
	}
	if len(want) == 0 {
		t.Fatalf("%s reports nothing on its own test packages in %s", original.Name, testdata)
	}
	got := make(map[string]bool)
	for _, res := range analysistest.Run(NoErrors{}, testdata, check, packages...) {
		result, ok := res.Result.(*diagnostic.Result)
		if !ok {
			t.Errorf("package %s: %v", res.Action.Package.PkgPath, res.Err)
			continue
		}
		for _, d := range res.Diagnostics {
			got[line(res, d)] = true
			for _, rel := range d.Related {
				got[line(res, analysis.Diagnostic{Pos: rel.Pos})] = true
			}
		}
		for _, d := range result.Diagnostics {
			if d.Message.Key == "other" {
				t.Errorf("no sentence of %s matches %q", check.Name, d.Message.Args["text"])
			}
			if text := result.Text(d.Message); strings.Contains(text, "{") && !strings.Contains(text, "{}") {
				t.Errorf("an argument is missing: %s", text)
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s reports on\n%s\n%s reports on\n%s", check.Name, list(got), original.Name, list(want))
	}
}

func line(res *analysistest.Result, d analysis.Diagnostic) string {
	posn := res.Action.Package.Fset.Position(d.Pos)
	return fmt.Sprintf("%s:%d", posn.Filename, posn.Line)
}

func list(lines map[string]bool) string {
	return "\t" + strings.Join(slices.Sorted(maps.Keys(lines)), "\n\t")
}

// source is the folder of the analyzer's package.
func source(t *testing.T, a *analysis.Analyzer) string {
	t.Helper()
	path, ok := strings.CutPrefix(a.URL, "https://pkg.go.dev/")
	if !ok {
		t.Fatalf("%s has no URL that names its package", a.Name)
	}
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(dir))
}

package confirm

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

func TestNewPlan(t *testing.T) {
	dir := t.TempDir()
	in := func(elem ...string) string { return filepath.Join(append([]string{dir}, elem...)...) }
	packages := []check.Package{
		{Path: "m/app", Name: "main", Dir: in("app")},
		{Path: "m/clean", Name: "clean", Dir: in("clean"), Tests: true},
		{Path: "m/lib", Name: "lib", Dir: in("lib"), Tests: true},
		{Path: "m/tool", Name: "main", Dir: in("tool"), Tests: true},
		{Path: "m/untested", Name: "untested", Dir: in("untested")},
	}
	found := func(dirs ...string) *check.Result {
		res := &check.Result{Packages: packages}
		for _, d := range dirs {
			res.Findings = append(res.Findings, &finding.Finding{
				Range: finding.Range{Start: finding.Position{File: in(d, "x.go"), Line: 1}},
			})
		}
		return res
	}
	for _, test := range []struct {
		name     string
		patterns []string
		res      *check.Result
		want     Plan
	}{
		{"nothing found, nothing run", []string{"./..."}, found(), Plan{}},
		{"what is named is run", []string{"./app", "m/lib"}, found(), Plan{Tests: []string{"m/lib"}, Program: []string{"./app"}}},
		{"tests of the package that has findings", []string{"./..."}, found("lib"), Plan{Tests: []string{"m/lib"}}},
		{"a pattern names no program", []string{"./..."}, found("app"), Plan{Unnamed: []string{"m/app"}}},
		{"no argument names no program", nil, found("app"), Plan{Unnamed: []string{"m/app"}}},
		{"a program named by folder", []string{"./app"}, found("app"), Plan{Program: []string{"./app"}}},
		{"two programs named", []string{"./app", "./tool"}, found("app"), Plan{Tests: []string{"m/tool"}, Program: []string{"./app"}, Further: []string{"m/tool"}}},
		{"a program named by import path", []string{"m/app", "./lib"}, found("app", "lib"), Plan{Tests: []string{"m/lib"}, Program: []string{"m/app"}}},
		{"a program named by absolute folder", []string{in("app")}, found("app"), Plan{Program: []string{in("app")}}},
		{"no tests", []string{"./..."}, found("untested"), Plan{Untested: []string{"m/untested"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := NewPlan(dir, test.patterns, test.res); !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got %+v, want %+v", *got, test.want)
			}
		})
	}

	files := []string{"app/a.go", "app/b.go"}
	res := &check.Result{
		Packages: []check.Package{{Path: "command-line-arguments", Name: "main", Dir: in("app")}},
		Findings: found("app").Findings,
	}
	if got, want := *NewPlan(dir, files, res), (Plan{Program: files}); !reflect.DeepEqual(got, want) {
		t.Errorf("program named by its files: got %+v, want %+v", got, want)
	}
}

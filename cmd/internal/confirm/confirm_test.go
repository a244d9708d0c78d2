package confirm

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/explore"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

func TestNewPlan(t *testing.T) {
	dir := t.TempDir()
	in := func(elem ...string) string { return filepath.Join(append([]string{dir}, elem...)...) }
	packages := []check.Package{
		{Path: "m/app", Name: "main", Dir: in("app")},
		{Path: "m/clean", Name: "clean", Dir: in("clean"), Tests: true},
		{Path: "m/lib", Name: "lib", Dir: in("lib"), Tests: true},
		{Path: "m/tool", Name: "main", Dir: in("tool")},
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
		{"what is named is run", []string{"./app", "m/lib"}, found(), Plan{Tests: []string{"m/lib"}, Programs: [][]string{{"./app"}}}},
		{"tests of the package that has findings", []string{"./..."}, found("lib"), Plan{Tests: []string{"m/lib"}}},
		{"a pattern names no program", []string{"./..."}, found("app"), Plan{Unnamed: []string{"m/app"}}},
		{"no argument names no program", nil, found("app"), Plan{Unnamed: []string{"m/app"}}},
		{"a program named by folder", []string{"./app"}, found("app"), Plan{Programs: [][]string{{"./app"}}}},
		{"a program named by import path", []string{"m/app", "./lib"}, found("app", "lib"), Plan{Tests: []string{"m/lib"}, Programs: [][]string{{"m/app"}}}},
		{"a program named by absolute folder", []string{in("app")}, found("app"), Plan{Programs: [][]string{{in("app")}}}},
		{"two programs named", []string{"./app", "m/tool"}, found(), Plan{Programs: [][]string{{"./app"}, {"m/tool"}}}},
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
	if got, want := *NewPlan(dir, files, res), (Plan{Programs: [][]string{files}}); !reflect.DeepEqual(got, want) {
		t.Errorf("program named by its files: got %+v, want %+v", got, want)
	}
}

func TestNewPlanTestFiles(t *testing.T) {
	files := []string{"a_test.go", "b_test.go"}
	res := &check.Result{Packages: []check.Package{{Path: "command-line-arguments", Name: "a_test", Tests: true}}}
	if got, want := *NewPlan(t.TempDir(), files, res), (Plan{Tests: files}); !reflect.DeepEqual(got, want) {
		t.Errorf("tests named by their files: got %+v, want %+v", got, want)
	}
}

func TestJudge(t *testing.T) {
	at := func(line int) finding.Position { return finding.Position{File: "/app/a.go", Line: line, Column: 3} }
	make := func(source finding.Source, lines ...int) *finding.Finding {
		f := &finding.Finding{Source: source, Range: finding.Range{Start: at(lines[0])}}
		for _, n := range lines {
			f.Operations = append(f.Operations, at(n))
		}
		return f
	}
	ran := &explore.Outcome{Runs: 5, Schedules: 3, Reached: map[finding.Position]bool{{File: "/app/a.go", Line: 7}: true}}
	r := &Result{Outcomes: []*explore.Outcome{ran, {Runs: 1}}, Findings: []*finding.Finding{
		make(finding.Static, 2, 7), make(finding.Static, 2, 8), make(finding.Both, 7), make(finding.Dynamic, 7),
	}}
	r.judge()
	for i, want := range []*finding.Trial{{Schedules: 3, Runs: 6, Reached: true}, {Schedules: 3, Runs: 6}, nil, nil} {
		got := r.Findings[i].Trial
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("finding %d: %+v, want %+v", i, got, want)
		}
	}
	// Without control nobody knows what was reached.
	r = &Result{Outcomes: []*explore.Outcome{{Runs: 1}}, Findings: []*finding.Finding{make(finding.Static, 2)}}
	if r.judge(); r.Findings[0].Trial == nil || !r.Findings[0].Trial.Reached {
		t.Errorf("without control: %+v", r.Findings[0].Trial)
	}
	r = &Result{Findings: []*finding.Finding{make(finding.Static, 2)}}
	if r.judge(); r.Findings[0].Trial != nil {
		t.Errorf("nothing was run: %+v", r.Findings[0].Trial)
	}
}

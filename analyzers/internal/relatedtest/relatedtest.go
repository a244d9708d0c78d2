// Package relatedtest holds the places that a check names beside its findings to
// comments in its test data.
package relatedtest

import (
	"fmt"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// Run is analysistest.Run, and compares what is said about each line with the
// comment there, the role, key and arguments of each place:
//
//	<-done // why: reason why-too-late other=-1 place=-4; join joined-here
//
// Lines of the same file among the arguments are relative to that of the comment. A
// comment for package analysistest may follow. Where a comment of its own is in
// the way, "why+2:" speaks of the second line below.
func Run(t *testing.T, check *analysis.Analyzer, packages ...string) {
	t.Helper()
	for _, res := range analysistest.Run(t, analysistest.TestData(), check, packages...) {
		result, ok := res.Result.(*diagnostic.Result)
		if !ok {
			t.Fatalf("package %s: %v", res.Action.Package.PkgPath, res.Err)
		}
		got, want := said(t, res.Pass.Fset, result), expected(res.Pass)
		for line := range want {
			if got[line] == nil {
				got[line] = []string{"nothing"}
			}
		}
		for _, line := range slices.SortedFunc(maps.Keys(got), func(a, b place) int { return strings.Compare(a.String(), b.String()) }) {
			slices.Sort(got[line])
			if text := strings.Join(slices.Compact(got[line]), "; "); text != want[line] {
				t.Errorf("%v:\n got %s\nwant %s", line, text, want[line])
			}
		}
	}
}

// A place is a line of a file, which is named without its folder.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

func placeOf(fset *token.FileSet, pos token.Pos) place {
	p := fset.Position(pos)
	return place{filepath.Base(p.Filename), p.Line}
}

// said lists what is said about each line.
func said(t *testing.T, fset *token.FileSet, result *diagnostic.Result) map[place][]string {
	got := make(map[place][]string)
	for _, d := range result.Diagnostics {
		for _, rel := range d.Related {
			if text := result.Text(rel.Message); strings.Contains(text, "{") {
				t.Errorf("an argument is missing: %s", text)
			}
			at := placeOf(fset, rel.Pos)
			got[at] = append(got[at], string(rel.Role)+" "+worded(rel.Message, at))
		}
	}
	return got
}

var placePattern = regexp.MustCompile(`^(.+\.go):(\d+)$`)

// worded is a message as its key and arguments.
func worded(m message.Message, at place) string {
	words := []string{string(m.Key)}
	for _, name := range slices.Sorted(maps.Keys(m.Args)) {
		arg := m.Args[name]
		if p := placePattern.FindStringSubmatch(arg); p != nil && p[1] == at.file {
			line, _ := strconv.Atoi(p[2])
			arg = fmt.Sprintf("%+d", line-at.line)
		}
		words = append(words, name+"="+arg)
	}
	if m.Then != nil {
		words = append(words, worded(*m.Then, at))
	}
	return strings.Join(words, " ")
}

var commentPattern = regexp.MustCompile(`^// why(\+\d+)?: (.*)$`)

// expected reads the comments.
func expected(pass *analysis.Pass) map[place]string {
	want := make(map[place]string)
	for _, f := range pass.Files {
		for _, g := range f.Comments {
			for _, c := range g.List {
				text, _, _ := strings.Cut(c.Text, " // want")
				if m := commentPattern.FindStringSubmatch(text); m != nil {
					at := placeOf(pass.Fset, c.Pos())
					below, _ := strconv.Atoi(m[1])
					at.line += below
					want[at] = strings.TrimSpace(m[2])
				}
			}
		}
	}
	return want
}

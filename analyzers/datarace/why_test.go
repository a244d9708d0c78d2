package datarace_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/datarace"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// TestWhy compares what is said about places near a race with the comments there:
//
//	// why: spawn started-here; reason why-too-late other=-1 place=-4
//
// Lines among the arguments are relative to the line of the comment.
func TestWhy(t *testing.T) {
	results := analysistest.Run(t, analysistest.TestData(), datarace.Analyzer, "why")
	for _, res := range results {
		result := res.Result.(*diagnostic.Result)
		got := make(map[int][]string)
		for _, d := range result.Diagnostics {
			for _, rel := range d.Related {
				if text := result.Text(rel.Message); strings.Contains(text, "{") {
					t.Errorf("an argument is missing: %s", text)
				}
				line := res.Pass.Fset.Position(rel.Pos).Line
				if said := string(rel.Role) + " " + worded(rel.Message, line); !slices.Contains(got[line], said) {
					got[line] = append(got[line], said)
				}
			}
		}
		want := expected(res.Pass)
		for _, line := range slices.Sorted(maps.Keys(got)) {
			slices.Sort(got[line])
			if want[line] != strings.Join(got[line], "; ") {
				t.Errorf("line %d:\n got %s\nwant %s", line, strings.Join(got[line], "; "), want[line])
			}
		}
		for line := range want {
			if len(got[line]) == 0 {
				t.Errorf("line %d: nothing is said; want %s", line, want[line])
			}
		}
	}
}

var place = regexp.MustCompile(`^why\.go:(\d+)$`)

// worded is a message as its key and arguments, with lines relative to one.
func worded(m message.Message, line int) string {
	words := []string{string(m.Key)}
	for _, name := range slices.Sorted(maps.Keys(m.Args)) {
		arg := m.Args[name]
		if p := place.FindStringSubmatch(arg); p != nil {
			n, _ := strconv.Atoi(p[1])
			arg = fmt.Sprintf("%+d", n-line)
		}
		words = append(words, name+"="+arg)
	}
	if m.Then != nil {
		words = append(words, worded(*m.Then, line))
	}
	return strings.Join(words, " ")
}

// expected reads the comments, by line.
func expected(pass *analysis.Pass) map[int]string {
	want := make(map[int]string)
	for _, f := range pass.Files {
		for _, c := range slices.Concat(comments(f)...) {
			text, _, _ := strings.Cut(strings.TrimPrefix(c.Text, "// "), " // want")
			if rest, ok := strings.CutPrefix(text, "why: "); ok {
				line := pass.Fset.Position(c.Pos()).Line
				want[line] = cmp.Or(strings.TrimSpace(rest), want[line])
			}
		}
	}
	return want
}

func comments(f *ast.File) [][]*ast.Comment {
	var all [][]*ast.Comment
	for _, g := range f.Comments {
		all = append(all, g.List)
	}
	return all
}

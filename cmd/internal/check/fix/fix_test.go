package fix

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

var sources = map[string]string{
	"a.go": "package a\n\nvar x = 1\n",
	"b.go": "package a\n\nvar y = 2\n",
}

func read(name string) ([]byte, error) {
	if s, ok := sources[name]; ok {
		return []byte(s), nil
	}
	return nil, fs.ErrNotExist
}

func anywhere(string) bool { return true }

// replace is an edit of the first occurrence of old in a source.
func replace(file, old, new string) finding.Edit {
	return finding.Edit{File: file, Offset: strings.Index(sources[file], old), Length: len(old), New: new}
}

func insert(file, before, text string) finding.Edit {
	e := replace(file, before, text)
	e.Length = 0
	return e
}

func fixing(edits ...finding.Edit) *finding.Finding {
	return &finding.Finding{Fixes: []finding.Fix{{Edits: edits}, {Edits: []finding.Edit{{File: "never the second fix"}}}}}
}

func TestNew(t *testing.T) {
	tests := []struct {
		name     string
		findings []*finding.Finding
		want     string // files with their content, then what became of each finding
	}{
		{
			"nothing", nil, "",
		}, {
			"no fix", []*finding.Finding{{}}, "0: no-fix",
		}, {
			"replace", []*finding.Finding{fixing(replace("a.go", "1", "3"))},
			"a.go: package a var x = 3; 0: fixed",
		}, {
			"result is formatted", []*finding.Finding{fixing(replace("a.go", "x = 1", "x  =  3"))},
			"a.go: package a var x = 3; 0: fixed",
		}, {
			"two in one file", []*finding.Finding{fixing(replace("a.go", "1", "3")), fixing(replace("a.go", "x", "z"))},
			"a.go: package a var z = 3; 0: fixed 1: fixed",
		}, {
			"overlap", []*finding.Finding{fixing(replace("a.go", "x = 1", "x = 3")), fixing(replace("a.go", "1", "4"))},
			"a.go: package a var x = 3; 0: fixed 1: overlaps",
		}, {
			"overlap within a fix", []*finding.Finding{fixing(replace("a.go", "x = 1", "x = 3"), replace("a.go", "1", "4"))},
			"0: overlaps",
		}, {
			"touching is no overlap", []*finding.Finding{fixing(replace("a.go", "x", "z")), fixing(replace("a.go", " = 1", " = 4"))},
			"a.go: package a var z = 4; 0: fixed 1: fixed",
		}, {
			"different insertions at one place", []*finding.Finding{fixing(insert("a.go", "var", "//1\n")), fixing(insert("a.go", "var", "//2\n"))},
			"a.go: package a // 1 var x = 1; 0: fixed 1: overlaps",
		}, {
			"equal insertions at one place", []*finding.Finding{
				fixing(insert("a.go", "var", "//1\n"), replace("a.go", "1", "3")),
				fixing(insert("a.go", "var", "//1\n"), replace("a.go", "x", "z"))},
			"a.go: package a // 1 var z = 3; 0: fixed 1: fixed",
		}, {
			"insertion before what is replaced", []*finding.Finding{fixing(replace("a.go", "1", "3")), fixing(insert("a.go", "1", "2 + "))},
			"a.go: package a var x = 2 + 3; 0: fixed 1: fixed",
		}, {
			"a fix is applied as a whole or not at all", []*finding.Finding{
				fixing(replace("a.go", "1", "3")),
				fixing(replace("b.go", "2", "4"), replace("a.go", "1", "5")),
				fixing(replace("b.go", "y", "z"))},
			"a.go: package a var x = 3; b.go: package a var z = 2; 0: fixed 1: overlaps 2: fixed",
		}, {
			"result that is not Go, and what hangs together with it", []*finding.Finding{
				fixing(replace("a.go", "1", "(")),
				fixing(replace("a.go", "x", "z"), replace("b.go", "y", "z")),
				fixing(replace("b.go", "2", "4"))},
			"b.go: package a var y = 4; 0: invalid-code 1: invalid-code 2: fixed",
		}, {
			"beyond the end", []*finding.Finding{fixing(finding.Edit{File: "a.go", Offset: 20, Length: 20}), fixing(finding.Edit{File: "a.go", Offset: -1})},
			"0: unreadable 1: unreadable",
		}, {
			"no such file", []*finding.Finding{fixing(replace("a.go", "1", "3"), finding.Edit{File: "c.go"})},
			"0: unreadable",
		}, {
			"no change", []*finding.Finding{fixing(replace("a.go", "1", "1"))},
			"0: fixed",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := New(tt.findings, read, anywhere)
			if got := describe(plan, tt.findings); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func describe(plan *Plan, fs []*finding.Finding) string {
	var words []string
	for _, c := range plan.Changes {
		words = append(words, c.File+": "+strings.Join(strings.Fields(string(c.New)), " ")+";")
	}
	for i, f := range fs {
		for _, done := range plan.Fixed {
			if done == f {
				words = append(words, fmt.Sprintf("%d: fixed", i))
			}
		}
		for _, s := range plan.Skipped {
			if s.Finding == f {
				words = append(words, fmt.Sprintf("%d: %s", i, s.Reason))
			}
		}
	}
	return strings.Join(words, " ")
}

func TestNotAllowed(t *testing.T) {
	f := fixing(replace("a.go", "1", "3"), replace("b.go", "2", "3"))
	plan := New([]*finding.Finding{f}, read, func(file string) bool { return file == "a.go" })
	if got := describe(plan, []*finding.Finding{f}); got != "0: not-yours" {
		t.Error(got)
	}
}

func TestDiff(t *testing.T) {
	c := Change{File: "a.go", Old: []byte("a\nb\n"), New: []byte("a\nc\n")}
	want := "--- a/a.go\n+++ b/a.go\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
	if got := string(c.Diff("a/a.go", "b/a.go")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.go")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Write(Change{File: file, Old: []byte("old"), New: []byte("new")}); err != nil {
		t.Fatal(err)
	}
	content(t, file, "new")
	if info, _ := os.Stat(file); runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, want that of the old file", info.Mode())
	}
	if err := Write(Change{File: file, Old: []byte("old"), New: []byte("newer")}); !errors.Is(err, ErrChanged) {
		t.Errorf("error %v, want %v", err, ErrChanged)
	}
	content(t, file, "new")
	if err := Write(Change{File: filepath.Join(dir, "none.go")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want %v", err, fs.ErrNotExist)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("folder holds %v (%v), want the one file", entries, err)
	}
}

func TestWriteThroughSymlink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "a.go"), filepath.Join(dir, "link.go")
	if err := os.WriteFile(file, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if err := Write(Change{File: link, Old: []byte("old"), New: []byte("new")}); err != nil {
		t.Fatal(err)
	}
	content(t, file, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info.Mode(), err)
	}
}

func content(t *testing.T, file, want string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil || string(data) != want {
		t.Errorf("%s holds %q (%v), want %q", file, data, err, want)
	}
}

// gofmt would end every line as on Unix, and a fix of one line would be a change of
// the whole file.
func TestNewKeepsLineEnds(t *testing.T) {
	old := "package a\r\n\r\nvar x = 1\r\n"
	edit := finding.Edit{File: "w.go", Offset: strings.Index(old, "1"), Length: 1, New: "3"}
	plan := New([]*finding.Finding{fixing(edit)}, func(string) ([]byte, error) { return []byte(old), nil }, anywhere)
	if want := "package a\r\n\r\nvar x = 3\r\n"; len(plan.Changes) != 1 || string(plan.Changes[0].New) != want {
		t.Errorf("changes %+v, want one to %q", plan.Changes, want)
	}
}

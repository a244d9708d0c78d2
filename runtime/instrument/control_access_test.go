package instrument

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// accessCalls finds the calls of Access and Value in a rewritten file, by line.
func accessCalls(src []byte) map[int][]string {
	found := make(map[int][]string)
	for _, m := range regexp.MustCompile(`lockstep_ctl\.Access\("[^\n]*?:(\d+):\d+\\t((?:[^"\\]|\\.)*)", "(\w+)"\)`).FindAllSubmatch(src, -1) {
		line, _ := strconv.Atoi(string(m[1]))
		text, _ := strconv.Unquote(`"` + string(m[2]) + `"`)
		found[line] = append(found[line], string(m[3])+": "+text)
	}
	return found
}

// Comments in the files say which accesses are points.
func TestAccesses(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/access")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.22\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := control(t, dir, Options{}, ".")
	if !regexp.MustCompile(`again:\s+lockstep_ctl\.Access`).Match(r.Overlay[filepath.Join(dir, "variables.go")]) {
		t.Error("goto does not lead to a point")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		calls := accessCalls(r.Overlay[file])
		for i, line := range strings.Split(string(src), "\n") {
			_, want, _ := strings.Cut(line, "// ")
			if !regexp.MustCompile(`^(read|write|update): `).MatchString(want) {
				want = ""
			}
			if got := strings.Join(calls[i+1], "; "); got != want {
				t.Errorf("%s:%d: %s\ngot  %q\nwant %q", filepath.Base(file), i+1, strings.TrimSpace(line), got, want)
			}
		}
	}
}

// Given points are the only ones.
func TestPoints(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "p.go")
	src := "package p\n\nvar x, y int\n\nfunc f(z int) {\n\tx++\n\ty++; z = y\n\tprintln(z)\n}\n"
	for name, text := range map[string]string{file: src, filepath.Join(dir, "go.mod"): "module m\n\ngo 1.22\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		points []Point
		want   string
	}{
		{nil, "map[6:[read: x write: x] 7:[read: y write: y read: y]]"},
		{[]Point{}, "map[]"},
		{[]Point{{file, 7, 11}}, "map[7:[read: y]]"},
		{[]Point{{file, 6, 0}, {file, 8, 10}, {filepath.Join(dir, "q.go"), 7, 2}}, "map[6:[read: x write: x] 8:[read: z]]"},
	} {
		r := control(t, dir, Options{Points: test.points}, ".")
		if got := fmt.Sprint(accessCalls(r.Overlay[file])); got != test.want {
			t.Errorf("%v: %s, want %s", test.points, got, test.want)
		}
	}
}

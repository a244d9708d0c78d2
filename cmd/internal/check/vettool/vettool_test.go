package vettool

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// toy reports every function called bad and would call it good. On a package
// called failing it fails.
func toy() []*analysis.Analyzer {
	a := &analysis.Analyzer{Name: "toy", Doc: "report functions called bad"}
	shout := a.Flags.Bool("shout", false, "end with an exclamation mark")
	a.Run = func(pass *analysis.Pass) (any, error) {
		if pass.Pkg.Name() == "failing" {
			return nil, errors.New("no luck")
		}
		text := "bad"
		if *shout {
			text += "!"
		}
		for id, obj := range pass.TypesInfo.Defs {
			if obj != nil && id.Name == "bad" {
				pass.Report(analysis.Diagnostic{
					Pos: id.Pos(), End: id.End(), Message: text,
					Related: []analysis.RelatedInformation{{Pos: pass.Files[0].Package, Message: "related"}},
					SuggestedFixes: []analysis.SuggestedFix{{
						Message:   "rename",
						TextEdits: []analysis.TextEdit{{Pos: id.Pos(), End: id.End(), NewText: []byte("good")}},
					}},
				})
			}
		}
		return nil, nil
	}
	other := &analysis.Analyzer{Name: "other", Doc: "report every package", Run: func(pass *analysis.Pass) (any, error) {
		pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Message: "package"})
		return nil, nil
	}}
	return []*analysis.Analyzer{a, other}
}

// call runs the tool on a package of one file, with changes to its config.
func call(t *testing.T, src string, change func(*unitConfig), flags ...string) (code int, stdout, stderr string, dir string) {
	t.Helper()
	dir = t.TempDir()
	file := filepath.Join(dir, "p.go")
	cfg := &unitConfig{
		ID: "example.com/p", Dir: dir, ImportPath: "example.com/p", GoVersion: "go1.26",
		GoFiles: []string{file}, VetxOutput: filepath.Join(dir, "vet.out"),
	}
	if change != nil {
		change(cfg)
	}
	data, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "vet.cfg")
	for file, content := range map[string][]byte{file: []byte(src), name: data} {
		if err := os.WriteFile(file, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	code = Main(t.Context(), "lockstep", append(flags, name), toy(), &out, &errs)
	clean := func(b *bytes.Buffer) string {
		return strings.ReplaceAll(b.String(), dir+string(filepath.Separator), "")
	}
	return code, clean(&out), clean(&errs), dir
}

const source = "package p\n\nfunc bad() {}\n"

func TestUnit(t *testing.T) {
	tests := []struct {
		name   string
		src    string
		change func(*unitConfig)
		flags  []string
		code   int
		stdout string
		stderr string
	}{
		{
			name: "plain", src: source,
			code: 1, stderr: "p.go:3:6: bad\np.go:1:1: \trelated\np.go:1:1: package\n",
		}, {
			name: "context", src: source, flags: []string{"-toy", "-c=0"},
			code: 1, stderr: "p.go:3:6: bad\n3\tfunc bad() {}\np.go:1:1: \trelated\n1\tpackage p\n",
		}, {
			name: "one enabled", src: source, flags: []string{"-other"},
			code: 1, stderr: "p.go:1:1: package\n",
		}, {
			name: "one disabled", src: source, flags: []string{"-other=false", "-toy.shout"},
			code: 1, stderr: "p.go:3:6: bad!\np.go:1:1: \trelated\n",
		}, {
			name: "all disabled", src: source, flags: []string{"-other=false", "-toy=false"},
		}, {
			name: "json", src: source, flags: []string{"-json", "-other"},
			stdout: `{"example.com/p":{"other":[{"posn":"p.go:1:1","end":"p.go:1:1","message":"package"}]}}`,
		}, {
			name: "json with all", src: source, flags: []string{"-json", "-toy"},
			stdout: `{"example.com/p":{"toy":[{"posn":"p.go:3:6","end":"p.go:3:9","message":"bad",` +
				`"suggested_fixes":[{"message":"rename","edits":[{"filename":"p.go","start":16,"end":19,"new":"good"}]}],` +
				`"related":[{"posn":"p.go:1:1","end":"p.go:1:1","message":"related"}]}]}}`,
		}, {
			name: "json of nothing", src: "package p\n", flags: []string{"-json", "-toy"}, stdout: "{}",
		}, {
			name: "dependency", src: source, change: func(c *unitConfig) { c.VetxOnly = true },
		}, {
			name: "dependency with a mistaken flag", src: source, change: func(c *unitConfig) { c.VetxOnly = true },
			flags: []string{"-tier=loud"},
		}, {
			name: "analyzer fails", src: "package failing\n",
			code: 1, stderr: "toy could not analyse package example.com/p: no luck\np.go:1:1: package\n",
		}, {
			name: "analyzer fails with json", src: "package failing\n", flags: []string{"-json"},
			stdout: `{"example.com/p":{"other":[{"posn":"p.go:1:1","end":"p.go:1:1","message":"package"}],` +
				`"toy":[{"posn":"p.go:1:1","end":"p.go:1:16","message":"toy could not analyse package example.com/p: no luck"}]}}`,
		}, {
			name: "type error", src: "package p\n\nvar x = y\n",
			code: 1, stderr: "p.go:3:9: undefined: y\n",
		}, {
			name: "type error that is let pass", src: "package p\n\nvar x = y\n",
			change: func(c *unitConfig) { c.SucceedOnTypecheckFailure = true },
		}, {
			name: "syntax error", src: "package p\n\nfunc {\n",
			code: 1, stderr: "p.go:3:6: expected 'IDENT', found '{'\n",
		}, {
			name: "import that the go command does not know", src: "package p\n\nimport \"nowhere\"\n",
			code: 1, stderr: "p.go:3:8: could not import nowhere (the go command did not say what package \"nowhere\" is)\n",
		}, {
			name: "diff", src: source, flags: []string{"-fix", "-diff"},
			stdout: "--- p.go (old)\n+++ p.go (new)\n@@ -1,3 +1,3 @@\n package p\n \n-func bad() {}\n+func good() {}\n",
		}, {
			name: "file that is not the user's", src: source, flags: []string{"-fix", "-diff"},
			change: func(c *unitConfig) { c.Dir = "/elsewhere" },
		}, {
			name: "no files", src: source, change: func(c *unitConfig) { c.GoFiles = nil },
			code: 1, stderr: "lockstep: vet.cfg: package example.com/p has no files\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr, dir := call(t, tt.src, tt.change, tt.flags...)
			if slices.Contains(tt.flags, "-json") {
				var buf bytes.Buffer
				if err := json.Compact(&buf, []byte(stdout)); err != nil {
					t.Fatal(err)
				}
				stdout = strings.TrimSpace(strings.ReplaceAll(buf.String(), dir+"/", ""))
			}
			if code != tt.code || stdout != tt.stdout || stderr != tt.stderr {
				t.Errorf("code %d, stdout:\n%s\nstderr:\n%s\nwant code %d, stdout:\n%s\nstderr:\n%s", code, stdout, stderr, tt.code, tt.stdout, tt.stderr)
			}
			if _, err := os.Stat(filepath.Join(dir, "vet.out")); err != nil && tt.name != "no files" {
				t.Error("no facts file:", err)
			}
		})
	}
}

func TestFix(t *testing.T) {
	code, stdout, stderr, dir := call(t, source, nil, "-fix")
	got, err := os.ReadFile(filepath.Join(dir, "p.go"))
	if want := "package p\n\nfunc good() {}\n"; code != 0 || stdout+stderr != "" || string(got) != want || err != nil {
		t.Errorf("code %d, output %q, file %q (%v), want %q", code, stdout+stderr, got, err, want)
	}
}

// The go command wants changed files in an archive, and standard output in a
// file, when it asks for that.
func TestFixArchive(t *testing.T) {
	var cfg *unitConfig
	code, stdout, stderr, dir := call(t, source, func(c *unitConfig) {
		cfg = c
		c.FixArchive = filepath.Join(c.Dir, "fix.zip")
		c.Stdout = filepath.Join(c.Dir, "stdout")
	}, "-fix")
	if code != 0 || stdout+stderr != "" {
		t.Errorf("code %d, output %q", code, stdout+stderr)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "p.go")); err != nil || string(got) != source {
		t.Errorf("the file itself was changed: %q, %v", got, err)
	}
	r, err := zip.OpenReader(cfg.FixArchive)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files := make(map[string]string)
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(data)
	}
	if want := map[string]string{cfg.GoFiles[0]: "package p\n\nfunc good() {}\n"}; !maps.Equal(files, want) || r.Comment != cfg.ID {
		t.Errorf("archive %q holds %q, want %q", r.Comment, files, want)
	}
}

func TestStdoutFile(t *testing.T) {
	_, stdout, _, dir := call(t, source, func(c *unitConfig) { c.Stdout = filepath.Join(c.Dir, "stdout") }, "-json")
	data, err := os.ReadFile(filepath.Join(dir, "stdout"))
	if stdout != "" || err != nil || !json.Valid(data) {
		t.Errorf("stdout %q, file %q (%v); want JSON in the file only", stdout, data, err)
	}
}

func TestHandshake(t *testing.T) {
	var stdout, stderr bytes.Buffer
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if code := Main(t.Context(), exe, []string{"-V=full"}, toy(), &stdout, &stderr); code != 0 {
		t.Fatalf("code %d: %s", code, stderr.String())
	}
	fields := strings.Fields(stdout.String())
	if len(fields) != 5 || fields[0] != exe || fields[1] != "version" || fields[2] != "devel" || !strings.HasPrefix(fields[4], "buildID=") {
		t.Errorf("-V=full prints %q", stdout.String())
	}

	stdout.Reset()
	if code := Main(t.Context(), exe, []string{"-flags"}, toy(), &stdout, &stderr); code != 0 {
		t.Fatalf("code %d: %s", code, stderr.String())
	}
	var flags []struct {
		Name string
		Bool bool
	}
	if err := json.Unmarshal(stdout.Bytes(), &flags); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range flags {
		name := f.Name
		if f.Bool {
			name += "?"
		}
		got = append(got, name)
	}
	want := []string{"V", "c", "diff?", "flags?", "json?", "lang", "other?", "tier", "toy?", "toy.shout?"}
	if !slices.Equal(got, want) {
		t.Errorf("flags %q, want %q", got, want)
	}

	if code := Main(t.Context(), exe, []string{"-nosuch", "x.cfg"}, toy(), &stdout, &stderr); code != 2 {
		t.Errorf("unknown flag: code %d, want 2", code)
	}
	code, _, text, _ := call(t, source, nil, "-tier=loud")
	if want := "lockstep: invalid value \"loud\" for flag -tier: unknown tier \"loud\": want default or strict\n"; code != 2 || text != want {
		t.Errorf("mistaken flag: code %d, says %q, want %q", code, text, want)
	}
	if code := Main(t.Context(), exe, []string{"-lang=xx", "x.cfg"}, toy(), &stdout, &stderr); code != 2 {
		t.Errorf("unknown language: code %d, want 2", code)
	}
	if code := Main(t.Context(), exe, []string{"nosuch.cfg"}, toy(), &stdout, &stderr); code != 1 {
		t.Errorf("no such config: code %d, want 1", code)
	}
}

func TestIsProtocol(t *testing.T) {
	tests := []struct {
		args string
		want bool
	}{
		{"-V=full", true},
		{"--V=full", true},
		{"-flags", true},
		{"/tmp/b001/vet.cfg", true},
		{"-json /tmp/b001/vet.cfg", true},
		{"-missingunlock=false -tier=strict -c=2 x.cfg", true},
		{"-tier strict x.cfg", true},
		{"", false},
		{"V=full", false},
		{"flags", false},
		{"check", false},
		{"check x.cfg", false},
		{"-flags check", false},
		{"-format=x.cfg", false},
		{"x.cfg check", false},
		{"help", false},
	}
	for _, tt := range tests {
		if got := IsProtocol(strings.Fields(tt.args)); got != tt.want {
			t.Errorf("IsProtocol(%q) = %v, want %v", tt.args, got, tt.want)
		}
	}
}

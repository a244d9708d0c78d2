package cli

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/check/fix"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func TestNormalise(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"check ./...", "check ./..."},
		{"check -format=json --color=never ./...", "check --format=json --color=never ./..."},
		{"check -format json", "check --format json"},
		{"check -h", "check -h"},
		{"check -v=true", "check -v=true"},
		{"test -for -1 -", "test --for -1 -"},
		{"run . -- -x=1 --y -zz", "run . -- -x=1 --y -zz"},
		{"check -", "check -"},
		{"check ---x", "check ---x"},
		{"check -=x", "check -=x"},
	}
	for _, tt := range tests {
		if got := strings.Join(normalise(strings.Fields(tt.in)), " "); got != tt.want {
			t.Errorf("normalise(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFlagValue(t *testing.T) {
	tests := []struct{ in, want string }{
		{"check", ""},
		{"check --lang=zh", "zh"},
		{"--lang zh check", "zh"},
		{"--lang=en --lang=zh", "zh"},
		{"--lang", ""},
		{"-- --lang=zh", ""},
		{"--language=zh", ""},
	}
	for _, tt := range tests {
		if got := flagValue(strings.Fields(tt.in), "lang"); got != tt.want {
			t.Errorf("flagValue(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestNearest(t *testing.T) {
	rules := []string{"badignore", "datarace", "missingunlock"}
	tests := map[string]string{
		"missingunlok":  "missingunlock",
		"MissingUnlock": "missingunlock",
		"data":          "datarace",
		"race":          "",
		"x":             "",
		"":              "",
		"badignroe":     "badignore",
	}
	for word, want := range tests {
		if got := nearest(word, rules); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

// Main with a command that is not lockstep's, to see what becomes of its code
// and error.
func TestAction(t *testing.T) {
	tests := []struct {
		name   string
		code   exitcode.Code
		err    error
		want   exitcode.Code
		stderr string
	}{
		{"clean", exitcode.Clean, nil, exitcode.Clean, ""},
		{"findings", exitcode.Findings, nil, exitcode.Findings, ""},
		{"limit", exitcode.Limit, nil, exitcode.Limit, ""},
		{"failure", exitcode.Clean, errors.New("no luck"), exitcode.Failed, "lockstep: no luck\n"},
		{"failure hides nothing greater", exitcode.Limit, errors.New("no luck"), exitcode.Limit, "lockstep: no luck\n"},
		{"usage", exitcode.Usage, usage("bad value"), exitcode.Usage, "lockstep: bad value\nRun \"x -h\" for its flags.\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			env := &Env{Stderr: &stderr, lang: message.English}
			cmd := &cobra.Command{Use: "x", SilenceErrors: true, SilenceUsage: true}
			cmd.RunE = env.action(func(context.Context, []string) (exitcode.Code, error) { return tt.code, tt.err })
			cmd.SetArgs(nil)
			if got := env.finish(cmd.Execute()); got != tt.want {
				t.Errorf("code %d, want %d", got, tt.want)
			}
			if stderr.String() != tt.stderr {
				t.Errorf("stderr %q, want %q", stderr.String(), tt.stderr)
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// What could not be written was not said.
func TestUnwrittenOutput(t *testing.T) {
	rule := &analysis.Analyzer{Name: "toy", Doc: "report nothing"}
	for _, args := range []string{"explain toy", "help toy", "version"} {
		var stderr bytes.Buffer
		env := &Env{Args: strings.Fields(args), Stdout: fullDisk{}, Stderr: &stderr, Suite: []*analysis.Analyzer{rule}}
		if code := Main(t.Context(), env); code != exitcode.Failed || stderr.String() != "lockstep: disk full\n" {
			t.Errorf("%s: code %d, says %q", args, code, stderr.String())
		}
	}
}

// Every key that the source names exists with the arguments that it is given,
// and every key of the catalogue is used.
func TestCatalogue(t *testing.T) {
	used := map[message.Key]bool{}
	check := func(where token.Position, key message.Key, args []string) {
		used[key] = true
		params, ok := catalogue.Params(message.English, key)
		if !ok {
			t.Errorf("%s: no message %q in the catalogue", where, key)
		}
		for _, p := range params {
			if !slices.Contains(args, p) {
				t.Errorf("%s: message %q wants {%s}, which is not given", where, key, p)
			}
		}
	}
	for _, pattern := range []string{"*.go", "../report/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				eachText(t, file, check)
			}
		}
	}
	for _, noun := range []string{"findings", "packages", "files", "runs"} {
		for _, form := range []string{"none", "one", "many"} {
			check(token.Position{Filename: "count"}, message.Key(noun+"-"+form), []string{"n"})
		}
	}
	for _, reason := range []fix.Reason{fix.NotYours, fix.Overlaps, fix.Unreadable, fix.Invalid} {
		check(token.Position{Filename: "printSkipped"}, message.Key("skipped-"+reason), nil)
	}
	for _, end := range []schedule.End{"died", schedule.OK, schedule.Deadlock, schedule.Leak, schedule.Panicked, schedule.Steps, schedule.Stall, schedule.Exited} {
		check(token.Position{Filename: "tellReplay"}, message.Key("replay-end-"+end), []string{"schedule", "steps", "decisions", "cause"})
	}
	check(token.Position{Filename: "progress"}, "progress-building", []string{"package"})
	check(token.Position{Filename: "progress"}, "progress-running", []string{"package", "cores", "found"})
	for _, key := range catalogue.Keys() {
		if !used[key] {
			t.Errorf("message %q is not used", key)
		}
	}
}

// eachText calls visit for every call of a method Text or text with a literal
// key in the file.
func eachText(t *testing.T, file string, visit func(where token.Position, key message.Key, args []string)) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || strings.ToLower(sel.Sel.Name) != "text" {
			return true
		}
		key, ok := literal(call.Args[0])
		if !ok {
			return true
		}
		var args []string
		for i := 1; i < len(call.Args); i += 2 {
			if name, ok := literal(call.Args[i]); ok {
				args = append(args, name)
			}
		}
		visit(fset.Position(call.Pos()), message.Key(key), args)
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// The whole of the text format in the words that the user sees.
func TestWitnessWords(t *testing.T) {
	var stdout bytes.Buffer
	env := &Env{Stdout: &stdout, Dir: "/w", lang: message.English}
	err := env.show(&output{format: "text", color: "auto"}, []*finding.Finding{{
		Rule: "datarace", Message: "n is written without a lock", Source: finding.Both,
		Range: finding.Range{Start: finding.Position{File: "/w/m.go", Line: 3, Column: 2}},
		Witness: &finding.Witness{Seen: 3, Runs: 20, Cores: []int{2, 4}, Detector: "race",
			Replay: []string{"lockstep", "test", "-cpu=2", "./..."}},
	}})
	want := "m.go:3:2: n is written without a lock (datarace)\n" +
		"  confirmed: seen in 3 of 20 runs, at 2 and 4 cores; again: lockstep test -cpu=2 ./...\n"
	if err != nil || stdout.String() != want {
		t.Errorf("got %q (%v), want %q", stdout.String(), err, want)
	}
}

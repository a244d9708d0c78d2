package explore

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/detect"
	"github.com/lockstep-go/lockstep/runtime/evidence"
)

var update = flag.Bool("update", false, "rewrite what the archives want, to be read one by one afterwards")

// TestTranslate reads, in each archive, the log of a real run and the sources
// of the program, and compares the findings with those that are wanted.
func TestTranslate(t *testing.T) {
	archives, err := filepath.Glob("testdata/translate/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := make(map[string][]byte)
			for _, f := range archive.Files {
				files[f.Name] = f.Data
			}
			got := show(Translate(observe(files), translation(files)))
			if *update {
				i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if want := string(files["want"]); got != want {
				t.Errorf("findings:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

const home = "/home/user/app/"

// observe is what three runs showed, of which the second printed the log.
func observe(files map[string][]byte) []evidence.Observation {
	scope := evidence.NewScope("/usr/local/go", "/home/user/app")
	found := detect.All(files["log"], detect.Options{
		User: scope.User, Dir: "/home/user/app", Home: "/home/user", Source: translation(files).Source,
	})
	return evidence.Merge(
		evidence.Run{Variant: "v", Cores: 1, Command: []string{"app", "-cpu=1"}},
		evidence.Run{Variant: "v", Cores: 2, Command: []string{"app", "-cpu=2"}, Evidence: found},
		evidence.Run{Variant: "v", Cores: 2, Command: []string{"app", "-cpu=2"}},
	)
}

func translation(files map[string][]byte) Translation {
	return Translation{Lang: message.English, Source: func(file string) ([]byte, error) {
		src, ok := files[strings.TrimPrefix(filepath.ToSlash(file), home)]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return src, nil
	}}
}

// show writes what a renderer would of findings, but for the log.
func show(list []*finding.Finding) string {
	var b strings.Builder
	place := func(p finding.Position) string {
		if p.IsValid() {
			p.File = strings.TrimPrefix(filepath.ToSlash(p.File), home)
		}
		return p.String()
	}
	for _, f := range list {
		rule := f.Rule
		if f.Category != "" {
			rule += "/" + f.Category
		}
		fmt.Fprintf(&b, "%s: %s (%s)\n", place(f.Range.Start), f.Message, rule)
		fmt.Fprintf(&b, "\t%s in %q of %q, %s confidence, %s\n", strings.TrimSpace(string(f.Subject.Kind)+" "+f.Subject.Name), f.Function, f.Package, f.Confidence, f.Source)
		fmt.Fprintf(&b, "\tseen in %d of %d runs, at cores %v, by %s, replay %q\n", f.Witness.Seen, f.Witness.Runs, f.Witness.Cores, f.Witness.Detector, f.Witness.Replay)
		var ops []string
		for _, p := range f.Operations {
			ops = append(ops, place(p))
		}
		fmt.Fprintf(&b, "\toperations: %s\n", strings.Join(ops, ", "))
		for _, r := range f.Related {
			fmt.Fprintf(&b, "\t%s: %s [%s]\n", place(r.Range.Start), r.Message, r.Role)
		}
	}
	return b.String()
}

// Every message has the arguments that its text wants, in every language.
func TestCatalogue(t *testing.T) {
	seen := make(map[message.Key]bool)
	archives, _ := filepath.Glob("testdata/translate/*.txtar")
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := make(map[string][]byte)
		for _, f := range archive.Files {
			files[f.Name] = f.Data
		}
		for _, f := range Translate(observe(files), translation(files)) {
			key := message.Key(f.MessageKey)
			seen[key] = true
			for _, lang := range catalogue.Languages() {
				params, _ := catalogue.Params(lang, key)
				for _, p := range params {
					if _, ok := f.MessageArgs[p]; !ok {
						t.Errorf("%s: message %s lacks its argument %s in %s", name, key, p, lang)
					}
				}
			}
			if strings.ContainsAny(f.Message, "{}") {
				t.Errorf("%s: message with holes: %s", name, f.Message)
			}
			if f.Fingerprint == "" {
				t.Errorf("%s: no fingerprint: %s", name, f.Message)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("the archives show %d messages only: %v", len(seen), seen)
	}
}

// What a run says of itself is no finding.
func TestTranslateNoBug(t *testing.T) {
	for _, kind := range []evidence.Kind{evidence.Stopped, evidence.RaceLimit, evidence.RaceVerdict} {
		if got := Translate([]evidence.Observation{{Evidence: evidence.Evidence{Kind: kind}}}, Translation{}); len(got) != 0 {
			t.Errorf("%s gives findings: %s", kind, show(got))
		}
	}
}

// Evidence with nothing in it still makes a finding, and no panic.
func TestTranslateEmpty(t *testing.T) {
	for _, kind := range []evidence.Kind{
		evidence.DataRace, evidence.LockOrder, evidence.RecursiveLock, evidence.LockTimeout, evidence.AllAsleep,
		evidence.Hang, evidence.Leak, evidence.ConcurrentMap, evidence.NegativeCounter, evidence.WaitGroupReuse,
		evidence.UnlockUnlocked, evidence.SendOnClosed, evidence.CloseOfClosed, evidence.CopiedSync,
		evidence.LateTest, evidence.Panic, evidence.FatalError,
	} {
		got := Translate([]evidence.Observation{{Evidence: evidence.Evidence{Kind: kind}}}, Translation{})
		if len(got) != 1 || got[0].Message == "" || strings.ContainsAny(got[0].Message, "{}") {
			t.Errorf("%s: %s", kind, show(got))
		}
	}
}

// The message and the places are the same whichever side a run saw first.
func TestTranslateSides(t *testing.T) {
	side := func(role evidence.Role, line, spawn int) evidence.Operation {
		frame := func(line int) evidence.Stack {
			return evidence.Stack{{Func: "example.com/app.f", File: home + "f.go", Line: line, User: true}}
		}
		return evidence.Operation{Role: role, Stack: frame(line), Goroutine: evidence.Goroutine{Created: frame(spawn)}}
	}
	a, b := side(evidence.RoleWrite, 20, 3), side(evidence.RoleRead, 10, 4)
	one := Translate([]evidence.Observation{{Evidence: evidence.Evidence{Kind: evidence.DataRace, Operations: []evidence.Operation{a, b}}}}, Translation{})
	two := Translate([]evidence.Observation{{Evidence: evidence.Evidence{Kind: evidence.DataRace, Operations: []evidence.Operation{b, a}}}}, Translation{})
	if !reflect.DeepEqual(one, two) {
		t.Errorf("findings differ:\n%s\n%s", show(one), show(two))
	}
	if got, want := one[0].Package, "example.com/app"; got != want {
		t.Errorf("package %q, want %q", got, want)
	}
}

func TestSplitFunc(t *testing.T) {
	for name, want := range map[string][2]string{
		"main.main":                      {"", "main"},
		"main.(*store).Add":              {"", "(*store).Add"},
		"example.com/app.(*T).Close":     {"example.com/app", "(*T).Close"},
		"example.com/app.TestX.func1":    {"example.com/app", "TestX.func1"},
		"main.(*cache[go.shape.int]).m":  {"", "(*cache[go.shape.int]).m"},
		"a.b/c.F[d.e/f.T]":               {"a.b/c", "F[d.e/f.T]"},
		"gopkg.in/yaml%2ev3.(*D).Decode": {"gopkg.in/yaml%2ev3", "(*D).Decode"},
		"odd":                            {"", "odd"},
		"":                               {"", ""},
	} {
		if pkg, fn := splitFunc(name); pkg != want[0] || fn != want[1] {
			t.Errorf("splitFunc(%s) = %q, %q, want %q", name, pkg, fn, want)
		}
	}
}

package explore

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// unpack writes the files of a testdata archive to a new folder.
func unpack(t *testing.T, name string) string {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// hermetic is an environment in which the go command reaches no network and
// knows no workspace.
func hermetic(more ...string) []string {
	return append(append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=", "GOTOOLCHAIN=local", "GORACE="), more...)
}

// native are the variants in which nobody decides who runs; a test that is about
// others names them.
func native() []Variant { return []Variant{Race, Deadlock, Leak} }

func explored(t *testing.T, opt Options) *Outcome {
	t.Helper()
	if opt.Variants == nil {
		opt.Variants = native()
	}
	if opt.Env == nil {
		opt.Env = hermetic()
	}
	o, err := Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// hasRace reports whether the race detector works here, and says so if not.
func hasRace(t *testing.T) bool {
	opt := Options{Env: hermetic()}.withDefaults()
	tc, err := findToolchain(t.Context(), &opt)
	if err != nil {
		t.Fatal(err)
	}
	if p := tc.raceProblem(); p != nil {
		t.Logf("without the race detector: %s", notes.Text(message.English, *p))
		return false
	}
	return true
}

// check compares the findings with what the source wants: "rule comment" for
// each, where the comment stands at the end of the finding's line.
func check(t *testing.T, o *Outcome, want ...string) {
	t.Helper()
	var got []string
	for _, f := range o.Findings {
		src, err := os.ReadFile(f.Range.Start.File)
		if err != nil {
			t.Errorf("%s: %v", f.Message, err)
			continue
		}
		line := strings.Split(string(src), "\n")[f.Range.Start.Line-1]
		_, comment, _ := strings.Cut(line, "// ")
		got = append(got, f.Rule+" "+comment)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
		for _, f := range o.Findings {
			t.Logf("%v: %s", f.Range.Start, f.Message)
		}
	}
}

// say lists the notes of an outcome and its errors, for comparison and logs.
func say(o *Outcome) string {
	var b strings.Builder
	for _, n := range o.Notes {
		fmt.Fprintln(&b, n.Text(message.English))
		if n.Detail != "" {
			fmt.Fprintln(&b, "\t"+strings.ReplaceAll(n.Detail, "\n", "\n\t"))
		}
	}
	for _, e := range o.BuildErrors {
		fmt.Fprintf(&b, "# %s\n%s\n", e.Package, e.Output)
	}
	return b.String()
}

func TestBugs(t *testing.T) {
	dir := unpack(t, "bugs")
	o := explored(t, Options{Dir: dir, Cores: []int{1, 2}, Count: 2, Parallel: 2})
	want := []string{"lockorder order", "goroutineleak leak"}
	detectors := 2
	if hasRace(t) {
		want = append(want, "datarace race")
		detectors = 3
	}
	for _, f := range o.Findings {
		w := f.Witness
		if w == nil || w.Seen != 4 || w.Runs != 4 || !slices.Equal(w.Cores, []int{1, 2}) {
			t.Errorf("%s: witness %+v, want all of 4 runs", f.Rule, w)
		}
	}
	check(t, o, want...)
	if o.Code() != exitcode.Findings || len(o.Variants) != detectors || o.Runs != 8 {
		t.Errorf("code %d after %d runs by %v: %s", o.Code(), o.Runs, o.Variants, say(o))
	}
	unchanged(t, dir, "bugs")
}

// unchanged holds that nothing but the archive's files is in dir.
func unchanged(t *testing.T, dir, name string) {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if data, err := os.ReadFile(filepath.Join(dir, f.Name)); err != nil || !bytes.Equal(data, f.Data) {
			t.Errorf("%s was changed, %v", f.Name, err)
		}
	}
	n := 0
	filepath.WalkDir(dir, func(_ string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			n++
		}
		return nil
	})
	if n != len(a.Files) {
		t.Errorf("%d files in the folder, want %d", n, len(a.Files))
	}
}

func TestReplayCommand(t *testing.T) {
	s := &session{opt: &Options{
		Tests: true, Count: 5, Timeout: 30 * time.Second, LockTimeout: time.Second, RunTests: "^TestX$", Tags: "a,b", Args: []string{"-test.short"},
	}, targets: []*target{{args: []string{"example.com/x"}}}}
	got := strings.Join(s.replay(job{cores: 2}, Deadlock), " ")
	if want := "lockstep test -variants=deadlock -cpu=2 -count=5 -timeout=30s -lock-timeout=1s -tags=a,b -run=^TestX$ example.com/x -- -test.short"; got != want {
		t.Errorf("replay %s\n  want %s", got, want)
	}
	s.opt = &Options{For: time.Minute, Timeout: DefaultTimeout, LockTimeout: DefaultLockTimeout}
	got = strings.Join(s.replay(job{cores: 1}, Race), " ")
	if want := "lockstep run -variants=race -cpu=1 -for=1m0s example.com/x"; got != want {
		t.Errorf("replay %s\n  want %s", got, want)
	}
}

func TestCorrect(t *testing.T) {
	o := explored(t, Options{Dir: unpack(t, "correct"), Cores: []int{1, 4}, Count: 2, Args: []string{"-x", "y"}})
	check(t, o)
	if o.Code() != exitcode.Clean || hasRace(t) && len(o.Notes) > 0 {
		t.Errorf("code %d: %s", o.Code(), say(o))
	}
}

func TestStuck(t *testing.T) {
	o := explored(t, Options{Dir: unpack(t, "stuck"), Cores: []int{2}, LockTimeout: 500 * time.Millisecond, Timeout: 20 * time.Second})
	check(t, o, "deadlock blocks")
	if o.Code() != exitcode.Findings || o.Runs != 2 {
		t.Errorf("code %d after %d runs: %s", o.Code(), o.Runs, say(o))
	}
}

func TestTests(t *testing.T) {
	dir := unpack(t, "tests")
	o := explored(t, Options{Dir: dir, Tests: true, Cores: []int{2}, LockTimeout: 300 * time.Millisecond})
	want := []string{"goroutineleak leak", "deadlock waits"}
	if hasRace(t) {
		want = append(want, "datarace race")
	}
	check(t, o, want...)
	if o.Code() != exitcode.Failed {
		t.Errorf("code %d, want %d", o.Code(), exitcode.Failed)
	}
	if len(o.BuildErrors) != 1 || !strings.Contains(o.BuildErrors[0].Output, "undefined: undefined") || o.BuildErrors[0].Package != "example.com/tests/broken" {
		t.Errorf("build errors %+v", o.BuildErrors)
	}
	if text := say(o); !strings.Contains(text, "example.com/tests/failing failed with exit status 1 in 2 of 2 runs") || !strings.Contains(text, "one is not two") {
		t.Errorf("the failing test is not mentioned: %s", text)
	}
	unchanged(t, dir, "tests")

	only := explored(t, Options{
		Dir: dir, Tests: true, Patterns: []string{"./plain", "./untested"}, RunTests: "^TestOther$",
		Variants: []Variant{Leak}, Cores: []int{1},
	})
	check(t, only)
	if only.Code() != exitcode.Clean || only.Runs != 1 {
		t.Errorf("-run=^TestOther$: code %d after %d runs: %s", only.Code(), only.Runs, say(only))
	}
}

// Locks are replaced in every layout of modules.
func TestLayouts(t *testing.T) {
	dir := unpack(t, "layouts")
	work := filepath.Join(dir, "go.work")
	for _, test := range []struct {
		name, folder string
		prepare      func(t *testing.T) []string // environment
		patterns     []string
		want         string
	}{
		{"replace", "app", nil, nil, "lockorder order"},
		{"workspace", "app", func(t *testing.T) []string {
			os.WriteFile(work, []byte("go 1.26\n\nuse (\n\t./app\n\t./lib\n)\n"), 0o644)
			t.Cleanup(func() { os.Remove(work) })
			return []string{"GOWORK=" + work}
		}, nil, "lockorder order"},
		{"files", "single", nil, []string{"main.go"}, "lockorder order"},
		{"vendor", "native", nil, nil, "lockorder order"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var env []string
			if test.prepare != nil {
				env = test.prepare(t)
			}
			o := explored(t, Options{
				Dir: filepath.Join(dir, test.folder), Env: hermetic(env...), Patterns: test.patterns,
				Variants: []Variant{Deadlock}, Cores: []int{2},
			})
			check(t, o, test.want)
			text := say(o)
			if left := strings.Contains(text, "does not watch sync.Mutex in example.com/native") && strings.Contains(text, "dep.Use"); left != (test.folder == "native") {
				t.Errorf("notes: %s", text)
			}
		})
	}
}

func TestUnruly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals on Windows")
	}
	dir := unpack(t, "unruly")
	for _, test := range []struct {
		pkg  string
		opt  Options
		code exitcode.Code
		want string
	}{
		{"./stubborn", Options{Timeout: 200 * time.Millisecond}, exitcode.Limit, "did not end within 200ms, nor when told to, and was killed, in 1 of 1 runs"},
		{"./flood", Options{MaxOutput: 8 << 20}, exitcode.Limit, "printed more than 8 MB and was stopped"},
		{"./fork", Options{}, exitcode.Limit, "left other processes running, which were killed"},
		{"./fails", Options{}, exitcode.Clean, "failed with exit status 3 in 1 of 1 runs; that alone is no concurrency bug\n\tcannot go on"},
		{"./broken", Options{}, exitcode.Failed, "undefined: undefined"},
		{"./none", Options{}, exitcode.Failed, "directory not found"},
	} {
		if test.pkg == "./fork" && runtime.GOOS != "linux" {
			continue
		}
		opt := test.opt
		opt.Dir, opt.Patterns, opt.Variants, opt.Cores = dir, []string{test.pkg}, []Variant{Leak}, []int{1}
		o := explored(t, opt)
		check(t, o)
		if text := say(o); o.Code() != test.code || !strings.Contains(text, test.want) {
			t.Errorf("%s: code %d, want %d, and %q in: %s", test.pkg, o.Code(), test.code, test.want, text)
		}
	}
	for _, patterns := range [][]string{{"./lib"}, {"./fork", "./flood"}} {
		_, err := Run(t.Context(), Options{Dir: dir, Env: hermetic(), Patterns: patterns})
		if _, ok := err.(*UsageError); !ok {
			t.Errorf("Run(%v) = %v, want a usage error", patterns, err)
		}
	}
}

// What was found before an interrupt is reported.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o, err := Run(ctx, Options{
		Dir: unpack(t, "bugs"), Env: hermetic(), Variants: []Variant{Leak}, Cores: []int{1}, Count: 1000,
		Progress: func(p Progress) {
			if p.Done >= 1 && !p.Building {
				cancel()
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, o, "goroutineleak leak")
	if !o.Interrupted || o.Code() != exitcode.Limit || o.Runs > 10 {
		t.Errorf("interrupted %t, code %d, %d runs", o.Interrupted, o.Code(), o.Runs)
	}
}

// Without a C compiler the rest still works, and it is said what to install.
func TestNoCompiler(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("the race detector needs no C compiler on macOS")
	}
	o := explored(t, Options{
		Dir: unpack(t, "bugs"), Env: hermetic("CC=" + filepath.Join(t.TempDir(), "none")),
		Variants: []Variant{Race, Leak}, Cores: []int{1},
	})
	check(t, o, "goroutineleak leak")
	if text := say(o); !strings.Contains(text, "needs cgo and a C compiler") || !strings.Contains(text, "install") {
		t.Errorf("notes: %s", text)
	}
	o = explored(t, Options{
		Dir: unpack(t, "bugs"), Env: hermetic("CC=" + filepath.Join(t.TempDir(), "none")),
		Variants: []Variant{Race}, Cores: []int{1},
	})
	if o.Runs != 0 || o.Code() != exitcode.Failed {
		t.Errorf("without any detector: code %d after %d runs", o.Code(), o.Runs)
	}
}

// What GOFLAGS says is respected, but for flags that would undo our work: with
// -cover the original files are compiled.
func TestUserFlags(t *testing.T) {
	dir := unpack(t, "layouts")
	folder := filepath.Join(dir, "single")
	replaced := filepath.Join(t.TempDir(), "other.go")
	overlay := filepath.Join(dir, "overlay.json")
	for file, text := range map[string]string{
		replaced: `package main

import "sync"

func init() {
	var a, b sync.Mutex
	a.Lock(); b.Lock(); b.Unlock(); a.Unlock()
	b.Lock(); a.Lock(); a.Unlock(); b.Unlock()
}

func main() {
	if !tagged { panic("the tag is not set") }
}
`,
		overlay:                            fmt.Sprintf(`{"Replace": {"main.go": %q, "gone.go": ""}}`, replaced),
		filepath.Join(folder, "gone.go"):   "package nothing\n",
		filepath.Join(folder, "tagged.go"): "//go:build mine\n\npackage main\n\nconst tagged = true\n",
		filepath.Join(folder, "go.mod"):    "module example.com/single\n\ngo 1.26\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := explored(t, Options{
		Dir: folder, Env: hermetic("GOFLAGS=-tags=mine -cover -race -overlay=../overlay.json"),
		Variants: []Variant{Deadlock}, Cores: []int{1},
	})
	if len(o.Findings) != 1 || o.Findings[0].Rule != "lockorder" || o.Findings[0].Range.Start.Line < 7 || o.Code() != exitcode.Findings {
		t.Errorf("code %d, findings %+v: %s", o.Code(), o.Findings, say(o))
	}
}

// However short the time, every build is run once.
func TestFor(t *testing.T) {
	o := explored(t, Options{
		Dir: unpack(t, "bugs"), Variants: []Variant{Leak}, Cores: []int{1, 2}, For: time.Millisecond,
	})
	check(t, o, "goroutineleak leak")
	if o.Runs != 1 {
		t.Errorf("%d runs in a time that is too short for any, want one of each build", o.Runs)
	}
}

// The standard library can be tested from anywhere, with the leak profile.
func TestGoroot(t *testing.T) {
	o := explored(t, Options{Dir: t.TempDir(), Tests: true, Patterns: []string{"container/list"}, Cores: []int{1}})
	check(t, o)
	if text := say(o); o.Code() != exitcode.Clean || strings.Contains(text, "leak profile") || !slices.Contains(o.Variants, Leak) {
		t.Errorf("code %d: %s", o.Code(), text)
	}
}

// TestControlled finds bugs under schedules, and replays each.
func TestControlled(t *testing.T) {
	for name, want := range map[string][]string{"bugs": {"goroutineleak leak", "datarace race"}, "order": {"lockorder order"}} {
		t.Run(name, func(t *testing.T) {
			if name == "bugs" && !hasRace(t) {
				want = want[:1]
			}
			dir := unpack(t, name)
			o := explored(t, Options{Dir: dir, Variants: []Variant{Race, Controlled}, Cores: []int{1}, Count: 30})
			check(t, o, want...)
			for _, f := range o.Findings {
				replayed(t, dir, "example.com/"+name, f)
			}
			unchanged(t, dir, name)
		})
	}
}

// replayed holds that the schedule of a finding shows it again.
func replayed(t *testing.T, dir, pkg string, f *finding.Finding) {
	t.Helper()
	w, err := schedule.ParseWitness(f.Witness.Schedule)
	if err != nil || w.Package != pkg || w.Schedule.Strategy != schedule.Listed || w.Hash == "" || len(w.Schedule.Deviations) > 2 {
		t.Errorf("%s: witness %q, %v", f.Rule, f.Witness.Schedule, err)
		return
	}
	if got, want := strings.Join(f.Witness.Replay, " "), "lockstep replay "+w.String(); got != want {
		t.Errorf("%s: replay %q, want %q", f.Rule, got, want)
	}
	again, err := Replay(t.Context(), ReplayOptions{Options: Options{Dir: dir, Env: hermetic()}, Witness: w, Times: 3})
	if err != nil {
		t.Fatal(err)
	}
	shown := slices.ContainsFunc(again.Findings, func(g *finding.Finding) bool { return g.Rule == f.Rule && g.Range == f.Range && g.Witness.Seen == 3 })
	if !shown || again.Same != 3 || again.Runs != 3 || again.Changed || len(again.Run.Events) == 0 {
		t.Errorf("%s: replayed with %d of %d the same, changed: %t, %d findings, %s", f.Rule, again.Same, again.Runs, again.Changed, len(again.Findings), say(&again.Outcome))
	}
	w.Hash = "00000000"
	if again, err := Replay(t.Context(), ReplayOptions{Options: Options{Dir: dir, Env: hermetic()}, Witness: w}); err != nil || !again.Changed {
		t.Errorf("%s: the hash is another, and nobody says so: %v", f.Rule, err)
	}
}

// TestEarly finds what shows only if time passes early, and says so.
func TestEarly(t *testing.T) {
	dir := unpack(t, "early")
	o := explored(t, Options{Dir: dir, Variants: []Variant{Controlled, Leak}, Cores: []int{1}, Count: 20})
	check(t, o, "goroutineleak leak")
	for _, f := range o.Findings {
		w, err := schedule.ParseWitness(f.Witness.Schedule)
		if err != nil || !w.Schedule.Eager || f.Confidence != finding.Medium || !strings.HasSuffix(f.Message, "under load)") {
			t.Errorf("%s, %s, schedule %s, %v", f.Message, f.Confidence, f.Witness.Schedule, err)
		}
		again, err := Replay(t.Context(), ReplayOptions{Options: Options{Dir: dir, Env: hermetic()}, Witness: w, Times: 2})
		if err != nil || again.Same != 2 || len(again.Findings) != 1 {
			t.Errorf("replay %+v, %v", again, err)
		}
	}
}

// TestControlledCorrect holds that no schedule makes a finding of a correct
// program.
func TestControlledCorrect(t *testing.T) {
	o := explored(t, Options{Dir: unpack(t, "correct"), Variants: []Variant{Race, Controlled}, Cores: []int{1}, Count: 20, Args: []string{"-x", "y"}})
	check(t, o)
	if o.Code() != exitcode.Clean {
		t.Errorf("code %d: %s", o.Code(), say(o))
	}
}

// TestControlledTests holds that each test is run by itself.
func TestControlledTests(t *testing.T) {
	o := explored(t, Options{Dir: unpack(t, "tests"), Patterns: []string{"./plain"}, Tests: true, Variants: []Variant{Controlled}, Count: 2})
	for _, f := range o.Findings {
		if w, err := schedule.ParseWitness(f.Witness.Schedule); err != nil || w.Test == "" {
			t.Errorf("%s: witness %q, %v", f.Rule, f.Witness.Schedule, err)
		}
	}
	if len(o.Findings) != 1 || o.Runs != 3 { // there is only one schedule of the other test
		t.Errorf("%d findings in %d runs: %s", len(o.Findings), o.Runs, say(o))
	}
}

// A deadlock that needs a switch between two of hundreds of steps is soon shown if
// its place is accused.
func TestAccused(t *testing.T) {
	dir := unpack(t, "rare")
	opt := Options{Dir: dir, Variants: []Variant{Controlled}, Cores: []int{1}, Count: 12}
	check(t, explored(t, opt))
	opt.Accused = make(map[finding.Position]bool)
	for line := 14; line <= 26; line++ {
		opt.Accused[finding.Position{File: filepath.Join(dir, "main.go"), Line: line}] = true
	}
	check(t, explored(t, opt), "lockorder second")
}

package explore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/instrument"
)

// findTargets finds the programs to run among the packages.
func (s *session) findTargets() error {
	named := 0
	for i := range s.packages {
		p := &s.packages[i]
		if p.DepOnly {
			continue
		}
		named++
		switch {
		case p.Error != nil:
			s.outcome.BuildErrors = append(s.outcome.BuildErrors, BuildError{p.ImportPath, p.Error.String()})
		case s.opt.Tests && !p.HasTests():
		case !s.opt.Tests && p.Name != "main":
			return s.opt.usageError(message.New("not-main", "package", p.ImportPath))
		default:
			t := &target{pkg: p, args: []string{p.ImportPath}, binaries: make(map[flavour]string)}
			if p.ImportPath == "command-line-arguments" {
				t.args = s.opt.Patterns
			}
			s.targets = append(s.targets, t)
			s.outcome.Packages = append(s.outcome.Packages, p.ImportPath)
		}
	}
	if !s.opt.Tests && named > 1 {
		return s.opt.usageError(message.New("one-main"))
	}
	if len(s.targets) == 0 && len(s.outcome.BuildErrors) == 0 {
		s.note(message.New("nothing-to-run", "patterns", strings.Join(s.opt.Patterns, " ")), "")
	}
	return nil
}

// chooseFlavours decides how to build, from what is wanted and what works on
// this machine.
func (s *session) chooseFlavours() {
	var able []Variant
	for _, v := range Variants() {
		if !slices.Contains(s.opt.Variants, v) {
			continue
		}
		var problem *message.Message
		switch v {
		case Race:
			problem = s.tc.raceProblem()
		case Leak:
			problem = s.tc.leakProblem()
		}
		if problem != nil {
			s.note(*problem, "")
			s.lacking = true
			continue
		}
		able = append(able, v)
	}
	s.flavours = flavours(able, flavour{race: s.tc.raceProblem() == nil, leak: s.tc.leakProblem() == nil})
}

// build builds every target in every flavour.
func (s *session) build(ctx context.Context) {
	b := &builder{session: s}
	done, total := 0, len(s.targets)*len(s.flavours)
	for _, f := range s.flavours {
		b.prepare(ctx, f)
		for _, t := range s.targets {
			if ctx.Err() != nil {
				return
			}
			s.progress(Progress{Building: true, Package: t.pkg.ImportPath, Variants: f.variants(), Done: done, Total: total})
			done++
			if !t.failed {
				b.build(ctx, t, f)
			}
		}
	}
	s.progress(Progress{Building: true, Done: total, Total: total})
}

// A builder builds the targets of a session, one flavour after the other.
type builder struct {
	*session
	attempts []attempt // the ways to build the flavour, the best first
}

// An attempt is a build with an overlay that may turn out not to compile.
type attempt struct {
	overlay string // JSON file, "" for none but the user's
	left    []string
}

// prepare makes the overlays of a flavour.
func (b *builder) prepare(ctx context.Context, f flavour) {
	b.attempts = nil
	switch {
	case f.deadlock:
		b.prepareLocks(ctx)
	case f.controlled:
		b.prepareControl(ctx)
	case f.leak:
		r, err := b.compose(instrument.Options{Leaks: true})
		if err != nil {
			b.note(message.New("not-instrumented", "variant", string(Leak), "error", err.Error()), "")
			return
		}
		if len(r.Bare) > 0 {
			b.note(message.New("leak-standard", "packages", strings.Join(r.Bare, ", ")), "")
		}
		b.attempt(r.Overlay, nil)
	}
}

// lockSets are the sets of types to replace, in the order in which they are tried.
var lockSets = [][]string{{"Mutex", "RWMutex"}, {"Mutex"}, {"RWMutex"}}

func (b *builder) prepareLocks(ctx context.Context) {
	dir, problem := b.tc.deadlockSource(ctx)
	if problem != nil {
		b.note(*problem, "")
		b.lacking = true
		return
	}
	for _, set := range lockSets {
		r, err := b.compose(instrument.Options{Locks: set, Deadlock: dir})
		if err != nil {
			b.note(message.New("not-instrumented", "variant", string(Deadlock), "error", err.Error()), "")
			return
		}
		total := 0
		for _, n := range r.Swapped {
			total += n
		}
		if total == 0 {
			if len(set) == 2 {
				b.note(message.New("no-locks"), "")
				return
			}
			continue
		}
		var left []string
		for _, name := range lockSets[0] {
			if !slices.Contains(set, name) {
				left = append(left, "sync."+name)
			}
		}
		b.attempt(r.Overlay, left)
	}
}

// prepareControl puts the program under control.
func (b *builder) prepareControl(ctx context.Context) {
	export, err := b.tc.exports(ctx)
	var r *instrument.Result
	if err == nil {
		r, err = b.compose(instrument.Options{Control: true, Values: b.values, Export: export})
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		b.note(message.New("not-instrumented", "variant", string(Controlled), "error", err.Error()), "")
		return
	}
	if len(r.Bare) > 0 {
		b.note(message.New("control-standard", "packages", strings.Join(r.Bare, ", ")), "")
	}
	scope := b.scope()
	native := slices.DeleteFunc(r.Native, func(n instrument.Native) bool { return !scope.User(evidence.Frame{File: n.File}) })
	if what := leftNative(native); what != "" {
		b.note(message.New("control-native"), what)
	}
	b.attempt(r.Overlay, nil)
	if r.Uncopied != nil {
		b.attempt(r.Uncopied, nil)
	}
}

func (b *builder) compose(opt instrument.Options) (*instrument.Result, error) {
	opt.Packages, opt.Tests = b.packages, b.opt.Tests
	opt.Source, opt.GoVersion = b.tc.overlay.ReadFile, b.tc.languageVersion()
	if c := b.cache(); c != nil {
		opt.Cache = c
	}
	return instrument.Compose(opt)
}

// attempt adds an attempt.
func (b *builder) attempt(overlay instrument.Overlay, left []string) {
	b.files++
	dir := filepath.Join(b.temp, fmt.Sprintf("overlay%d", b.files))
	err := os.Mkdir(dir, 0o755)
	var file string
	if err == nil {
		file, err = overlay.Write(dir, b.tc.overlay)
	}
	if err != nil {
		b.note(message.New("not-instrumented", "variant", "", "error", err.Error()), "")
		return
	}
	b.attempts = append(b.attempts, attempt{file, left})
}

// build builds one target in the prepared flavour.
func (b *builder) build(ctx context.Context, t *target, f flavour) {
	var first execute.Result // of a failure
	for i, a := range b.attempts {
		binary, r := b.compile(ctx, t, f, a.overlay)
		if binary != "" {
			t.binaries[f] = binary
			if len(a.left) > 0 {
				b.note(message.New("locks-left", "package", t.pkg.ImportPath, "types", strings.Join(a.left, ", ")), compilerErrors(first))
			}
			return
		}
		if ctx.Err() != nil {
			return
		}
		if i == 0 {
			first = r
		}
	}
	b.buildPlain(ctx, t, f, first)
}

// buildPlain builds a target that does not compile when it is instrumented,
// or is not to be, as it is. Where that succeeds it is not the user's fault.
func (b *builder) buildPlain(ctx context.Context, t *target, f flavour, first execute.Result) {
	if (f.deadlock || f.controlled) && len(b.attempts) == 0 {
		return // there is a note about that
	}
	if f.controlled && f.race { // control is worth having without, too
		if binary, _ := b.compile(ctx, t, flavour{controlled: true, leak: f.leak}, b.attempts[0].overlay); binary != "" {
			t.binaries[f] = binary
			return
		}
	}
	plain := flavour{race: f.race}
	binary, r := b.compile(ctx, t, plain, b.tc.userOverlay())
	if binary == "" && f.race && ctx.Err() == nil {
		// It may be the C compiler that fails.
		var without execute.Result
		if b.canCompile(ctx, t, &without) {
			b.note(message.New("race-not-built", "package", t.pkg.ImportPath), compilerErrors(r))
			return
		}
		r = without
	}
	switch {
	case ctx.Err() != nil:
	case binary == "":
		t.failed = true
		b.outcome.BuildErrors = append(b.outcome.BuildErrors, BuildError{t.pkg.ImportPath, compilerErrors(r)})
	case f.controlled:
		b.note(message.New("control-not-built", "package", t.pkg.ImportPath), compilerErrors(first))
	case f.deadlock:
		b.note(message.New("locks-not-replaced", "package", t.pkg.ImportPath), compilerErrors(first))
	default:
		if f.leak && len(b.attempts) > 0 {
			b.note(message.New("leak-not-built", "package", t.pkg.ImportPath), compilerErrors(first))
		}
		if f.race {
			t.binaries[f] = binary
		}
	}
}

func (b *builder) canCompile(ctx context.Context, t *target, r *execute.Result) bool {
	binary, result := b.compile(ctx, t, flavour{}, b.tc.userOverlay())
	*r = result
	return binary != ""
}

// compile runs the go command. The name of the binary is "" if it failed.
func (b *builder) compile(ctx context.Context, t *target, f flavour, overlay string) (binary string, r execute.Result) {
	b.files++
	// The name is what the program sees as os.Args[0].
	name := filepath.Base(t.pkg.Dir)
	args := []string{"build"}
	if b.opt.Tests {
		name += ".test"
		args = []string{"test", "-c", "-vet=off"}
	}
	if b.tc.env.GOOS == "windows" {
		name += ".exe"
	}
	dir := filepath.Join(b.temp, fmt.Sprintf("build%d", b.files))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", execute.Result{Outcome: execute.StartFailed{Err: err}}
	}
	binary = filepath.Join(dir, name)
	args = append(args, "-o", binary, "-buildvcs=false")
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	var env []string
	if f.race {
		args = append(args, "-race")
		env = append(env, "CGO_ENABLED=1")
	}
	if f.leak {
		env = append(env, b.tc.experiments())
	}
	if tags := b.tags(f); tags != "" {
		args = append(args, "-tags="+tags)
	}
	args = append(args, t.args...)
	r = b.tc.run(ctx, b.opt.Dir, env, args...)
	if !succeeded(r) {
		return "", r
	}
	if _, err := os.Stat(binary); err != nil { // "no test files" is a success
		return "", execute.Result{Outcome: execute.StartFailed{Err: err}}
	}
	return binary, r
}

// tags are the build tags. Without cgo the runtime notices when all goroutines
// are asleep; net and os/user do without it if told to. The race detector
// needs it anyhow.
func (b *builder) tags(f flavour) string {
	tags := b.opt.Tags
	if tags == "" {
		for _, flag := range b.tc.flags { // which -tags would override
			if v, ok := strings.CutPrefix("-"+strings.TrimLeft(flag, "-"), "-tags="); ok {
				tags = v
			}
		}
	}
	if f.race {
		return tags
	}
	return strings.TrimPrefix(strings.ReplaceAll(tags, " ", ",")+",osusergo,netgo", ",")
}

// compilerErrors is what the go command printed, without the lines about
// packages that it downloads.
func compilerErrors(r execute.Result) string {
	var b strings.Builder
	for line := range strings.Lines(failure(r)) {
		if !strings.HasPrefix(line, "go: downloading ") {
			b.WriteString(line)
		}
	}
	return strings.TrimSpace(b.String())
}

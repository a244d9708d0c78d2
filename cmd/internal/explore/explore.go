package explore

// How a program is explored
//
// findToolchain and list ask the go command, in the user's directory and with
// the user's GOFLAGS, what the program is made of. What is wanted and what
// works on this machine decide the flavours: the builds that are needed
// (plan.go). Each target is built once per flavour from an overlay (build.go),
// and where the instrumented program does not compile, with less of it: the
// compiler is the judge of whether locks can be replaced. The runs follow a
// plan that is even, so that cutting it short costs no variant and no number of
// cores more than another (session.go). Detectors write to files of their own,
// which package detect reads; equal evidence is tallied, and translate.go makes
// findings of it.
//
// Everybody waits for the first finding. So what sees bugs in the shortest time is
// run first (inOrder), no run takes more than the time that is left (patience), and
// schedules that switch at accused lines come before others (decide).
//
// Whatever goes wrong with one target or one variant becomes a note or a build
// error, and the others go on. Outcomes of runs are counted, not judged: a test
// that fails by itself is mentioned and is no finding, and a run that was
// stopped by its time limit counts as a limit only if it did not show why it
// hung.
//
// What is not seen: a program that ends by log.Fatal, in a signal handler's
// default or by a crash writes no leak profile, since what is linked into it
// learns of the end by main returning or by os.Exit; locks and goroutines of
// child processes are watched only if they are the same binary.

import (
	"cmp"
	"context"
	"embed"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/instrument"
)

//go:embed messages/notes
var notesFS embed.FS

// notes words what is to be said about the runs themselves; the words of
// findings are in catalogue.
var notes = message.MustLoad(notesFS, "messages/notes")

// A Variant is a way to watch a program, by one detector.
type Variant string

const (
	Race     Variant = "race"     // the race detector
	Deadlock Variant = "deadlock" // go-deadlock in place of the locks of package sync
	Leak     Variant = "leak"     // the goroutine leak profile

	// Controlled is one goroutine at a time, in an order that a schedule says.
	Controlled Variant = "controlled"
)

// early is how observations of controlled runs are counted in which time passed
// although somebody could go on. It is no choice of the user's: it belongs to
// Controlled, and comes after it.
const early Variant = "controlled-early"

// byControl reports whether runs of v are controlled.
func (v Variant) byControl() bool { return v == Controlled || v == early }

// Variants lists all of them.
func Variants() []Variant { return []Variant{Race, Deadlock, Leak, Controlled} }

// Options say what to run and how.
type Options struct {
	Dir string   // the user's working directory; "" is the process's own
	Env []string // environment of the go command and the programs; nil is the process's own

	// Tests runs the tests of packages, rather than a main package.
	Tests bool
	// Patterns name the packages as the go command names them, or the files of
	// one package. Nil means ".", or "./..." for tests.
	Patterns []string
	// Args are the program's arguments, or more flags for test binaries.
	Args []string
	// RunTests is the regular expression of the tests to run, "" for all.
	RunTests string
	Tags     string // build tags

	// Accused are places of operations, without columns, that are likely to be part of
	// a bug. Schedules that switch there are tried first.
	Accused map[finding.Position]bool

	Variants []Variant // nil means all that work here
	Cores    []int     // values of GOMAXPROCS; nil means 1, 2, 4 and so on up to all cores
	// Count is how often each package is run in each way; 0 means once. It is
	// ignored if For is set.
	Count int
	// For makes runs for this long. Each package is run at least once in each build,
	// and a run that takes longer is stopped.
	For time.Duration
	// Timeout stops a run; 0 means [DefaultTimeout], or [DefaultTestTimeout] for
	// tests.
	Timeout time.Duration
	// LockTimeout is how long a lock may be waited for until go-deadlock
	// reports that; 0 means [DefaultLockTimeout].
	LockTimeout time.Duration
	// MaxOutput stops a run that prints more than this many bytes; 0 means the
	// default of package execute.
	MaxOutput int64
	// Parallel is how many runs may go on at the same time; 0 means 1. Runs that
	// compete for cores see fewer interleavings on each of them.
	Parallel int

	Lang message.Lang
	// Progress, if not nil, is told what goes on. It is called by one
	// goroutine at a time.
	Progress func(Progress)
}

const (
	DefaultFor         = 30 * time.Second // of the command line
	DefaultTimeout     = time.Minute
	DefaultTestTimeout = 10 * time.Minute // as that of go test
	DefaultLockTimeout = 5 * time.Second
)

func (opt *Options) defaultTimeout() time.Duration {
	if opt.Tests {
		return DefaultTestTimeout
	}
	return DefaultTimeout
}

// A Progress says how far the exploration is.
type Progress struct {
	Building bool          // or else running
	Package  string        // that is built or run next
	Variants []Variant     // how
	Cores    int           // while running
	Done     int           // of builds or runs
	Total    int           // 0 if unknown
	Elapsed  time.Duration // of Options.For
	Found    int           // different pieces of evidence of a bug so far
	Last     string        // what the last run with one of them showed first: rule and place
}

// An Outcome is what the exploration came to.
type Outcome struct {
	Findings     []*finding.Finding
	Observations []evidence.Observation
	// Notes say what else is to be known: what could not be done, how runs
	// ended that showed no bug.
	Notes []Note
	// BuildErrors are the packages that could not be loaded or built.
	BuildErrors []BuildError
	Packages    []string // import paths of what was run
	Variants    []Variant
	Runs        int
	Schedules   int // of these runs, controlled ones
	// Reached are the places, without columns, of operations that were executed
	// in controlled runs that told of them.
	Reached map[finding.Position]bool
	// Limited says that runs were stopped by a limit, without a finding that
	// would explain it.
	Limited     bool
	Interrupted bool // the context was done before everything was
	// Unable says that nothing was run since no detector works here; a note
	// says why. Silence then means nothing.
	Unable bool
}

// A Note is a sentence about the exploration.
type Note struct {
	message.Message
	Detail string // lines to show below it, such as what the program printed; may be empty
}

// Text words the note.
func (n Note) Text(lang message.Lang) string { return notes.Text(lang, n.Message) }

// A BuildError is the go command's own report of what is wrong with a package.
type BuildError struct {
	Package string
	Output  string
}

// Code is the outcome as an exit status.
func (o *Outcome) Code() exitcode.Code {
	code := exitcode.Clean
	if len(o.Findings) > 0 {
		code = exitcode.Findings
	}
	if len(o.BuildErrors) > 0 || o.Unable {
		code = max(code, exitcode.Failed)
	}
	if o.Limited || o.Interrupted {
		code = max(code, exitcode.Limit)
	}
	return code
}

// A UsageError is a mistake in what the user asked for.
type UsageError struct {
	message.Message
	text string
}

func (e *UsageError) Error() string { return e.text }

// A ToolError is a failure that keeps everything from being run.
type ToolError struct {
	message.Message
	text string
}

func (e *ToolError) Error() string { return e.text }

func (opt *Options) usageError(m message.Message) error {
	return &UsageError{m, notes.Text(opt.Lang, m)}
}

func (opt *Options) toolError(m message.Message) error {
	return &ToolError{m, notes.Text(opt.Lang, m)}
}

// Run builds the program once per variant, runs it under every number of
// cores, and makes findings of what the runs showed.
//
// Once ctx is done the running program is stopped, and what was found so far
// is returned. An error means that nothing could be run: it is a *[UsageError]
// or a *[ToolError].
func Run(ctx context.Context, opt Options) (*Outcome, error) {
	opt = opt.withDefaults()
	s, err := newSession(ctx, &opt)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(s.temp)
	if err := s.findTargets(); err != nil {
		return nil, err
	}
	s.chooseFlavours()
	s.build(ctx)
	s.run(ctx)
	s.finish(ctx)
	return s.outcome, nil
}

// newSession asks the go command what the program is made of. The caller removes
// the session's temporary folder.
func newSession(ctx context.Context, opt *Options) (*session, error) {
	tc, err := findToolchain(ctx, opt)
	if err != nil {
		return nil, err
	}
	packages, err := tc.list(ctx)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "lockstep-")
	if err != nil {
		return nil, err
	}
	s := &session{opt: opt, tc: tc, packages: packages, temp: temp, outcome: new(Outcome)}
	s.functions = functions{source: tc.overlay.ReadFile, pkg: s.linked}
	return s, nil
}

func (opt Options) withDefaults() Options {
	if opt.Env == nil {
		opt.Env = os.Environ()
	}
	if opt.Dir == "" {
		opt.Dir, _ = os.Getwd()
	}
	if abs, err := filepath.Abs(opt.Dir); err == nil {
		opt.Dir = abs
	}
	if len(opt.Patterns) == 0 {
		opt.Patterns = []string{"."}
		if opt.Tests {
			opt.Patterns = []string{"./..."}
		}
	}
	if len(opt.Variants) == 0 {
		opt.Variants = Variants()
	}
	if len(opt.Cores) == 0 {
		opt.Cores = CoresUpTo(runtime.NumCPU())
	}
	opt.Count = max(opt.Count, 1)
	opt.Parallel = max(opt.Parallel, 1)
	opt.Timeout = cmp.Or(opt.Timeout, opt.defaultTimeout())
	opt.LockTimeout = cmp.Or(opt.LockTimeout, DefaultLockTimeout)
	return opt
}

// A session is one exploration.
type session struct {
	opt      *Options
	tc       *toolchain
	packages []instrument.Package
	temp     string
	files    int // made in temp, to name them

	targets  []*target
	flavours []flavour
	arms     []*arm // what the plan was made of
	lacking  bool   // a detector that was wanted does not work here

	functions functions
	hashing   sync.Mutex // guards the hash of each target

	mu      sync.Mutex // guards what is below while runs are made
	tally   evidence.Tally
	ends    map[endKey]*endCount // of runs that did not simply succeed
	outcome *Outcome
	known   map[evidence.Key]bool   // bugs
	last    string                  // one of them, in short
	proofs  map[evidence.Key]*proof // schedules that show them
	// minimised counts the bugs for which schedules were minimised.
	minimised    int
	proving      time.Duration       // that minimising took
	values       bool                // controlled programs tell the values of variables
	uncontrolled map[string][]string // by package, what control could not see
}

// A target is one program to run: a main package or the tests of a package.
type target struct {
	pkg      *instrument.Package
	args     []string           // that name it to the go command
	binaries map[flavour]string // files, where they could be built
	failed   bool               // does not compile as it is
	runs     int                // made so far
	bugs     int                // that they showed
	ended    bool               // one of them ended by itself
	hash     string             // of its source; "" until it is asked for
}

// note adds a note once.
func (s *session) note(m message.Message, detail string) {
	n := Note{m, detail}
	same := func(o Note) bool {
		return o.Key == n.Key && o.Detail == n.Detail && n.Text(message.English) == o.Text(message.English)
	}
	if !slices.ContainsFunc(s.outcome.Notes, same) {
		s.outcome.Notes = append(s.outcome.Notes, n)
	}
}

func (s *session) progress(p Progress) {
	if s.opt.Progress != nil {
		s.opt.Progress(p)
	}
}

// finish makes the findings.
func (s *session) finish(ctx context.Context) {
	o := s.outcome
	o.Interrupted = ctx.Err() != nil
	o.Unable = s.lacking && o.Runs == 0 && len(s.targets) > 0
	o.Observations = s.tally.Observations()
	o.Findings = Translate(o.Observations, Translation{
		Lang:    s.opt.Lang,
		Source:  s.tc.overlay.ReadFile,
		Package: s.packageOf,
		Proof: func(k evidence.Key) (string, []string) {
			if p := s.proofs[k]; p != nil {
				return p.witness.String(), p.replay
			}
			return "", nil
		},
	})
	s.explainEnds()
	s.explainCoverage()
}

// linked is what the linker calls the package that a file is in.
func (s *session) linked(file string) string {
	dir := filepath.Dir(file)
	for _, p := range s.packages {
		switch {
		case p.Dir != dir:
		case p.Name == "main" && !s.opt.Tests:
			return "main"
		case slices.Contains(p.XTestGoFiles, filepath.Base(file)):
			return p.ImportPath + "_test"
		default:
			return p.ImportPath
		}
	}
	return ""
}

// packageOf is the import path of the package that a file is in.
func (s *session) packageOf(file string) string {
	dir := filepath.Dir(file)
	for _, p := range s.packages {
		if p.Dir == dir {
			return p.ImportPath
		}
	}
	return ""
}

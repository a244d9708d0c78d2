package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// Options say what the output itself does not.
type Options struct {
	// User tells which frames are the user's code; nil is the zero
	// [evidence.Scope].
	User func(evidence.Frame) bool
	// Dir is the working directory and Home the home directory of the run,
	// by which go-deadlock shortens paths. Where they are empty, paths stay
	// as printed.
	Dir, Home string
	// Source reads a source file, to correct lines that go-deadlock prints
	// inexactly; nil leaves them alone.
	Source func(file string) ([]byte, error)
	// Survived says that the process ended by itself with status 0, so that
	// it cannot have crashed, whatever it printed.
	Survived bool
}

// All is the evidence that any detector left in output: races, then locks, crashes
// and leaks, each in order of appearance.
func All(output []byte, opt Options) []evidence.Evidence {
	return slices.Concat(Races(output, opt), Locks(output, opt), Crashes(output, opt), Leaks(output, opt))
}

// settle marks the user frames of e and finds out its test.
func settle(e *evidence.Evidence, opt Options) {
	user := opt.User
	if user == nil {
		user = evidence.Scope{}.User
	}
	test := ""
	for i := range e.Operations {
		o := &e.Operations[i]
		for _, s := range []evidence.Stack{o.Stack, o.Goroutine.Created} {
			for j := range s {
				s[j].User = user(s[j])
				if name := testName(s[j]); name != "" && test == "" && o.Role != evidence.RoleOther {
					test = name
				}
			}
		}
	}
	if e.Test == "" {
		e.Test = test
	}
}

var testFunc = newPattern(`\.((?:Test|Benchmark|Fuzz|Example)(?:[^a-z.()\[]\w*)?)(?:\.func\d+(?:\.\d+)*)?$`)

// testName is the test that f is the function of, or a function literal in it.
func testName(f evidence.Frame) string {
	if m := testFunc.FindStringSubmatch(f.Func); m != nil && m[1] != "TestMain" && strings.HasSuffix(f.File, "_test.go") {
		return m[1]
	}
	return ""
}

// absolute undoes go-deadlock's shortening of a path.
func (opt Options) absolute(file string) string {
	switch rest, home := strings.CutPrefix(file, "~/"); {
	case home && opt.Home != "":
		return path.Join(opt.Home, rest)
	case !home && opt.Dir != "" && !path.IsAbs(file) && !strings.Contains(file, ":"):
		return path.Join(opt.Dir, file)
	}
	return file
}

// A report is one being read: its evidence and the lines that are part of it.
type report struct {
	evidence.Evidence
	raw strings.Builder
}

func newReport(kind evidence.Kind) *report {
	return &report{Evidence: evidence.Evidence{Kind: kind}}
}

// take makes line part of the report.
func (r *report) take(line string) {
	r.raw.WriteString(line)
	r.raw.WriteByte('\n')
}

// finish is the evidence of r.
func (r *report) finish(opt Options) evidence.Evidence {
	r.Raw = strings.TrimRight(r.raw.String(), "\n") + "\n"
	settle(&r.Evidence, opt)
	return r.Evidence
}

// lines yields the lines of output without their ends, however long they are.
func lines(output []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(output)) {
			if !yield(strings.TrimRight(line, "\r\n")) {
				return
			}
		}
	}
}

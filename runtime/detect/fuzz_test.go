package detect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// Each parser is fuzzed with real logs as seeds. Whatever the input, it must
// not panic, and what it returns must hold together: see check. Whatever
// follows a log, the reports that were complete in it must still be found.

func FuzzRaces(f *testing.F)   { fuzz(f, "race-*", Races) }
func FuzzLocks(f *testing.F)   { fuzz(f, "lock-*", Locks) }
func FuzzCrashes(f *testing.F) { fuzz(f, "crash-*", Crashes) }
func FuzzLeaks(f *testing.F)   { fuzz(f, "leak-*", Leaks) }

type parser = func([]byte, Options) []evidence.Evidence

func fuzz(f *testing.F, logs string, parse parser) {
	names, err := filepath.Glob("testdata/" + logs + ".log")
	if err != nil || len(names) == 0 {
		f.Fatalf("no logs: %v", err)
	}
	var first []byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
		if first == nil {
			first = append(data, '\n')
		}
	}
	opt := options()
	opt.Source = func(file string) ([]byte, error) { return []byte(file + "\n\tmu.Lock()\n"), nil }
	whole := parse(first, opt)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, e := range parse(data, opt) {
			check(t, e, parse, opt)
		}
		both := parse(append(first[:len(first):len(first)], data...), opt)
		// The last report has no end mark with all detectors: what follows
		// may become part of it.
		if len(both) < len(whole) {
			t.Fatalf("%d reports with %q behind them are %d", len(whole), data, len(both))
		}
		for i := range whole[:len(whole)-1] {
			if both[i].Key() != whole[i].Key() {
				t.Fatalf("report %d with %q behind it: key %v, want %v", i, data, both[i].Key(), whole[i].Key())
			}
		}
	})
}

// check holds e to what its documentation says.
func check(t *testing.T, e evidence.Evidence, parse parser, opt Options) {
	t.Helper()
	if e.Kind == "" || e.Raw == "" || strings.TrimSpace(e.Raw) == "" {
		t.Fatalf("evidence without kind or text: %+v", e)
	}
	for _, o := range e.Operations {
		if o.Role == "" {
			t.Fatalf("operation without role: %+v", e)
		}
		for _, s := range []evidence.Stack{o.Stack, o.Goroutine.Created} {
			for _, f := range s {
				if f.File == "" || f.Line < 0 {
					t.Fatalf("frame without place: %+v", e)
				}
			}
		}
	}
	// The text of a report is a report: reading it again gives the same.
	if e.Kind.Bug() && !e.Truncated && e.Kind != evidence.Leak {
		again := parse([]byte(e.Raw), opt)
		if len(again) != 1 || again[0].Key() != e.Key() {
			t.Fatalf("text read again gives %d reports, want that of key %v:\n%s", len(again), e.Key(), e.Raw)
		}
	}
}

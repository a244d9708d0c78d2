package confirm

import (
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

func at(line, column int) finding.Position {
	return finding.Position{File: "/src/counter.go", Line: line, Column: column}
}

func race(source finding.Source, name string, a, b finding.Position) *finding.Finding {
	return &finding.Finding{
		Rule:       "datarace",
		Message:    string(source) + " " + name,
		Source:     source,
		Range:      finding.Range{Start: a},
		Subject:    finding.Subject{Kind: finding.Variable, Name: name},
		Operations: []finding.Position{a, b},
	}
}

func lockBug(source finding.Source, rule string, kind finding.SubjectKind, ops ...finding.Position) *finding.Finding {
	return &finding.Finding{
		Rule:       rule,
		Message:    string(source) + " " + rule,
		Source:     source,
		Range:      finding.Range{Start: ops[0]},
		Subject:    finding.Subject{Kind: kind},
		Operations: ops,
	}
}

// leaving says that f shows the lock that was taken at p to have been left locked.
func leaving(f *finding.Finding, p finding.Position) *finding.Finding {
	f.Abandoned = []finding.Position{p}
	return f
}

func seen(f *finding.Finding, k, n int) *finding.Finding {
	f.Witness = &finding.Witness{Seen: k, Runs: n}
	return f
}

func TestMerge(t *testing.T) {
	const static, dynamic, both = finding.Static, finding.Dynamic, finding.Both
	for _, test := range []struct {
		name            string
		static, dynamic []*finding.Finding
		want            []finding.Source // in sorted order
	}{
		{
			name:    "the same pair of accesses",
			static:  []*finding.Finding{race(static, "s.hits", at(10, 3), at(14, 9))},
			dynamic: []*finding.Finding{seen(race(dynamic, "hits", at(14, 0), at(10, 0)), 3, 8)},
			want:    []finding.Source{both},
		},
		{
			name:    "another pair that shares one access to the same variable",
			static:  []*finding.Finding{race(static, "hits", at(10, 3), at(14, 9))},
			dynamic: []*finding.Finding{seen(race(dynamic, "", at(10, 0), at(10, 0)), 3, 8)},
			want:    []finding.Source{both},
		},
		{
			name:    "two variables on one line",
			static:  []*finding.Finding{race(static, "hits", at(10, 3), at(14, 9))},
			dynamic: []*finding.Finding{seen(race(dynamic, "misses", at(10, 0), at(20, 0)), 3, 8)},
			want:    []finding.Source{dynamic, static},
		},
		{
			name: "an unnamed race on a line with two variables",
			static: []*finding.Finding{
				race(static, "a.hits", at(10, 3), at(14, 3)),
				race(static, "b.misses", at(10, 8), at(14, 8)),
			},
			dynamic: []*finding.Finding{seen(race(dynamic, "", at(10, 0), at(14, 0)), 3, 8)},
			want:    []finding.Source{dynamic, static, static},
		},
		{
			name: "an unnamed race on a line with one field of two variables",
			static: []*finding.Finding{
				race(static, "a.hits", at(10, 3), at(14, 3)),
				race(static, "b.hits", at(10, 8), at(14, 8)),
			},
			dynamic: []*finding.Finding{seen(race(dynamic, "", at(10, 0), at(14, 0)), 3, 8)},
			want:    []finding.Source{dynamic, static, static},
		},
		{
			name: "a named race on a line with one field of two variables",
			static: []*finding.Finding{
				race(static, "a.hits", at(10, 3), at(14, 3)),
				race(static, "b.hits", at(10, 8), at(14, 8)),
			},
			dynamic: []*finding.Finding{seen(race(dynamic, "b.hits", at(10, 0), at(14, 0)), 3, 8)},
			want:    []finding.Source{static, both},
		},
		{
			name: "an unnamed race beside a variable of which it shares one line",
			static: []*finding.Finding{
				race(static, "a.hits", at(10, 3), at(14, 3)),
				race(static, "b.misses", at(10, 8), at(20, 8)),
			},
			dynamic: []*finding.Finding{seen(race(dynamic, "", at(10, 0), at(14, 0)), 3, 8)},
			want:    []finding.Source{both, static},
		},
		{
			name:    "a deadlock at the lock that is not released",
			static:  []*finding.Finding{lockBug(static, "missingunlock", finding.Lock, at(30, 2), at(34, 3))},
			dynamic: []*finding.Finding{leaving(seen(lockBug(dynamic, "deadlock", finding.Operation, at(30, 0)), 1, 1), at(30, 0))},
			want:    []finding.Source{both},
		},
		{
			name:    "a lock that was left locked far from where it is waited for",
			static:  []*finding.Finding{lockBug(static, "missingunlock", finding.Lock, at(30, 2), at(34, 3))},
			dynamic: []*finding.Finding{leaving(seen(lockBug(dynamic, "deadlock", finding.Lock, at(50, 0)), 1, 1), at(30, 0))},
			want:    []finding.Source{both},
		},
		{
			name:    "a deadlock by lock order at the lock that is not released elsewhere",
			static:  []*finding.Finding{lockBug(static, "missingunlock", finding.Lock, at(30, 2), at(34, 3))},
			dynamic: []*finding.Finding{seen(lockBug(dynamic, "lockorder", finding.Lock, at(30, 0), at(31, 0)), 1, 1)},
			want:    []finding.Source{dynamic, static},
		},
		{
			name:    "a lock whose holder is still at work",
			static:  []*finding.Finding{lockBug(static, "missingunlock", finding.Lock, at(30, 2), at(34, 3))},
			dynamic: []*finding.Finding{seen(lockBug(dynamic, "deadlock", finding.Lock, at(30, 0)), 1, 1)},
			want:    []finding.Source{dynamic, static},
		},
		{
			name:    "a panic at the return that leaves a lock locked",
			static:  []*finding.Finding{lockBug(static, "missingunlock", finding.Lock, at(34, 3), at(30, 2))},
			dynamic: []*finding.Finding{seen(lockBug(dynamic, "panic", finding.Operation, at(34, 0)), 1, 1)},
			want:    []finding.Source{dynamic, static},
		},
		{
			name:    "a race is never a lock bug",
			static:  []*finding.Finding{lockBug(static, "missingunlock", finding.Lock, at(30, 2))},
			dynamic: []*finding.Finding{seen(race(dynamic, "", at(30, 0), at(31, 0)), 1, 1)},
			want:    []finding.Source{dynamic, static},
		},
		{
			name: "the same seen by tests and by the program",
			dynamic: []*finding.Finding{
				seen(race(dynamic, "hits", at(10, 0), at(14, 0)), 1, 4),
				seen(race(dynamic, "hits", at(14, 0), at(10, 0)), 2, 4),
			},
			want: []finding.Source{dynamic},
		},
		{
			name:   "a hang seen in part beside the whole of it",
			static: []*finding.Finding{lockBug(static, "missingunlock", finding.Lock, at(30, 2), at(34, 3))},
			dynamic: []*finding.Finding{
				leaving(seen(lockBug(dynamic, "deadlock", finding.Lock, at(30, 0), at(40, 0)), 1, 2), at(30, 0)),
				seen(lockBug(dynamic, "deadlock", finding.Lock, at(40, 0)), 1, 2),
				seen(lockBug(dynamic, "deadlock", finding.Lock, at(40, 0), at(50, 0)), 1, 2),
			},
			want: []finding.Source{both, dynamic},
		},
		{
			name: "one run proves one pair, the closest",
			static: []*finding.Finding{
				race(static, "hits", at(10, 3), at(20, 1)),
				race(static, "hits", at(12, 3), at(20, 1)),
			},
			dynamic: []*finding.Finding{seen(race(dynamic, "hits", at(12, 0), at(20, 0)), 1, 1)},
			want:    []finding.Source{static, both},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Merge(test.static, test.dynamic)
			if len(got) != len(test.want) {
				t.Fatalf("%d findings, want %d", len(got), len(test.want))
			}
			for i, f := range got {
				if f.Source != test.want[i] {
					t.Errorf("finding %d (%s) has source %s, want %s", i, f.Message, f.Source, test.want[i])
				}
				if (f.Witness != nil) != (f.Source != static) {
					t.Errorf("finding %d (%s): witness %v with source %s", i, f.Message, f.Witness, f.Source)
				}
			}
			for _, f := range test.static {
				if f.Source != static || f.Witness != nil {
					t.Errorf("Merge modified its argument %s", f.Message)
				}
			}
		})
	}
}

func TestMergeKeepsTheMostFrequentWitness(t *testing.T) {
	got := Merge(
		[]*finding.Finding{race(finding.Static, "hits", at(10, 3), at(14, 9))},
		[]*finding.Finding{
			seen(race(finding.Dynamic, "hits", at(10, 0), at(10, 0)), 1, 8),
			seen(race(finding.Dynamic, "hits", at(10, 0), at(14, 0)), 7, 8),
		})
	if len(got) != 1 || got[0].Witness.Seen != 7 {
		t.Errorf("got %d findings, first witness %+v; want one, seen in 7 runs", len(got), got[0].Witness)
	}
}

func TestMergeKeepsTheGoStatementThatWasRead(t *testing.T) {
	related := func(role finding.Role, p finding.Position) finding.Related {
		return finding.Related{Role: role, Range: finding.Range{Start: p}}
	}
	read, run := race(finding.Static, "hits", at(10, 3), at(14, 9)), seen(race(finding.Dynamic, "hits", at(10, 0), at(14, 0)), 1, 1)
	read.Related = []finding.Related{related("spawn", at(9, 2))}
	run.Related = []finding.Related{related("write", at(14, 0)), related("spawn", at(40, 0))}
	got := Merge([]*finding.Finding{read}, []*finding.Finding{run})
	if len(got) != 1 || len(got[0].Related) != 2 || got[0].Related[1].Role != "write" {
		t.Errorf("related %+v, want the go statement of line 9 and the write", got[0].Related)
	}
	read.Related = nil
	got = Merge([]*finding.Finding{read}, []*finding.Finding{run})
	if len(got) != 1 || len(got[0].Related) != 2 {
		t.Errorf("related %+v, want what the run showed", got[0].Related)
	}
}

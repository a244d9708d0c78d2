package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

func report(fn, subject string) *finding.Finding {
	return &finding.Finding{
		Rule: "missingunlock", Package: "p", Function: fn,
		Subject: finding.Subject{Kind: finding.Lock, Name: subject},
	}
}

func entry(corpus, fn string, v Verdict) Entry {
	return Entry{Site{corpus, "missingunlock", "p", fn, "mu"}, v, "because"}
}

func TestTally(t *testing.T) {
	got := tally("std@go1", []*finding.Finding{report("known", "mu"), report("known", "mu"), report("new", "mu")}, []Entry{
		entry("std@go1", "known", Bug),
		entry("std@go1", "gone", Risky),
		entry("std@go0", "new", False), // another version's verdict does not count
	})
	if got.Settled() {
		t.Error("Settled with a new and a vanished report")
	}
	var b strings.Builder
	got.Print(&b)
	for _, want := range []string{"3 reports: 2 bug, 0 risky, 0 false, 1 not triaged", `"function": "new"`, "no longer reported: p.gone"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, &b)
		}
	}
	if len(got.Vanished) != 1 {
		t.Errorf("%d vanished, want 1", len(got.Vanished))
	}
}

func TestParseRejects(t *testing.T) {
	one := `{"corpus":"c","rule":"r","package":"p","function":"f","subject":"s","verdict":"bug","reason":"so"}`
	for name, text := range map[string]string{
		"unknown verdict": strings.Replace("["+one+"]", `"bug"`, `"fine"`, 1),
		"no reason":       strings.Replace("["+one+"]", `"so"`, `""`, 1),
		"twice":           "[" + one + "," + one + "]",
	} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%s: parsed", name)
		}
	}
}

// The committed file must parse, or every bench run would fail on it.
func TestCommittedTriage(t *testing.T) {
	data, err := os.ReadFile("triage.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse(data); err != nil {
		t.Error(err)
	}
}

func TestTooManyFalse(t *testing.T) {
	total := &Tally{Verdicts: make(map[Verdict]int)}
	total.Add(&Tally{Lines: 150_000, Verdicts: map[Verdict]int{False: 1}})
	if !total.TooManyFalse() {
		t.Error("one false report in 150,000 lines is let pass")
	}
	total.Add(&Tally{Lines: 50_000, Verdicts: map[Verdict]int{Bug: 3}})
	total.Add(&Tally{Skipped: "not there"})
	if total.TooManyFalse() {
		t.Error("one false report in 200,000 lines is too many")
	}
	if total.Verdicts[Bug] != 3 || total.Lines != 200_000 {
		t.Errorf("sum: %+v", total)
	}
}

// Every module that go.mod requires is a corpus, and none is checked twice.
func TestDependencies(t *testing.T) {
	corpora, err := find(t.Context(), "deps")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, c := range corpora {
		if seen[c.name] || strings.HasPrefix(c.name, toolsModule+"@") {
			t.Errorf("%s is checked twice", c.name)
		}
		seen[c.name] = true
	}
	if !slices.ContainsFunc(corpora, func(c corpus) bool { return strings.HasPrefix(c.name, "honnef.co/go/tools@") }) {
		t.Errorf("no corpus is the module of the tool staticcheck: %v", corpora)
	}
}

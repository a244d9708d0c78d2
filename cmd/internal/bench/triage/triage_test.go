package main

import (
	"os"
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
	for _, want := range []string{"3 reports: 2 bug, 0 risky, 0 false, 1 not triaged", `"function":"new"`, "no longer reported: p.gone"} {
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

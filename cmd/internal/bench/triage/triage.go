package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A Verdict is what a person decided after reading the reported code.
type Verdict string

const (
	Bug   Verdict = "bug"   // worth acting on
	Risky Verdict = "risky" // as reported, but so by design
	False Verdict = "false" // the report is wrong
)

// A Site identifies a report by what does not change when code moves: the
// version of the corpus, the rule, and the function and object that the report is
// about. Several reports of one site share a verdict.
type Site struct {
	Corpus   string `json:"corpus"` // such as "std@go1.26.8"
	Rule     string `json:"rule"`
	Package  string `json:"package"`
	Function string `json:"function"`
	Subject  string `json:"subject"`
}

// Compare orders sites.
func (s Site) Compare(t Site) int {
	return cmp.Or(cmp.Compare(s.Corpus, t.Corpus), cmp.Compare(s.Package, t.Package),
		cmp.Compare(s.Function, t.Function), cmp.Compare(s.Rule, t.Rule), cmp.Compare(s.Subject, t.Subject))
}

// An Entry is the committed verdict on a site.
type Entry struct {
	Site
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason"`
}

// parse reads the committed triage.
func parse(data []byte) ([]Entry, error) {
	var entries []Entry
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, err
	}
	seen := make(map[Site]bool)
	for _, e := range entries {
		switch e.Verdict {
		case Bug, Risky, False:
		default:
			return nil, fmt.Errorf("%s: unknown verdict %q", e.Function, e.Verdict)
		}
		if e.Reason == "" {
			return nil, fmt.Errorf("%s: a verdict needs a reason", e.Function)
		}
		if seen[e.Site] {
			return nil, fmt.Errorf("%+v stands twice", e.Site)
		}
		seen[e.Site] = true
	}
	return entries, nil
}

// A Tally compares the reports on one corpus with the committed verdicts.
type Tally struct {
	Corpus    string
	Packages  int
	Lines     int
	Reports   int
	Verdicts  map[Verdict]int
	Untriaged []*finding.Finding
	Vanished  []Entry
}

func tally(corpus string, findings []*finding.Finding, entries []Entry) *Tally {
	t := &Tally{Corpus: corpus, Reports: len(findings), Verdicts: make(map[Verdict]int)}
	verdicts := make(map[Site]Verdict)
	for _, e := range entries {
		if e.Corpus == corpus {
			verdicts[e.Site] = e.Verdict
		}
	}
	reported := make(map[Site]bool)
	for _, f := range findings {
		s := siteOf(corpus, f)
		reported[s] = true
		if v, ok := verdicts[s]; ok {
			t.Verdicts[v]++
		} else {
			t.Untriaged = append(t.Untriaged, f)
		}
	}
	for _, e := range entries {
		if e.Corpus == corpus && !reported[e.Site] {
			t.Vanished = append(t.Vanished, e)
		}
	}
	slices.SortFunc(t.Vanished, func(a, b Entry) int { return a.Site.Compare(b.Site) })
	return t
}

func siteOf(corpus string, f *finding.Finding) Site {
	return Site{Corpus: corpus, Rule: f.Rule, Package: f.Package, Function: f.Function, Subject: f.Subject.Name}
}

// Settled reports whether the committed triage describes the reports exactly.
func (t *Tally) Settled() bool { return len(t.Untriaged) == 0 && len(t.Vanished) == 0 }

// Print writes the tally.
func (t *Tally) Print(w io.Writer) {
	fmt.Fprintf(w, "%s: %d packages, %d lines, %d reports: %d bug, %d risky, %d false, %d not triaged\n",
		t.Corpus, t.Packages, t.Lines, t.Reports,
		t.Verdicts[Bug], t.Verdicts[Risky], t.Verdicts[False], len(t.Untriaged))
	for _, f := range t.Untriaged {
		s := siteOf(t.Corpus, f)
		fmt.Fprintf(w, "\tnot triaged: %s: %s (%s)\n", f.Range.Start, f.Message, f.Rule)
		if stub, err := json.Marshal(Entry{Site: s}); err == nil {
			fmt.Fprintf(w, "\t\t%s\n", stub)
		}
	}
	for _, e := range t.Vanished {
		fmt.Fprintf(w, "\tno longer reported: %s.%s: %s (%s, triaged %s)\n", e.Package, e.Function, e.Subject, e.Rule, e.Verdict)
	}
}

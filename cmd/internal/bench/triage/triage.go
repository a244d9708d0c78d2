package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	Corpus     string
	Skipped    string   // why the corpus could not be read, or ""
	Incomplete []string // packages of which nothing or not all could be loaded, what the corpus imports included
	Packages   int
	Tested     int // packages whose tests were analysed too
	Lines      int
	Reports    int
	Verdicts   map[Verdict]int
	Untriaged  []*finding.Finding
	Vanished   []Entry
}

// linesPerFalse is how much code may give one false report.
const linesPerFalse = 200_000

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

// Add adds the reports on another corpus.
func (t *Tally) Add(u *Tally) {
	t.Incomplete = append(t.Incomplete, u.Incomplete...)
	t.Packages += u.Packages
	t.Tested += u.Tested
	t.Lines += u.Lines
	t.Reports += u.Reports
	for v, n := range u.Verdicts {
		t.Verdicts[v] += n
	}
	t.Untriaged = append(t.Untriaged, u.Untriaged...)
	t.Vanished = append(t.Vanished, u.Vanished...)
}

// Settled reports whether the committed triage describes the reports exactly.
func (t *Tally) Settled() bool { return len(t.Untriaged) == 0 && len(t.Vanished) == 0 }

// TooManyFalse reports whether more reports are false than the code allows.
func (t *Tally) TooManyFalse() bool { return t.Verdicts[False]*linesPerFalse > t.Lines }

// PrintSummary writes the numbers of the tally in one line.
func (t *Tally) PrintSummary(w io.Writer) {
	if t.Skipped != "" {
		fmt.Fprintf(w, "%s: skipped: %s\n", t.Corpus, t.Skipped)
		return
	}
	fmt.Fprintf(w, "%s: %d packages (%d with tests), %d lines, %d reports", t.Corpus, t.Packages, t.Tested, t.Lines, t.Reports)
	if t.Reports > 0 {
		fmt.Fprintf(w, ": %d bug, %d risky, %d false, %d not triaged; %.2f false per %d lines",
			t.Verdicts[Bug], t.Verdicts[Risky], t.Verdicts[False], len(t.Untriaged),
			float64(t.Verdicts[False])*linesPerFalse/float64(max(t.Lines, 1)), linesPerFalse)
	}
	if n := len(t.Incomplete); n > 0 {
		fmt.Fprintf(w, "; %d packages missing or not fully loaded", n)
	}
	fmt.Fprintln(w)
}

// Print writes the tally with all that is not settled.
func (t *Tally) Print(w io.Writer) {
	t.PrintSummary(w)
	for _, pkg := range t.Incomplete {
		fmt.Fprintf(w, "\tmissing or not fully loaded: %s\n", pkg)
	}
	for _, f := range t.Untriaged {
		fmt.Fprintf(w, "\tnot triaged: %s: %s (%s)\n", f.Range.Start, f.Message, f.Rule)
		printCode(w, f.Range.Start, "")
		for _, rel := range f.Related {
			printCode(w, rel.Range.Start, rel.Message)
		}
		if stub, err := json.MarshalIndent(Entry{Site: siteOf(t.Corpus, f)}, "\t", "\t"); err == nil {
			fmt.Fprintf(w, "\t%s,\n", stub)
		}
	}
	for _, e := range t.Vanished {
		fmt.Fprintf(w, "\tno longer reported: %s.%s: %s (%s, triaged %s)\n", e.Package, e.Function, e.Subject, e.Rule, e.Verdict)
	}
}

// printCode writes the line at a position, if it can be read, and what is said of
// it.
func printCode(w io.Writer, pos finding.Position, said string) {
	data, _ := os.ReadFile(pos.File)
	lines := strings.Split(string(data), "\n")
	if pos.Line < 1 || pos.Line > len(lines) {
		return
	}
	fmt.Fprintf(w, "\t\t%s:%d: %s", filepath.Base(pos.File), pos.Line, strings.TrimSpace(lines[pos.Line-1]))
	if said != "" {
		fmt.Fprintf(w, "  <- %s", said)
	}
	fmt.Fprintln(w)
}

// Triage holds lockstep's reports on well-tested code against the verdicts of
// people who read them.
//
// Correct code is where a checker shows whether people can keep it switched
// on. Every report of the default tier on the corpora below is read, and
// triage.json says what it was: a bug, risky by design, or false. The program
// exits with 1 if a report is not triaged or a triaged one vanished, so that no
// change to a check goes by unread, and if more than one report per 200,000
// lines is false.
//
//	go run ./cmd/internal/bench/triage [-corpus std,tools,deps] [-rule r,...]
//
// The corpora are the standard library, golang.org/x/tools and the modules
// that this one depends on, tests included. They are read where they are, in
// GOROOT and in the module cache; see corpus.go.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

//go:embed triage.json
var committed []byte

func main() {
	corpora := flag.String("corpus", "std,tools,deps", "comma-separated `corpora` to check")
	rules := flag.String("rule", "", "comma-separated `rules` to check; all if empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	settled, err := run(ctx, os.Stdout, strings.Split(*corpora, ","), *rules)
	if err != nil {
		fmt.Fprintln(os.Stderr, "triage:", err)
		os.Exit(3)
	}
	if !settled {
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, names []string, rules string) (settled bool, err error) {
	suite, err := selected(rules)
	if err != nil {
		return false, err
	}
	entries, err := parse(committed)
	if err != nil {
		return false, fmt.Errorf("triage.json: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e Entry) bool {
		return !slices.ContainsFunc(suite, func(a *analysis.Analyzer) bool { return a.Name == e.Rule })
	})
	total := &Tally{Corpus: "all", Verdicts: make(map[Verdict]int)}
	for _, name := range names {
		corpora, err := find(ctx, name)
		if err != nil {
			return false, err
		}
		for _, c := range corpora {
			t, err := measure(ctx, c, suite, entries)
			if err != nil {
				return false, fmt.Errorf("%s: %w", c.name, err)
			}
			t.Print(w)
			total.Add(t)
		}
	}
	total.PrintSummary(w)
	if total.TooManyFalse() {
		fmt.Fprintf(w, "\tmore than one false report per %d lines\n", linesPerFalse)
	}
	return total.Settled() && !total.TooManyFalse(), nil
}

// selected is the suite, or the rules of it that are named.
func selected(rules string) ([]*analysis.Analyzer, error) {
	suite := analyzers.Suite()
	if rules == "" {
		return suite, nil
	}
	var some []*analysis.Analyzer
	for name := range strings.SplitSeq(rules, ",") {
		i := slices.IndexFunc(suite, func(a *analysis.Analyzer) bool { return a.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no rule %s", name)
		}
		some = append(some, suite[i])
	}
	return some, nil
}

// measure checks one corpus. What of it cannot be loaded is noted and left out.
func measure(ctx context.Context, c corpus, suite []*analysis.Analyzer, entries []Entry) (*Tally, error) {
	if c.missing != "" {
		return &Tally{Corpus: c.name, Skipped: c.missing}, nil
	}
	res, err := check.Run(ctx, check.Options{Dir: c.dir, Env: c.environ(), Patterns: c.patterns, Analyzers: suite})
	var load *check.LoadError
	if errors.As(err, &load) {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return &Tally{Corpus: c.name, Skipped: first}, nil
	}
	if err != nil {
		return nil, err
	}
	if res.Interrupted {
		return nil, context.Cause(ctx)
	}
	t := tally(c.name, res.Findings, entries)
	t.Packages = len(res.Packages)
	for _, p := range res.Packages {
		if p.Tests {
			t.Tested++
		}
	}
	for _, p := range res.Problems {
		if p.Kind != check.LoadProblem {
			return nil, fmt.Errorf("package %s: %s", p.Package, p.Message)
		}
		if !slices.Contains(t.Incomplete, p.Package) {
			t.Incomplete = append(t.Incomplete, p.Package)
		}
	}
	t.Lines, err = c.lines(ctx)
	return t, err
}

package confirm

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/explore"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A Plan says what is to be run to confirm what was read. A package that the
// user named is run whatever was found in it; one that a pattern such as ./...
// matched is run if something was. Tests are code that is there to be run; a main
// program may do anything, so it is run only if it was named.
type Plan struct {
	Tests    []string   // packages whose tests are run, by import path or by the files of one
	Programs [][]string // main packages to run, each by an import path, a folder or its files
	// Unnamed are main packages with findings that are not run, since no
	// argument named them.
	Unnamed []string
	// Untested are other packages with findings, which have no tests to run.
	Untested []string
}

// NewPlan plans what to run. Patterns are the command line's package
// arguments, relative to the folder dir.
func NewPlan(dir string, patterns []string, res *check.Result) *Plan {
	found := make(map[string]bool) // folders
	for _, f := range res.Findings {
		found[filepath.Dir(f.Range.Start.File)] = true
	}
	p := new(Plan)
	for _, pkg := range res.Packages {
		args := named(dir, patterns, pkg)
		if args == nil && !found[pkg.Dir] {
			continue
		}
		switch {
		case pkg.Tests && namesFiles(patterns):
			p.Tests = args
		case pkg.Tests:
			p.Tests = append(p.Tests, pkg.Path)
		}
		switch {
		case pkg.Name == "main" && args != nil:
			p.Programs = append(p.Programs, args)
		case pkg.Name == "main" && !pkg.Tests:
			p.Unnamed = append(p.Unnamed, pkg.Path)
		case !pkg.Tests:
			p.Untested = append(p.Untested, pkg.Path)
		}
	}
	return p
}

// named returns the arguments that name exactly pkg, or nil if none does: a
// pattern such as ./... matches packages, but names none.
func named(dir string, patterns []string, pkg check.Package) []string {
	if namesFiles(patterns) {
		return patterns
	}
	for _, p := range patterns {
		if p == pkg.Path {
			return []string{p}
		}
		if folder := filepath.FromSlash(p); isLocal(p) && pkg.Dir != "" {
			if !filepath.IsAbs(folder) {
				folder = filepath.Join(dir, folder)
			}
			if filepath.Clean(folder) == pkg.Dir {
				return []string{p}
			}
		}
	}
	return nil
}

// namesFiles reports whether the arguments are the files of one package.
func namesFiles(patterns []string) bool {
	return len(patterns) > 0 && strings.HasSuffix(patterns[0], ".go")
}

func isLocal(pattern string) bool {
	return pattern == "." || pattern == ".." || filepath.IsAbs(pattern) ||
		strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../")
}

// Options say how to confirm.
type Options struct {
	Check check.Options
	// Run says how to run what is planned; what to run is for the plan to say.
	Run explore.Options
	// Announce, if not nil, is told the plan before any of it is run.
	Announce func(*Plan)
}

// A Result is what reading and running showed.
type Result struct {
	Check    *check.Result
	Plan     *Plan
	Outcomes []*explore.Outcome // of the tests, then of each program
	Findings []*finding.Finding // both, merged
}

// Run checks the packages, runs what [NewPlan] plans, and merges what both
// showed. What was found is in the result even if Run also returns
// an error, which says why something could not be run.
func Run(ctx context.Context, opts Options) (*Result, error) {
	read, err := check.Run(ctx, opts.Check)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(opts.Check.Dir)
	if err != nil {
		return nil, err
	}
	res := &Result{Check: read, Findings: read.Findings}
	res.Plan = NewPlan(dir, opts.Check.Patterns, read)
	if opts.Announce != nil {
		opts.Announce(res.Plan)
	}

	opts.Run.Accused = accused(read.Findings)
	var sessions []explore.Options
	if tests := opts.Run; len(res.Plan.Tests) > 0 {
		tests.Tests, tests.Patterns, tests.Args = true, res.Plan.Tests, nil
		sessions = append(sessions, tests)
	}
	for _, args := range res.Plan.Programs {
		program := opts.Run
		program.Tests, program.Patterns = false, args
		sessions = append(sessions, program)
	}
	var seen []*finding.Finding
	for _, session := range sessions {
		if ctx.Err() != nil {
			break
		}
		var outcome *explore.Outcome
		if outcome, err = explore.Run(ctx, session); err != nil {
			break
		}
		res.Outcomes = append(res.Outcomes, outcome)
		seen = slices.Concat(seen, outcome.Findings)
	}
	res.Findings = Merge(read.Findings, seen)
	res.judge()
	return res, err
}

// accused are the places of what was read: schedules that switch there are likely to
// show it.
func accused(list []*finding.Finding) map[finding.Position]bool {
	places := make(map[finding.Position]bool)
	for _, f := range list {
		for _, p := range placesOf(f) {
			p.Column = 0
			places[p] = true
		}
	}
	return places
}

// placesOf lists all places that a finding names.
func placesOf(f *finding.Finding) []finding.Position {
	places := append(slices.Clone(f.Operations), f.Range.Start)
	for _, rel := range f.Related {
		places = append(places, rel.Range.Start)
	}
	return places
}

// judge says of the findings that no run confirmed what was tried.
func (r *Result) judge() {
	var all finding.Trial
	for _, o := range r.Outcomes {
		all.Runs += o.Runs
		all.Schedules += o.Schedules
	}
	if all.Runs == 0 {
		return
	}
	for _, f := range r.Findings {
		if f.Source == finding.Static {
			trial := all
			trial.Reached = all.Schedules == 0 || reached(f, r.Outcomes)
			f.Trial = &trial
		}
	}
}

// reached reports whether a controlled run came to a place of f.
func reached(f *finding.Finding, outcomes []*explore.Outcome) bool {
	return slices.ContainsFunc(placesOf(f), func(p finding.Position) bool {
		p.Column = 0
		return slices.ContainsFunc(outcomes, func(o *explore.Outcome) bool { return o.Reached[p] })
	})
}

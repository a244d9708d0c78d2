package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/check/fix"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// checkFlags are the flags of lockstep check.
type checkFlags struct {
	*output
	tests           bool
	tags            string
	tier            config.Tier
	enable, disable []string
	fix, diff       bool
	confirm         bool
	run             *exploreFlags // how to run, with confirm
}

func newCheckCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [flags] [packages or files] [-- arguments]",
		Short: env.Text("check-short"),
		Long:  env.Text("check-long"),
	}
	flags := cmd.Flags()
	o := &checkFlags{output: env.outputFlags(flags), tier: config.Default}
	flags.BoolVar(&o.tests, "tests", true, env.Text("flag-tests"))
	flags.StringVar(&o.tags, "tags", "", env.Text("flag-tags"))
	flags.Var(&tierFlag{&o.tier}, "tier", env.Text("flag-tier"))
	flags.StringSliceVar(&o.enable, "enable", nil, env.Text("flag-enable"))
	flags.StringSliceVar(&o.disable, "disable", nil, env.Text("flag-disable"))
	flags.BoolVar(&o.fix, "fix", false, env.Text("flag-fix"))
	flags.BoolVar(&o.diff, "diff", false, env.Text("flag-diff"))
	env.confirmFlags(flags, o)
	cmd.RunE = env.action(func(ctx context.Context, args []string) (exitcode.Code, error) {
		if err := o.validateConfirm(env, flags); err != nil {
			return exitcode.Usage, err
		}
		if dash := cmd.ArgsLenAtDash(); dash >= 0 {
			if !o.confirm {
				return exitcode.Usage, usage(env.Text("arguments-without-confirm"))
			}
			args, o.run.Args = args[:dash], args[dash:]
		}
		return env.check(ctx, o, args)
	})
	return cmd
}

// tierFlag makes a tier a pflag.Value, which wants a type's name besides.
type tierFlag struct{ *config.Tier }

func (tierFlag) Type() string { return "tier" }

func (env *Env) check(ctx context.Context, o *checkFlags, patterns []string) (exitcode.Code, error) {
	if err := o.validate(env); err != nil {
		return exitcode.Usage, err
	}
	rules, err := env.selectRules(o.enable, o.disable)
	if err != nil {
		return exitcode.Usage, err
	}
	opts := check.Options{
		Dir:       env.Dir,
		Patterns:  patterns,
		NoTests:   !o.tests,
		Tags:      o.tags,
		Analyzers: rules,
		Tier:      o.tier,
		Lang:      env.lang,
	}
	if o.confirm {
		return env.confirm(ctx, o, opts)
	}
	res, err := check.Run(ctx, opts)
	if err != nil {
		return exitcode.Failed, err
	}

	switch {
	case o.diff:
		err = env.printDiffs(res)
	case o.fix:
		res.Findings, err = env.applyFixes(res)
		if err == nil {
			err = env.show(o.output, res.Findings)
		}
	default:
		err = env.show(o.output, res.Findings)
	}
	env.printProblems(res.Problems)
	env.printSummary(res)
	return checkCode(res), err
}

// selectRules is the suite as -enable and -disable leave it.
func (env *Env) selectRules(enable, disable []string) ([]*analysis.Analyzer, error) {
	for _, name := range slices.Concat(enable, disable) {
		if env.rule(name) == nil {
			return nil, env.unknownRule(name)
		}
	}
	var rules []*analysis.Analyzer
	for _, a := range env.Suite {
		if (len(enable) == 0 || slices.Contains(enable, a.Name)) && !slices.Contains(disable, a.Name) {
			rules = append(rules, a)
		}
	}
	if len(rules) == 0 {
		return nil, usage(env.Text("no-rules-left"))
	}
	return rules, nil
}

func checkCode(res *check.Result) exitcode.Code {
	code := exitcode.Clean
	if len(res.Findings) > 0 {
		code = max(code, exitcode.Findings)
	}
	if len(res.Problems) > 0 {
		code = max(code, exitcode.Failed)
	}
	if res.Interrupted {
		code = max(code, exitcode.Limit)
	}
	return code
}

// maxErrors is how many errors of one package are printed.
const maxErrors = 10

// printProblems writes what could not be checked to stderr, by package, in the
// form that the go command gives build errors.
func (env *Env) printProblems(problems []check.Problem) {
	byPackage := make(map[string][]check.Problem)
	var order []string
	for _, p := range problems {
		if _, ok := byPackage[p.Package]; !ok {
			order = append(order, p.Package)
		}
		byPackage[p.Package] = append(byPackage[p.Package], p)
	}
	for _, pkg := range order {
		if pkg != "" {
			fmt.Fprintf(env.Stderr, "# %s\n", pkg)
		}
		for i, p := range byPackage[pkg] {
			if i == maxErrors {
				fmt.Fprintln(env.Stderr, env.Text("more-errors", "n", strconv.Itoa(len(byPackage[pkg])-maxErrors)))
				break
			}
			if p.Pos.File != "" {
				p.Pos.File = env.shortPath(p.Pos.File)
				fmt.Fprintf(env.Stderr, "%s: ", p.Pos)
			}
			fmt.Fprintln(env.Stderr, p.Message)
			if len(p.Stack) > 0 {
				fmt.Fprintf(env.Stderr, "\t%s\n", strings.ReplaceAll(strings.TrimSpace(string(p.Stack)), "\n", "\n\t"))
			}
		}
	}
}

// printSummary closes the output with one line on stderr, so that silence never
// has to be read as "nothing found".
func (env *Env) printSummary(res *check.Result) {
	line := env.Text("summary",
		"findings", env.count("findings", len(res.Findings)),
		"packages", env.count("packages", len(res.Packages)))
	if failed := failedPackages(res.Problems); failed > 0 {
		line += env.Text("summary-failed", "packages", env.count("packages", failed))
	}
	if res.Interrupted {
		line += env.Text("summary-interrupted")
	}
	env.complain(line)
}

func failedPackages(problems []check.Problem) int {
	pkgs := make(map[string]bool)
	for _, p := range problems {
		pkgs[p.Package] = true
	}
	return len(pkgs)
}

// count says "no findings", "1 finding", "3 findings".
func (env *Env) count(noun string, n int) string {
	switch n {
	case 0:
		return env.Text(message.Key(noun + "-none"))
	case 1:
		return env.Text(message.Key(noun + "-one"))
	}
	return env.Text(message.Key(noun+"-many"), "n", strconv.Itoa(n))
}

// applyFixes changes the files and returns the findings that are left.
func (env *Env) applyFixes(res *check.Result) (left []*finding.Finding, err error) {
	plan := fix.New(res.Findings, os.ReadFile, res.Editable)
	failed := make(map[string]bool)
	for _, c := range plan.Changes {
		if werr := fix.Write(c); werr != nil {
			failed[c.File] = true
			err = errors.Join(err, errors.New(env.Text("fix-not-written", "file", env.shortPath(c.File), "error", werr.Error())))
		}
	}
	env.printSkipped(plan)
	fixed := make(map[*finding.Finding]bool)
	for _, f := range plan.Fixed {
		if !slices.ContainsFunc(f.Fixes[0].Edits, func(e finding.Edit) bool { return failed[e.File] }) {
			fixed[f] = true
		}
	}
	env.complain(env.Text("fixed", "findings", env.count("findings", len(fixed)), "files", env.count("files", len(plan.Changes)-len(failed))))
	for _, f := range res.Findings {
		if !fixed[f] {
			left = append(left, f)
		}
	}
	return left, err
}

// printDiffs writes what -fix would change to stdout, as one patch.
func (env *Env) printDiffs(res *check.Result) error {
	plan := fix.New(res.Findings, os.ReadFile, res.Editable)
	for _, c := range plan.Changes {
		oldName, newName := c.File, c.File
		if name := env.shortPath(c.File); !filepath.IsAbs(name) {
			oldName, newName = "a/"+filepath.ToSlash(name), "b/"+filepath.ToSlash(name)
		}
		if _, err := env.Stdout.Write(c.Diff(oldName, newName)); err != nil {
			return err
		}
	}
	env.printSkipped(plan)
	return nil
}

// printSkipped says which fixes are left out and why. A finding without any
// fix is not worth a line here: it is still among the findings.
func (env *Env) printSkipped(plan *fix.Plan) {
	for _, s := range plan.Skipped {
		if s.Reason != fix.NoFix {
			at := s.Finding.Range.Start
			at.File = env.shortPath(at.File)
			env.complain(env.Text("skipped", "place", at.String(), "rule", s.Finding.Rule, "reason", env.Text(message.Key("skipped-"+s.Reason))))
		}
	}
}

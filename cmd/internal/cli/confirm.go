package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/confirm"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/explore"
)

// confirmFlags declares -confirm and the flags that say how it runs programs.
func (env *Env) confirmFlags(flags *pflag.FlagSet, o *checkFlags) {
	flags.BoolVar(&o.confirm, "confirm", false, env.Text("flag-confirm"))
	run := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.run = env.exploreFlags(run, confirmCount)
	run.VisitAll(func(f *pflag.Flag) {
		f.Hidden = true // -confirm names them; their help is with lockstep run
		flags.AddFlag(f)
	})
}

// confirmCount is how many runs -confirm makes in each way unless told
// otherwise: more than one, since what is looked for is known to be there.
const confirmCount = 3

// validateConfirm is the usage error about -confirm together with other flags,
// if any.
func (o *checkFlags) validateConfirm(env *Env, flags *pflag.FlagSet) error {
	if o.confirm {
		for _, name := range []string{"fix", "diff"} {
			if flags.Changed(name) {
				return usage(env.Text("confirm-and-fix", "flag", name))
			}
		}
		return o.run.validate(env, flags)
	}
	var stray error
	flags.Visit(func(f *pflag.Flag) {
		if f.Hidden && stray == nil {
			stray = usage(env.Text("only-with-confirm", "flag", f.Name))
		}
	})
	return stray
}

// confirm checks, runs what was found, and shows both as one.
func (env *Env) confirm(ctx context.Context, o *checkFlags, opts check.Options) (exitcode.Code, error) {
	run := o.run.Options
	run.Dir, run.Tags, run.Lang = env.Dir, o.tags, env.lang
	bar := env.newProgress()
	run.Progress = bar.show
	res, err := confirm.Run(ctx, confirm.Options{Check: opts, Run: run, Announce: env.announce})
	bar.close()
	if res == nil {
		return exitcode.Failed, err
	}
	var mistake *explore.UsageError
	if errors.As(err, &mistake) {
		err = usage(mistake.Error())
	}

	res.Check.Findings = res.Findings
	code := checkCode(res.Check)
	for _, outcome := range res.Outcomes {
		code = max(code, outcome.Code())
	}
	err = errors.Join(env.show(o.output, res.Findings), err)
	env.printProblems(res.Check.Problems)
	for _, outcome := range res.Outcomes {
		env.printNotes(outcome)
		env.complain(env.Text("confirm-made", "runs", env.runs(outcome)))
	}
	env.printSummary(res.Check)
	return code, err
}

// announce says what is about to be run, before it is.
func (env *Env) announce(p *confirm.Plan) {
	if len(p.Tests) > 0 {
		env.complain(env.Text("confirm-tests", "packages", strings.Join(p.Tests, " ")))
	}
	if len(p.Program) > 0 {
		env.complain(env.Text("confirm-program", "program", strings.Join(p.Program, " ")))
	}
	for _, pkg := range slices.Sorted(slices.Values(p.Further)) {
		env.complain(env.Text("confirm-further", "package", pkg))
	}
	for _, pkg := range slices.Sorted(slices.Values(p.Unnamed)) {
		env.complain(env.Text("confirm-unnamed", "package", pkg))
	}
	for _, pkg := range slices.Sorted(slices.Values(p.Untested)) {
		env.complain(env.Text("confirm-untested", "package", pkg))
	}
}

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/explore"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/cmd/internal/interleaving"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func newRunCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [flags] [package or files] [-- arguments]",
		Short: env.Text("run-short"),
		Long:  env.Text("run-long"),
	}
	o := env.runFlags(cmd.Flags(), 3, explore.DefaultTimeout)
	cmd.RunE = env.action(func(ctx context.Context, args []string) (exitcode.Code, error) {
		return env.explore(ctx, o, cmd, args)
	})
	return cmd
}

// runFlags are the flags of commands that run programs.
type runFlags struct {
	*output
	*exploreFlags
	show bool // what ran when
}

func (env *Env) runFlags(flags *pflag.FlagSet, count int, timeout time.Duration) *runFlags {
	o := &runFlags{output: env.outputFlags(flags), exploreFlags: env.exploreFlags(flags, count, timeout)}
	flags.StringVar(&o.Tags, "tags", "", env.Text("flag-tags"))
	flags.BoolVar(&o.show, "show", false, env.Text("flag-show"))
	return o
}

// exploreFlags are the flags that say how to run a program.
type exploreFlags struct {
	explore.Options
	variants []string
}

// exploreFlags declares them, with the number of runs and the time for each
// unless told otherwise.
func (env *Env) exploreFlags(flags *pflag.FlagSet, count int, timeout time.Duration) *exploreFlags {
	o := new(exploreFlags)
	flags.IntSliceVar(&o.Cores, "cpu", nil, env.Text("flag-cpu"))
	flags.IntVar(&o.Count, "count", count, env.Text("flag-count"))
	flags.DurationVar(&o.For, "for", explore.DefaultFor, env.Text("flag-for"))
	flags.IntVar(&o.Parallel, "parallel", 1, env.Text("flag-parallel"))
	flags.DurationVar(&o.Timeout, "timeout", timeout, env.Text("flag-timeout"))
	flags.DurationVar(&o.LockTimeout, "lock-timeout", explore.DefaultLockTimeout, env.Text("flag-lock-timeout"))
	flags.StringSliceVar(&o.variants, "variants", nil, env.Text("flag-variants", "variants", variantNames()))
	return o
}

func variantNames() string {
	var names []string
	for _, v := range explore.Variants() {
		names = append(names, string(v))
	}
	return strings.Join(names, ", ")
}

// validate is the usage error about the flags' values, if any.
func (o *exploreFlags) validate(env *Env, flags *pflag.FlagSet) error {
	for _, n := range o.Cores {
		if n < 1 {
			return usage(env.Text("bad-number", "flag", "cpu", "value", strconv.Itoa(n)))
		}
	}
	for name, n := range map[string]int{"count": o.Count, "parallel": o.Parallel} {
		if n < 1 {
			return usage(env.Text("bad-number", "flag", name, "value", strconv.Itoa(n)))
		}
	}
	if flags.Changed("count") && flags.Changed("for") {
		return usage(env.Text("count-and-for"))
	}
	if flags.Changed("count") {
		o.For = 0
	}
	for name, d := range map[string]time.Duration{"timeout": o.Timeout, "lock-timeout": o.LockTimeout} {
		if d <= 0 {
			return usage(env.Text("bad-duration", "flag", name, "value", d.String()))
		}
	}
	if flags.Changed("for") && o.For <= 0 {
		return usage(env.Text("bad-duration", "flag", "for", "value", o.For.String()))
	}
	for _, name := range o.variants {
		v := explore.Variant(name)
		known := false
		for _, k := range explore.Variants() {
			known = known || v == k
		}
		if !known {
			return &hintError{
				err:  errors.New(env.Text("unknown-variant", "variant", name)),
				hint: env.Text("hint-variants", "variants", variantNames()),
			}
		}
		o.Variants = append(o.Variants, v)
	}
	return nil
}

// explore runs what the arguments name and reports what that showed.
func (env *Env) explore(ctx context.Context, o *runFlags, cmd *cobra.Command, args []string) (exitcode.Code, error) {
	if err := cmp.Or(o.output.validate(env), o.exploreFlags.validate(env, cmd.Flags())); err != nil {
		return exitcode.Usage, err
	}
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		args, o.Args = args[:dash], args[dash:]
	}
	o.Patterns, o.Dir, o.Lang = args, env.Dir, env.lang
	bar := env.newProgress()
	o.Progress = bar.show
	res, err := explore.Run(ctx, o.Options)
	bar.close()
	var mistake *explore.UsageError
	switch {
	case errors.As(err, &mistake):
		return exitcode.Usage, usage(mistake.Error())
	case err != nil:
		return exitcode.Failed, err
	}
	err = env.show(o.output, res.Findings)
	if o.show && o.format == "text" {
		err = errors.Join(err, env.showRuns(ctx, o, res.Findings))
	}
	env.printNotes(res)
	env.complain(env.Text("summary-run", "findings", env.count("findings", len(res.Findings)), "runs", env.runs(res)))
	return res.Code(), err
}

// shortRows is how many steps are shown of each finding.
const shortRows = 12

// showRuns shows what ran when, of each finding for which there is a schedule.
func (env *Env) showRuns(ctx context.Context, o *runFlags, list []*finding.Finding) error {
	for _, f := range list {
		if f.Witness == nil || f.Witness.Schedule == "" || ctx.Err() != nil {
			continue
		}
		w, err := schedule.ParseWitness(f.Witness.Schedule)
		if err != nil {
			return err
		}
		opt := o.Options
		opt.Progress = nil
		res, err := explore.Replay(ctx, explore.ReplayOptions{Options: opt, Witness: w, Values: true})
		if err != nil {
			return err
		}
		if res.Run == nil || len(res.Run.Events) == 0 {
			continue
		}
		place := filepath.Base(f.Range.Start.File) + ":" + strconv.Itoa(f.Range.Start.Line)
		fmt.Fprintf(env.Stdout, "\n%s\n", env.Text("show-run", "place", place, "rule", f.Rule, "schedule", w.Schedule.String()))
		err = interleaving.Text(env.Stdout, played(res), interleaving.Options{
			Lang: env.lang, Dir: env.dir(), Color: o.useColor(env), Width: env.width(), Rows: shortRows,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// printNotes writes to stderr what is to be known beside the findings.
func (env *Env) printNotes(res *explore.Outcome) {
	for _, b := range res.BuildErrors {
		fmt.Fprintf(env.Stderr, "# %s\n%s\n", env.Text("not-built", "package", b.Package), strings.TrimSpace(b.Output))
	}
	for _, n := range res.Notes {
		env.complain(n.Text(env.lang))
		if n.Detail != "" {
			fmt.Fprintf(env.Stderr, "\t%s\n", strings.ReplaceAll(n.Detail, "\n", "\n\t"))
		}
	}
}

// runs says how many runs of what were made.
func (env *Env) runs(res *explore.Outcome) string {
	var variants []string
	for _, v := range res.Variants {
		variants = append(variants, string(v))
	}
	line := env.Text("summary-runs",
		"runs", env.count("runs", res.Runs),
		"packages", env.count("packages", len(res.Packages)),
		"variants", cmp.Or(strings.Join(variants, ", "), env.Text("variants-none")))
	if res.Interrupted {
		line += env.Text("summary-interrupted-runs")
	}
	return line
}

// A progress shows on a terminal how far the exploration is.
type progress struct {
	env      *Env
	bar      *progressbar.ProgressBar // nil until something is to be shown
	building bool
	total    int
}

func (env *Env) newProgress() *progress { return &progress{env: env} }

// show is called by one goroutine at a time.
func (p *progress) show(now explore.Progress) {
	f, ok := p.env.Stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return
	}
	if p.bar == nil || p.building != now.Building || p.total != now.Total {
		p.close()
		total := now.Total
		if total == 0 {
			total = -1 // a spinner
		}
		p.building, p.total = now.Building, now.Total
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(f), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetWidth(20), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false))
	}
	text := p.env.Text("progress-building", "package", now.Package)
	switch {
	case now.Building:
	case now.Cores == 0:
		text = p.env.Text("progress-controlled", "package", now.Package, "found", strconv.Itoa(now.Found))
	default:
		text = p.env.Text("progress-running", "package", now.Package, "cores", strconv.Itoa(now.Cores), "found", strconv.Itoa(now.Found))
	}
	if now.Last != "" && !now.Building {
		text += p.env.Text("progress-last", "last", now.Last)
	}
	p.bar.Describe(text)
	p.bar.Set(now.Done)
}

// close removes the bar from the terminal.
func (p *progress) close() {
	if p.bar != nil {
		p.bar.Finish()
		p.bar = nil
	}
}

package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/explore"
	"github.com/lockstep-go/lockstep/cmd/internal/interleaving"
	"github.com/lockstep-go/lockstep/cmd/internal/report"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func newReplayCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay [flags] witness|report.json [-- arguments]",
		Short: env.Text("replay-short"),
		Long:  env.Text("replay-long"),
	}
	o := &replayFlags{output: env.outputFlags(cmd.Flags())}
	flags := cmd.Flags()
	flags.IntVarP(&o.number, "n", "n", 0, env.Text("flag-n"))
	flags.IntVar(&o.times, "times", 1, env.Text("flag-times"))
	flags.StringVar(&o.goTest, "go-test", "", env.Text("flag-go-test"))
	flags.StringVar(&o.html, "html", "", env.Text("flag-html"))
	flags.BoolVar(&o.steps, "steps", false, env.Text("flag-steps"))
	flags.StringVar(&o.tags, "tags", "", env.Text("flag-tags"))
	flags.DurationVar(&o.timeout, "timeout", 0, env.Text("flag-timeout"))
	cmd.RunE = env.action(func(ctx context.Context, args []string) (exitcode.Code, error) {
		return env.replay(ctx, o, cmd, args)
	})
	return cmd
}

type replayFlags struct {
	*output
	number, times int
	goTest, html  string
	steps         bool
	tags          string
	timeout       time.Duration
}

// validate is the usage error about the flags' values, if any.
func (o *replayFlags) validate(env *Env, cmd *cobra.Command) error {
	for name, n := range map[string]int{"n": o.number, "times": o.times} {
		if n < 1 && cmd.Flags().Changed(name) {
			return usage(env.Text("bad-number", "flag", name, "value", strconv.Itoa(n)))
		}
	}
	if cmd.Flags().Changed("timeout") && o.timeout <= 0 {
		return usage(env.Text("bad-duration", "flag", "timeout", "value", o.timeout.String()))
	}
	return o.output.validate(env)
}

// replay runs what a witness says, and shows how that ends.
func (env *Env) replay(ctx context.Context, o *replayFlags, cmd *cobra.Command, args []string) (exitcode.Code, error) {
	if err := o.validate(env, cmd); err != nil {
		return exitcode.Usage, err
	}
	var rest []string
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		args, rest = args[:dash], args[dash:]
	}
	if len(args) != 1 {
		return exitcode.Usage, usage(env.Text("replay-one"))
	}
	w, err := env.witness(args[0], o.number)
	if err != nil {
		return exitcode.Usage, err
	}
	if o.goTest != "" {
		return env.pin(o, w, rest)
	}
	bar := env.newProgress()
	res, err := explore.Replay(ctx, explore.ReplayOptions{
		Options: explore.Options{Dir: env.Dir, Args: rest, Tags: o.tags, Timeout: o.timeout, Lang: env.lang, Progress: bar.show},
		Witness: w, Times: o.times, Values: o.format == "text" || o.html != "",
	})
	bar.close()
	var mistake *explore.UsageError
	switch {
	case errors.As(err, &mistake):
		return exitcode.Usage, usage(mistake.Error())
	case err != nil:
		return exitcode.Failed, err
	}
	err = errors.Join(env.show(o.output, res.Findings), env.interleaving(o, res, w))
	env.tellReplay(res, w, o.times)
	return res.Code(), err
}

// witness is that of the argument: a witness, or a finding in a report of
// lockstep's.
func (env *Env) witness(arg string, number int) (schedule.Witness, error) {
	if strings.HasSuffix(arg, ".json") {
		data, err := os.ReadFile(env.absolute(arg))
		if err != nil {
			return schedule.Witness{}, usage(err.Error())
		}
		text, err := env.reported(arg, data, number)
		if err != nil {
			return schedule.Witness{}, err
		}
		arg = text
	} else if number > 0 {
		return schedule.Witness{}, usage(env.Text("replay-number"))
	}
	w, err := schedule.ParseWitness(arg)
	if err != nil {
		return w, &hintError{err: errors.New(env.Text("replay-syntax", "error", err.Error())), hint: env.Text("hint-witness")}
	}
	return w, nil
}

// reported is the witness of the n-th finding in a report; 0 is the first that
// has one.
func (env *Env) reported(file string, data []byte, n int) (string, error) {
	list, err := report.Witnesses(data)
	switch {
	case err != nil:
		return "", usage(env.Text("replay-report", "file", file, "error", err.Error()))
	case n > len(list):
		return "", usage(env.Text("replay-few", "file", file, "n", strconv.Itoa(n), "findings", env.count("findings", len(list))))
	case n > 0 && list[n-1] == "":
		return "", usage(env.Text("replay-none", "file", file, "n", strconv.Itoa(n)))
	case n > 0:
		return list[n-1], nil
	}
	if first := cmp.Or(list...); first != "" {
		return first, nil
	}
	return "", usage(env.Text("replay-nothing", "file", file))
}

// interleaving shows what ran when: below findings that are shown as text, and
// in the file that -html names.
func (env *Env) interleaving(o *replayFlags, res *explore.Replayed, w schedule.Witness) error {
	if res.Run == nil || len(res.Run.Events) == 0 {
		return nil
	}
	run := played(res)
	opt := interleaving.Options{Lang: env.lang, Dir: env.dir(), Title: w.String(), Color: o.useColor(env), Steps: o.steps, Width: env.width()}
	var errs []error
	if o.format == "text" {
		if len(res.Findings) > 0 {
			fmt.Fprintln(env.Stdout)
		}
		errs = append(errs, interleaving.Text(env.Stdout, run, opt))
	}
	if o.html != "" {
		var page bytes.Buffer
		err := interleaving.HTML(&page, run, opt)
		if err == nil {
			err = os.WriteFile(env.absolute(o.html), page.Bytes(), 0o666)
		}
		if errs = append(errs, err); err == nil {
			env.complain(env.Text("replay-html", "file", o.html))
		}
	}
	return errors.Join(errs...)
}

// played is a replayed run, to be shown.
func played(res *explore.Replayed) *interleaving.Run {
	var races []interleaving.Race
	for _, pair := range res.Races {
		races = append(races, interleaving.Race{Accesses: pair})
	}
	return interleaving.New(res.Run, races, os.ReadFile)
}

// width is how many columns the terminal on stdout has, 0 if it is none.
func (env *Env) width() int {
	f, ok := env.Stdout.(*os.File)
	if !ok {
		return 0
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}

// tellReplay says on stderr how the replay went.
func (env *Env) tellReplay(res *explore.Replayed, w schedule.Witness, times int) {
	env.printNotes(&res.Outcome)
	if res.Run == nil {
		return
	}
	if res.Changed {
		env.complain(env.Text("replay-changed"))
	}
	if res.Output != "" {
		fmt.Fprintf(env.Stderr, "%s\n\t%s\n", env.Text("replay-output"), strings.ReplaceAll(res.Output, "\n", "\n\t"))
	}
	key := message.Key("replay-end-died")
	if res.Run.End != "" {
		key = message.Key("replay-end-" + string(res.Run.End))
	}
	env.complain(env.Text(key, "schedule", w.Schedule.String(), "steps", strconv.Itoa(res.Run.Steps),
		"decisions", strconv.Itoa(res.Run.Decisions), "cause", res.Run.Cause))
	switch {
	case times == 1:
	case res.Same == res.Runs:
		env.complain(env.Text("replay-same", "runs", env.count("runs", res.Runs)))
	default:
		env.complain(env.Text("replay-differs", "runs", env.count("runs", res.Runs), "same", strconv.Itoa(res.Same)))
	}
}

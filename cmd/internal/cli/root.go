package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/course"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
)

func newRoot(env *Env) *cobra.Command {
	root := &cobra.Command{
		Use:           "lockstep",
		Short:         env.Text("root-short"),
		Long:          env.Text("root-long"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return env.unknownCommand(args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			env.code = exitcode.Usage
			env.writeHelp(env.Stderr, cmd)
			return nil
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.PersistentFlags().String("lang", string(message.English), env.Text("flag-lang", "languages", strings.Join(languages(), ", ")))
	root.PersistentFlags().BoolP("help", "h", false, env.Text("flag-help"))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &hintError{err: goSpelling(err), hint: env.Text("hint-help", "command", cmd.CommandPath())}
	})
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { env.writeHelp(env.Stdout, cmd) })
	root.SetHelpCommand(newHelpCommand(env))
	for _, newCommand := range commands() {
		root.AddCommand(newCommand(env))
	}
	return root
}

// languages lists those in which something can be said: the course is in
// more of them than the findings. What lacks a language is said in English.
func languages() []string {
	var names []string
	for _, l := range slices.Concat(catalogue.Languages(), course.Languages()) {
		names = append(names, string(l))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// goSpelling turns pflag's --name in an error into -name, the spelling of the
// go command and of our documentation.
func goSpelling(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), "--", "-"))
}

func (env *Env) unknownCommand(name string) error {
	var names []string
	for _, newCommand := range commands() {
		names = append(names, newCommand(env).Name())
	}
	names = append(names, "help")
	err := errors.New(env.Text("unknown-command", "name", name))
	if near := nearest(name, names); near != "" {
		return &hintError{err: err, hint: env.Text("hint-did-you-mean", "command", "lockstep "+near)}
	}
	return &hintError{err: err, hint: env.Text("hint-commands")}
}

func newHelpCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command|rule]",
		Short: env.Text("help-short"),
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				env.writeHelp(env.Stdout, cmd.Root())
				return nil
			}
			if sub, _, err := cmd.Root().Find(args); err == nil && sub != cmd.Root() {
				sub.InitDefaultHelpFlag()
				env.writeHelp(env.Stdout, sub)
				return nil
			}
			if env.rule(args[0]) != nil {
				if err := env.explain(args[0]); err != nil {
					return &actionError{err}
				}
				return nil
			}
			return env.unknownCommand(args[0])
		},
	}
}

// writeHelp describes cmd, with flags spelled as the go command spells them.
func (env *Env) writeHelp(w io.Writer, cmd *cobra.Command) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(w, "%s\n\n%s\n", strings.TrimSpace(text), env.Text("help-usage"))
	if cmd.Runnable() && cmd.HasParent() {
		fmt.Fprintf(w, "\t%s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\t%s <command> [arguments]\n\n%s\n", cmd.CommandPath(), env.Text("help-commands"))
		tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(tw, "\t%s\t%s\n", sub.Name(), sub.Short)
			}
		}
		tw.Flush()
	}
	fmt.Fprintf(w, "\n%s\n", env.Text("help-flags"))
	var flags []*pflag.Flag
	collect := func(f *pflag.Flag) {
		if !f.Hidden && !slices.Contains(flags, f) {
			flags = append(flags, f)
		}
	}
	cmd.LocalFlags().VisitAll(collect)
	cmd.InheritedFlags().VisitAll(collect)
	for _, f := range flags {
		writeFlag(w, f)
	}
	if !cmd.HasParent() {
		fmt.Fprintf(w, "\n%s\n", env.Text("help-more"))
	}
}

// writeFlag describes a flag as package flag does.
func writeFlag(w io.Writer, f *pflag.Flag) {
	valueName, text := pflag.UnquoteUsage(f)
	fmt.Fprintf(w, "\t-%s", f.Name)
	if valueName != "" {
		fmt.Fprintf(w, " %s", valueName)
	}
	switch f.DefValue {
	case "", "false", "[]", "0", "0s":
	default:
		text += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	fmt.Fprintf(w, "\n\t\t%s\n", strings.ReplaceAll(text, "\n", "\n\t\t"))
}

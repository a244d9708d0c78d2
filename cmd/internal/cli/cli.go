// Package cli is lockstep's command line: it turns arguments into calls of the
// packages that do the work, and their results into output and an exit code.
//
// Adding a command is adding a file with its constructor and naming that
// constructor in [commands].
package cli

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
)

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// An Env is everything that an invocation takes from its surroundings. It
// serves one invocation.
type Env struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Dir            string // working directory; "" means the process's own
	Getenv         func(string) string
	Suite          []*analysis.Analyzer

	lang message.Lang
	code exitcode.Code
}

// commands lists the constructors of all commands, in the order of the help.
func commands() []func(*Env) *cobra.Command {
	return []func(*Env) *cobra.Command{
		newCheckCommand,
		newRunCommand,
		newTestCommand,
		newReplayCommand,
		newLearnCommand,
		newExplainCommand,
		newVersionCommand,
	}
}

// Main runs one invocation and returns its exit code. It never exits the
// process. Once ctx is done the running command stops, and reports what it has.
func Main(ctx context.Context, env *Env) exitcode.Code {
	args := normalise(env.Args)
	env.lang = message.Lang(cmp.Or(flagValue(args, "lang"), string(message.English)))
	if !slices.Contains(languages(), string(env.lang)) {
		lang := string(env.lang)
		env.lang = message.English
		return env.usageError(usage(env.Text("unknown-lang", "lang", lang, "languages", strings.Join(languages(), ", "))))
	}
	root := newRoot(env)
	root.SetArgs(args)
	return env.finish(root.ExecuteContext(ctx))
}

// finish says what went wrong, if anything did, and returns the exit code.
func (env *Env) finish(err error) exitcode.Code {
	if err == nil {
		return env.code
	}
	var failed *actionError
	if errors.As(err, &failed) {
		env.complain(failed.err.Error())
		return max(env.code, exitcode.Failed)
	}
	// Everything else was found wrong before a command began.
	return env.usageError(err)
}

// Text words a message of the command line in the user's language; pairs are
// alternating argument names and values.
func (env *Env) Text(key message.Key, pairs ...string) string {
	return catalogue.Text(env.lang, message.New(key, pairs...))
}

// complain writes one line of trouble to stderr.
func (env *Env) complain(text string) { fmt.Fprintf(env.Stderr, "lockstep: %s\n", text) }

func (env *Env) usageError(err error) exitcode.Code {
	env.complain(err.Error())
	var hint *hintError
	if errors.As(err, &hint) && hint.hint != "" {
		fmt.Fprintln(env.Stderr, hint.hint)
	}
	return exitcode.Usage
}

// action makes a command's RunE of a function that returns an exit code. An
// error says that the command failed; an outcome such as "findings" is a code.
// A command reports a mistake on its command line with [usage].
func (env *Env) action(run func(ctx context.Context, args []string) (exitcode.Code, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		code, err := run(cmd.Context(), args)
		env.code = max(env.code, code)
		if err == nil {
			return nil
		}
		var mistake *hintError
		if errors.As(err, &mistake) {
			if mistake.hint == "" {
				mistake.hint = env.Text("hint-help", "command", cmd.CommandPath())
			}
			return mistake
		}
		return &actionError{err}
	}
}

// An actionError is a failure of a command's work, not of its command line.
type actionError struct{ err error }

func (e *actionError) Error() string { return e.err.Error() }
func (e *actionError) Unwrap() error { return e.err }

// A hintError is a mistake on the command line, with a line that says what to
// do instead.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// usage returns a usage error that says text.
func usage(text string) error { return &hintError{err: errors.New(text)} }

package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/cmd/internal/report"
)

// An output is how a command shows findings: the flags that all commands which
// report share.
type output struct {
	format string
	color  string
}

// outputFlags declares -format and -color.
func (env *Env) outputFlags(flags *pflag.FlagSet) *output {
	o := new(output)
	flags.StringVar(&o.format, "format", "text", env.Text("flag-format", "formats", strings.Join(formatNames(), ", ")))
	flags.StringVar(&o.color, "color", "auto", env.Text("flag-color"))
	return o
}

func formatNames() []string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// validate is the usage error about the flags' values, if any. A command calls
// it before it begins to work.
func (o *output) validate(env *Env) error {
	if _, ok := report.Lookup(o.format); !ok {
		return &hintError{
			err:  errors.New(env.Text("unknown-format", "format", o.format)),
			hint: env.Text("hint-formats", "formats", strings.Join(formatNames(), ", ")),
		}
	}
	switch o.color {
	case "auto", "always", "never":
		return nil
	}
	return usage(env.Text("unknown-color", "color", o.color))
}

// show renders findings to stdout, with paths relative to the working directory.
func (env *Env) show(o *output, fs []*finding.Finding) error {
	return env.showFrom(env.dir(), o, fs)
}

// showFrom is show with paths relative to dir.
func (env *Env) showFrom(dir string, o *output, fs []*finding.Finding) error {
	format, _ := report.Lookup(o.format)
	return format.Render(env.Stdout, fs, report.Options{
		Text: func(key string, args map[string]string) string {
			return catalogue.Text(env.lang, message.Message{Key: message.Key(key), Args: args})
		},
		Source: os.ReadFile,
		Dir:    dir,
		Color:  o.useColor(env),
	})
}

// useColor obeys -color; left to itself, it colours what goes to a terminal
// unless NO_COLOR is set.
func (o *output) useColor(env *Env) bool {
	switch o.color {
	case "always":
		return true
	case "never":
		return false
	}
	f, ok := env.Stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && env.getenv("NO_COLOR") == "" && env.getenv("TERM") != "dumb"
}

func (env *Env) getenv(name string) string {
	if env.Getenv == nil {
		return ""
	}
	return env.Getenv(name)
}

// dir is the working directory that paths are shown relative to.
func (env *Env) dir() string {
	if env.Dir != "" {
		return env.Dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}

// shortPath is a file's path as text output shows it.
func (env *Env) shortPath(file string) string {
	if rel, err := filepath.Rel(env.dir(), file); err == nil && len(rel) < len(file) {
		return rel
	}
	return file
}

// absolute is a file that the user named relative to the working directory.
func (env *Env) absolute(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(env.dir(), file)
}

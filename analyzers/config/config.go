// Package config holds what a user chooses for a run of the suite: the tier,
// the language of messages, and the findings to suppress; and what the driver says
// of the run.
//
// It is an analyzer that reports nothing. Being an analyzer, it works the same
// under every driver, and its choices are flags: go vet's cache knows a tool's
// flags, but neither its environment nor its configuration files.
package config

import (
	"fmt"
	"go/ast"
	"go/token"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A Tier says how sure and how serious a report must be for it to be shown.
type Tier string

const (
	// Default is what an experienced reviewer calls a bug without hesitation.
	Default Tier = "default"
	// Strict adds risky patterns and missing annotations.
	Strict Tier = "strict"
)

// String and Set make a *Tier a flag.Value.
func (t *Tier) String() string {
	if t == nil {
		return ""
	}
	return string(*t)
}

func (t *Tier) Set(s string) error {
	switch tier := Tier(s); tier {
	case Default, Strict:
		*t = tier
		return nil
	}
	return fmt.Errorf("unknown tier %q: want %s or %s", s, Default, Strict)
}

// Includes reports whether a finding of tier other is shown at tier t.
func (t Tier) Includes(other Tier) bool { return t == Strict || other != Strict }

// Config is the result of [Analyzer]: the user's choices as they bear on one
// package.
type Config struct {
	Tier        Tier
	Lang        message.Lang
	Suppression *Suppressions
	// Alone says that packages which cannot matter for concurrency are not to be
	// analysed for the sake of those that import them. A driver says so that does not
	// know who does, or for which it would cost too much.
	Alone bool
}

// New returns the configuration of the package with the given files, for a
// driver that has the user's choices as values instead of flags.
func New(tier Tier, lang message.Lang, fset *token.FileSet, files []*ast.File) *Config {
	return &Config{Tier: tier, Lang: lang, Suppression: collect(fset, files)}
}

// Analyzer yields the [*Config] of a package.
var Analyzer = newAnalyzer()

func newAnalyzer() *analysis.Analyzer {
	tier := Default
	lang := string(message.English)
	a := &analysis.Analyzer{
		Name:             "config",
		Doc:              "hold the tier, language and suppressions for the other analyzers; reports nothing",
		URL:              "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/config",
		ResultType:       reflect.TypeFor[*Config](),
		RunDespiteErrors: true,
		Run: func(pass *analysis.Pass) (any, error) {
			return New(tier, message.Lang(lang), pass.Fset, pass.Files), nil
		},
	}
	a.Flags.Var(&tier, "tier", "which findings to show: `default` or strict")
	a.Flags.StringVar(&lang, "lang", lang, "`language` of messages")
	return a
}

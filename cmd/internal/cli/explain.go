package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
)

func newExplainCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:               "explain RULE",
		Short:             env.Text("explain-short"),
		Long:              env.Text("explain-long", "rules", strings.Join(env.ruleNames(), ", ")),
		ValidArgsFunction: cobra.FixedCompletions(env.ruleNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: env.action(func(_ context.Context, args []string) (exitcode.Code, error) {
			if len(args) != 1 {
				return exitcode.Usage, &hintError{
					err:  errors.New(env.Text("explain-one-rule")),
					hint: env.Text("hint-rules", "rules", strings.Join(env.ruleNames(), ", ")),
				}
			}
			return exitcode.Clean, env.explain(args[0])
		}),
	}
}

func (env *Env) explain(name string) error {
	a := env.rule(name)
	if a == nil {
		return env.unknownRule(name)
	}
	text := fmt.Sprintf("%s: %s\n", a.Name, strings.TrimSpace(a.Doc))
	if a.URL != "" {
		text += fmt.Sprintf("\n%s\n", a.URL)
	}
	_, err := io.WriteString(env.Stdout, text)
	return err
}

func (env *Env) rule(name string) *analysis.Analyzer {
	i := slices.IndexFunc(env.Suite, func(a *analysis.Analyzer) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return env.Suite[i]
}

func (env *Env) ruleNames() []string {
	var names []string
	for _, a := range env.Suite {
		names = append(names, a.Name)
	}
	return names
}

// unknownRule is the usage error about a rule that the suite does not have.
func (env *Env) unknownRule(name string) error {
	names := env.ruleNames()
	text := env.Text("unknown-rule", "rule", name)
	if near := nearest(name, names); near != "" {
		text = env.Text("unknown-rule-near", "rule", name, "near", near)
	}
	return &hintError{err: errors.New(text), hint: env.Text("hint-rules", "rules", strings.Join(names, ", "))}
}

// nearest returns the candidate that a typing mistake most likely meant, or ""
// if none is close.
func nearest(word string, candidates []string) string {
	best, bestDistance := "", 0
	for _, c := range candidates {
		d := distance(strings.ToLower(word), c)
		if strings.HasPrefix(c, strings.ToLower(word)) && word != "" {
			d = min(d, 1)
		}
		if d <= max(2, len(c)/3) && (best == "" || cmp.Less(d, bestDistance)) {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the number of bytes to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

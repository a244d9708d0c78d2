package badignore

import (
	"embed"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "badignore",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/badignore",
	Requires:   []*analysis.Analyzer{config.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
	// Comments are there whether or not the package type-checks.
	RunDespiteErrors: true,
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	cfg := pass.ResultOf[config.Analyzer].(*config.Config)
	for _, ig := range cfg.Suppression.All() {
		checkDirective(reporter, ig)
	}
	for _, file := range pass.Files {
		for _, group := range file.Comments {
			for _, c := range group.List {
				checkLookalike(reporter, c)
			}
		}
	}
	return reporter.Finish(), nil
}

func checkDirective(reporter *diagnostic.Reporter, ig *config.Ignore) {
	report := func(about string, m message.Message) {
		reporter.Report(diagnostic.Diagnostic{
			Pos: ig.Pos, End: ig.Pos + token.Pos(len(config.Directive)),
			Message: m,
			Subject: diagnostic.Subject{Kind: diagnostic.Operation, Name: about},
		})
	}
	if len(ig.Rules) == 0 {
		report(config.Directive, message.New("no-rule", "directive", config.Directive))
		return
	}
	known := config.Rules()
	for _, rule := range ig.Rules {
		if !slices.Contains(known, rule) {
			report(rule, message.New("unknown-rule", "directive", config.Directive, "rule", quoteEmpty(rule), "rules", strings.Join(known, ", ")))
		}
	}
	if ig.Reason == "" {
		report(config.Directive, message.New("no-reason", "directive", config.Directive, "rules", strings.Join(ig.Rules, ",")))
	}
}

// quoteEmpty makes the rule between two commas visible.
func quoteEmpty(rule string) string {
	if rule == "" {
		return `""`
	}
	return rule
}

// checkLookalike reports a comment that differs from a directive by spaces or
// by its kind of comment only.
func checkLookalike(reporter *diagnostic.Reporter, c *ast.Comment) {
	if strings.HasPrefix(c.Text, config.Directive) {
		return
	}
	want := strings.TrimPrefix(config.Directive, "//")
	squeezed, at := squeeze(c.Text, want)
	if squeezed != want || strings.Trim(c.Text[at:min(at+1, len(c.Text))], " \t*") != "" {
		return // another word, such as lockstep:ignored
	}
	d := diagnostic.Diagnostic{
		Pos: c.Pos(), End: c.Pos() + token.Pos(at),
		Message: message.New("not-directive", "directive", config.Directive),
		Subject: diagnostic.Subject{Kind: diagnostic.Operation, Name: config.Directive},
	}
	if strings.HasPrefix(c.Text, "//") {
		d.Fixes = []diagnostic.Fix{{
			Message: message.New("fix-directive"),
			Edits:   []analysis.TextEdit{{Pos: d.Pos, End: d.End, NewText: []byte(config.Directive)}},
		}}
	}
	reporter.Report(d)
}

// squeeze returns the first len(want) bytes of the comment's content that are not blanks, and
// the offset in the comment behind them.
func squeeze(comment, want string) (squeezed string, at int) {
	var b strings.Builder
	for at = 2; at < len(comment) && b.Len() < len(want); at++ {
		switch c := comment[at]; c {
		case ' ', '\t':
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), at
}

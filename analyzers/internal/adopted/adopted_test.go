package adopted

import (
	"go/ast"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

func catalogue(t *testing.T, json string) *message.Catalogue {
	t.Helper()
	c, err := message.Load(fstest.MapFS{"en.json": {Data: []byte(json)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shouting reports every call, in two sentences for a call of shout, and
// says the rest in words of its own. It needs the result of an analyzer with facts.
func shouting(facts *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "shouting", Doc: "report calls", Requires: []*analysis.Analyzer{facts},
		Run: func(pass *analysis.Pass) (any, error) {
			if pass.Analyzer.Name != "shouting" || pass.ResultOf[facts] != "provided" {
				pass.Reportf(pass.Files[0].Package, "pass of %s with %v", pass.Analyzer.Name, pass.ResultOf[facts])
			}
			ast.Inspect(pass.Files[0], func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if call.Fun.(*ast.Ident).Name == "shout" {
					pass.ReportRangef(call, "bad call of a/b.shout")
					pass.Reportf(call.Rparen, "ends here")
				} else {
					pass.Reportf(call.Lparen, "new words")
				}
				return true
			})
			return nil, nil
		},
	}
}

func TestRewording(t *testing.T) {
	facts := &analysis.Analyzer{Name: "facts", Doc: "have facts", FactTypes: []analysis.Fact{new(fact)}}
	check := New(Check{
		Name: "shouts", Doc: "report calls", Analyzer: shouting(facts),
		Catalogue: catalogue(t, `{"call": "{code} calls {callee}", "end": "its end", "other": "{text}"}`),
		Sentences: []Sentence{
			{Pattern: `bad call of (?P<callee>\S+)`, Key: "call", Kind: diagnostic.Operation, Subject: "callee"},
			{Pattern: `ends here`, Key: "end", Explains: diagnostic.RoleExit},
		},
		Types:   []string{"callee"},
		Provide: map[*analysis.Analyzer]func(*analysis.Pass) (any, error){facts: func(*analysis.Pass) (any, error) { return "provided", nil }},
	})
	if err := analysis.Validate([]*analysis.Analyzer{check}); err != nil {
		t.Fatal(err)
	}
	dir, cleanup, err := analysistest.WriteFiles(map[string]string{"p/p.go": `package p

func shout(f func()) {}
func other() {}

func _() {
	shout(func() {}) // want "^shout\\(\\(func\\(\\) literal\\)\\) calls b\\.shout$"
	other() // want "^new words$"
	shout(nil) //lockstep:ignore shouts both sentences go
}
`})
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	for _, res := range analysistest.Run(t, dir, check, "p") {
		ds := res.Result.(*diagnostic.Result).Diagnostics
		if len(ds) != 2 {
			t.Fatalf("%d diagnostics, want 2", len(ds))
		}
		if rel := ds[0].Related; len(rel) != 1 || rel[0].Role != diagnostic.RoleExit || rel[0].Message.Key != "end" {
			t.Errorf("related: %+v", rel)
		}
		if s := ds[0].Subject; s.Kind != diagnostic.Operation || s.Name != "b.shout" {
			t.Errorf("subject: %+v", s)
		}
		if s := ds[1].Subject; s.Name != "other()" {
			t.Errorf("subject of what no sentence matches: %+v", s)
		}
	}
}

type fact struct{}

func (*fact) AFact() {}

// A key that the catalogue lacks would show the user a key.
func TestMessagesAreWanted(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a missing message is let pass")
		}
	}()
	Check{
		Name: "shouts", Catalogue: catalogue(t, `{"other": "{text}"}`),
		Sentences: []Sentence{{Pattern: "x", Key: "call"}},
	}.compile()
}

func TestWithoutPaths(t *testing.T) {
	for in, want := range map[string]string{
		"sync.Mutex":                             "sync.Mutex",
		"*example.com/a-b/v2/bank.Account":       "*bank.Account",
		"map[a/b.K][]c/d.V":                      "map[b.K][]d.V",
		"a/b.T[x/y.U,*x/z.V]":                    "b.T[y.U,*z.V]",
		"command-line-arguments/testdata/p.lock": "p.lock",
	} {
		if got := withoutPaths(in); got != want {
			t.Errorf("withoutPaths(%q) = %q, want %q", in, got, want)
		}
	}
}

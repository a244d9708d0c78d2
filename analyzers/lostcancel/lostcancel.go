package lostcancel

import (
	"embed"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/lostcancel"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/adopted"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

// Analyzer is the check.
var Analyzer = adopted.New(adopted.Check{
	Name:      "lostcancel",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  lostcancel.Analyzer,
	Matters:   importsContext,
	Provide: map[*analysis.Analyzer]func(*analysis.Pass) (any, error){
		ctrlflow.Analyzer: ssabuild.ControlFlow,
	},
	Sentences: []adopted.Sentence{
		{
			Pattern: `the cancel function returned by context\.(?P<with>\w+) should be called, not discarded, to avoid a context leak`,
			Key:     "discarded", Kind: diagnostic.Operation, Subject: "with",
		}, {
			Pattern: `the (?P<name>\S+) function is not used on all paths \(possible context leak\)`,
			Key:     "unused", Kind: diagnostic.Operation, Subject: "name",
			Fix: "fix-defer", Suggest: deferCancel,
		}, {
			Pattern: `this return statement may be reached without using the (?P<name>\S+) var defined on line \d+`,
			Key:     "returns", Explains: diagnostic.RoleExit,
		},
	},
})

func importsContext(pass *analysis.Pass) bool {
	return slices.ContainsFunc(pass.Pkg.Imports(), func(p *types.Package) bool { return p.Path() == "context" })
}

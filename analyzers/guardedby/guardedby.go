package guardedby

import (
	"embed"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "guardedby",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/guardedby",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer, lockset.Analyzer, contract.Analyzer, guard.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:      pass,
		report:    diagnostic.NewReporter(pass, catalogue),
		paths:     pass.ResultOf[access.Analyzer].(*access.Paths),
		locks:     pass.ResultOf[lockset.Analyzer].(*lockset.Result),
		contracts: pass.ResultOf[contract.Analyzer].(*contract.Result),
		funcs:     pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs,
	}
	if guards := c.infer(); len(guards) > 0 {
		c.judge = pass.ResultOf[guard.Analyzer].(*guard.Result).Judge()
		c.check(guards)
	}
	return c.report.Finish(), nil
}

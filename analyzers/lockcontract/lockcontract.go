package lockcontract

import (
	"embed"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
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
	Name:       "lockcontract",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/lockcontract",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer, lockset.Analyzer, contract.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	contracts := pass.ResultOf[contract.Analyzer].(*contract.Result)
	if contracts.Empty() {
		return reporter.Finish(), nil
	}
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	c := &checker{
		pass:      pass,
		report:    reporter,
		paths:     pass.ResultOf[access.Analyzer].(*access.Paths),
		locks:     pass.ResultOf[lockset.Analyzer].(*lockset.Result),
		contracts: contracts,
		funcs:     src.Funcs,
		waiting:   make(map[*ssa.Function]wait),
	}
	c.graph = c.callGraph()
	c.remarks = c.findRemarks()
	c.checkVariables()
	c.checkCalls()
	c.checkBodies()
	return reporter.Finish(), nil
}

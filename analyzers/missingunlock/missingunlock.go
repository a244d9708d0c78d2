package missingunlock

import (
	"embed"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "missingunlock",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/missingunlock",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, lockset.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
	c := &checker{pass: pass, locks: locks, names: wording.NewNamer(pass, locks)}
	for _, fn := range src.Funcs {
		if flow := locks.Flow(fn); flow != nil {
			c.funcs = append(c.funcs, function{fn, flow})
		}
	}
	if c.funcs == nil {
		return reporter.Finish(), nil // nothing here locks
	}
	c.collectEvidence()
	for _, f := range c.funcs {
		for _, h := range c.suspects(f) {
			if loop := c.checkLoops(h); loop != nil {
				h.leaveWithin(loop)
			}
			c.checkExits(h)
		}
		if reporter.Tier() == config.Strict {
			c.mayPanic(f)
		}
	}
	for _, v := range c.found {
		if !c.inherited(v.h) {
			reporter.Report(v.d)
		}
	}
	return reporter.Finish(), nil
}

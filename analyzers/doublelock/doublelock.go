package doublelock

import (
	"embed"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
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
	Name:       "doublelock",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/doublelock",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, lockset.Analyzer, goroutine.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
	c := &checker{
		pass:     pass,
		reporter: reporter,
		seen:     make(map[seen]bool),
		locks:    locks,
		names:    wording.NewNamer(pass, locks),
		writers:  make(map[lockset.Class][]lockset.Taking),
	}
	for _, fn := range src.Funcs {
		c.findWriters(fn)
	}
	for _, fn := range src.Funcs {
		if flow := c.locks.Flow(fn); flow != nil && !flow.Incomplete {
			for i := range flow.Reentries {
				c.check(fn, &flow.Reentries[i])
			}
		}
	}
	pass.ResultOf[goroutine.Analyzer].(*goroutine.Package).Each(c.explored)
	return reporter.Finish(), nil
}

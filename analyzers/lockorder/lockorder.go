package lockorder

import (
	"embed"
	"go/token"
	"slices"

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
	Name:       "lockorder",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/lockorder",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, lockset.Analyzer, goroutine.Analyzer},
	ResultType: diagnostic.ResultType,
	FactTypes:  []analysis.Fact{new(Edges)},
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
	c := &collector{
		fset:  pass.Fset,
		pkg:   pass.Pkg,
		src:   pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA),
		locks: locks,
		names: wording.NewNamer(pass, locks),
	}
	c.fromFlows()
	goroutines := pass.ResultOf[goroutine.Analyzer].(*goroutine.Package)
	goroutines.Each(c.fromExploration)
	if x := export(pass, c.edges); x != nil {
		pass.ExportPackageFact(x)
	}
	r := &report{fset: pass.Fset, reporter: reporter}
	for _, g := range groups(c.possible(append(imported(pass), c.edges...), goroutines)) {
		r.group(g)
	}
	for _, cycle := range c.instances {
		r.instances(cycle)
	}
	return reporter.Finish(), nil
}

// local leaves out the cycles that have no edge in the package at hand, and puts
// the others in the order of the source.
func local(fset *token.FileSet, cycles [][]*edge) [][]*edge {
	cycles = slices.DeleteFunc(cycles, func(cycle []*edge) bool { return start(fset, cycle) < 0 })
	slices.SortStableFunc(cycles, func(a, b []*edge) int {
		return comparePos(fset, a[start(fset, a)].chain[0].Pos(), b[start(fset, b)].chain[0].Pos())
	})
	return cycles
}

// imported returns the edges of the packages that this one imports, as far as the
// driver has them: lockstep's own compares all packages in the end, and gives
// none before.
func imported(pass *analysis.Pass) []*edge {
	var edges []*edge
	for _, f := range pass.AllPackageFacts() {
		if x, ok := f.Fact.(*Edges); ok && x.Package != pass.Pkg.Path() {
			edges = append(edges, x.edges()...)
		}
	}
	return edges
}

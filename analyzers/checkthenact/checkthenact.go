package checkthenact

import (
	"embed"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
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
	Name:       "checkthenact",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/checkthenact",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, lockset.Analyzer, guard.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
	c := &checker{
		pass:     pass,
		reporter: reporter,
		locks:    locks,
		paths:    locks.Paths,
		namer:    wording.NewNamer(pass, locks),
		loaded:   make(map[ssa.Value]event),
	}
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	once := onceBodies(src.Funcs, locks)
	for _, fn := range src.Funcs {
		if fn.Name() == "init" || once[fn] {
			continue // nothing runs beside it
		}
		f := c.collect(fn)
		for i, w := range f.events {
			if n := f.needs[i]; len(n.reads) > 0 {
				c.checkWrite(f, w, n)
			}
		}
		c.checkPublished(f)
	}
	var judge *guard.Judge
	if len(c.lates) > 0 || slices.ContainsFunc(c.pairs, func(p pair) bool { return damageOf(p.key) != unclear }) {
		judge = pass.ResultOf[guard.Analyzer].(*guard.Result).Judge()
	}
	c.judgePairs(judge)
	c.judgeLates(judge)
	return reporter.Finish(), nil
}

// checkWrite looks for reads that w depends on and that something can come between.
func (c *checker) checkWrite(f *function, w event, n need) {
	switch w.kind {
	case store, update, remove:
		c.checkSections(f, w, n)
		c.checkDoubleChecked(f, w, n)
	case atomicStore:
		c.checkAtomic(f, w, n)
	case mapStore, mapDelete:
		c.checkMap(f, w, n)
	}
}

type checker struct {
	pass     *analysis.Pass
	reporter *diagnostic.Reporter
	locks    *lockset.Result
	paths    *access.Paths
	namer    *wording.Namer
	atomics  []guard.Access      // operations of sync/atomic that change a variable
	loaded   map[ssa.Value]event // what atomic loads yield, with the load
	pairs    []pair
	lates    []late
}

// onceBodies are the functions that a sync.Once calls.
func onceBodies(fns []*ssa.Function, locks *lockset.Result) map[*ssa.Function]bool {
	once := make(map[*ssa.Function]bool)
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok {
					continue
				}
				op, ok := syncapi.Classify(call.Common(), locks.Paths)
				if !ok || op.Callback == nil || op.Kind != syncapi.OnceDo && op.Kind != syncapi.OnceFunc {
					continue
				}
				if body := locks.Callee(&ssa.CallCommon{Value: op.Callback}); body != nil {
					once[body] = true
				}
			}
		}
	}
	return once
}

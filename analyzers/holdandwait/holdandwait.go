package holdandwait

import (
	"cmp"
	"embed"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "holdandwait",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/holdandwait",
	Requires:   []*analysis.Analyzer{config.Analyzer, goroutine.Analyzer, lockset.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pkg:    pass.ResultOf[goroutine.Analyzer].(*goroutine.Package),
		locks:  pass.ResultOf[lockset.Analyzer].(*lockset.Result),
		report: diagnostic.NewReporter(pass, catalogue),
		files:  pass.Files,
		waits:  make(map[ssa.Instruction]bool),
		seen:   make(map[seen]bool),
	}
	if !c.pkg.Locks {
		return c.report.Finish(), nil
	}
	if c.pkg.Spawns {
		c.pkg.Each(c.deadlocks)
		c.pkg.EachType(c.deadlocks)
		c.pkg.Each(c.conds)
	}
	if c.report.Tier() == config.Strict {
		for _, fn := range c.pkg.SSA.Funcs {
			c.slow(fn)
		}
	}
	return c.report.Finish(), nil
}

type checker struct {
	pkg    *goroutine.Package
	locks  *lockset.Result
	report *diagnostic.Reporter
	files  []*ast.File
	waits  map[ssa.Instruction]bool // that were reported
	seen   map[seen]bool
}

// seen identifies what is reported once: a wait and where the lock is acquired.
type seen struct{ wait, lock ssa.Instruction }

// deadlocks reports the waits of one exploration that may last for ever, first
// those that another goroutine could end: of two ways to the same wait, that
// one explains more.
func (c *checker) deadlocks(x *goroutine.Exploration) {
	found := x.HoldAndWaits()
	slices.SortStableFunc(found, func(a, b goroutine.HoldAndWait) int {
		return cmp.Compare(min(len(b.Blocked), 1), min(len(a.Blocked), 1))
	})
	for _, hw := range found {
		key := seen{hw.Wait.Instr, hw.Held.Instr}
		if !c.seen[key] {
			c.seen[key], c.waits[hw.Wait.Instr] = true, true
			c.report.Report(c.diagnostic(x, hw))
		}
	}
}

func (c *checker) diagnostic(x *goroutine.Exploration, hw goroutine.HoldAndWait) diagnostic.Diagnostic {
	w := hw.Wait
	return diagnostic.Diagnostic{
		Category: category(w.Kind),
		Pos:      w.Instr.Pos(),
		Message:  c.message(x, hw),
		Subject:  diagnostic.Subject{Kind: diagnostic.Lock, Name: c.lock(hw.Held), Decl: hw.Held.Lock.Decl()},
		Function: c.function(w.Instr),
		Related:  c.related(x, hw),
	}
}

package holdandwait

import (
	"embed"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
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
	Name:       "holdandwait",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/holdandwait",
	Requires:   []*analysis.Analyzer{config.Analyzer, goroutine.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	r := diagnostic.NewReporter(pass, catalogue)
	pkg := pass.ResultOf[goroutine.Analyzer].(*goroutine.Package)
	if !pkg.Spawns {
		return r.Finish(), nil
	}
	c := &checker{pkg: pkg, report: r, seen: make(map[seen]bool)}
	pkg.Each(func(x *goroutine.Exploration) {
		for _, hw := range x.HoldAndWaits() {
			c.found(x, hw)
		}
	})
	return r.Finish(), nil
}

type checker struct {
	pkg    *goroutine.Package
	report *diagnostic.Reporter
	seen   map[seen]bool
}

// seen identifies what is reported once: a wait and where the lock is acquired.
type seen struct{ wait, lock ssa.Instruction }

func (c *checker) found(x *goroutine.Exploration, hw goroutine.HoldAndWait) {
	key := seen{hw.Wait.Instr, hw.Held.Instr}
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	c.report.Report(c.diagnostic(x, hw))
}

func (c *checker) diagnostic(x *goroutine.Exploration, hw goroutine.HoldAndWait) diagnostic.Diagnostic {
	w := hw.Wait
	return diagnostic.Diagnostic{
		Category: category(w.Kind),
		Pos:      w.Instr.Pos(),
		Message:  c.message(x, hw),
		Subject:  diagnostic.Subject{Kind: diagnostic.Lock, Name: hw.Held.Lock.Name, Decl: declaration(hw.Held)},
		Function: outermost(w.Instr).RelString(c.pkg.SSA.Pkg.Pkg),
		Related:  c.related(x, hw),
	}
}

func declaration(a *goroutine.Acquisition) token.Pos {
	if a.Lock.Var != nil {
		return a.Lock.Var.Pos()
	}
	if a.Lock.Object.Value != nil {
		return a.Lock.Object.Value.Pos()
	}
	return token.NoPos
}

// outermost is the declared function that an instruction is in.
func outermost(instr ssa.Instruction) *ssa.Function {
	fn := instr.Parent()
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

package goroutineleak

import (
	"embed"
	"go/ast"
	"go/types"
	"slices"

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
	Name:       "goroutineleak",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/goroutineleak",
	Requires:   []*analysis.Analyzer{config.Analyzer, goroutine.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pkg:    pass.ResultOf[goroutine.Analyzer].(*goroutine.Package),
		report: diagnostic.NewReporter(pass, catalogue),
		files:  pass.Files,
		info:   pass.TypesInfo,
		seen:   make(map[ssa.Instruction]bool),
		loops:  make(map[*ssa.Function]map[*ssa.BasicBlock]bool),
	}
	if c.pkg.Spawns {
		c.pkg.Each(c.leaks)
	}
	if imports(pass.Pkg, "context") {
		for _, fn := range c.pkg.SSA.Funcs {
			c.ignored(fn)
		}
	}
	return c.report.Finish(), nil
}

func imports(pkg *types.Package, path string) bool {
	return slices.ContainsFunc(pkg.Imports(), func(p *types.Package) bool { return p.Path() == path })
}

type checker struct {
	pkg    *goroutine.Package
	report *diagnostic.Reporter
	files  []*ast.File
	info   *types.Info
	seen   map[ssa.Instruction]bool // waits that were reported
	// loops are those without a way out, of the functions that were asked for.
	loops map[*ssa.Function]map[*ssa.BasicBlock]bool
}

func (c *checker) leaks(x *goroutine.Exploration) {
	leaks := x.Leaks()
	if len(leaks) == 0 {
		return
	}
	late := x.LateSends()
	for _, l := range leaks {
		if panics(l, late) {
			continue
		}
		if instr := l.Wait.Instr; !c.seen[instr] {
			c.seen[instr] = true
			c.report.Report(c.diagnostic(x, l))
		}
	}
}

// panics reports whether a leak is about a channel that is closed while others are still to send,
// which closedchannel reports: no send on it waits for ever, and no range over it either.
func panics(l goroutine.Leak, late []goroutine.LateSend) bool {
	return slices.ContainsFunc(late, func(s goroutine.LateSend) bool {
		if s.Kind == goroutine.LateTimer {
			return false
		}
		if l.Wait.Kind == goroutine.SendWait {
			return l.Wait.Instr == s.Use
		}
		return l.Range && slices.ContainsFunc(l.Wait.Cases, func(k goroutine.WaitCase) bool {
			return slices.ContainsFunc(k.Counterparts, s.By)
		})
	})
}

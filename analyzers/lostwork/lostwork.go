package lostwork

import (
	"embed"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
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
	Name:       "lostwork",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/lostwork",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer, goroutine.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pkg:    pass.ResultOf[goroutine.Analyzer].(*goroutine.Package),
		report: diagnostic.NewReporter(pass, catalogue),
		seen:   make(map[ssa.Instruction]bool),
		files:  pass.Files,
		paths:  pass.ResultOf[access.Analyzer].(*access.Paths),
		exits:  make(exiter),
	}
	if c.pkg.Spawns {
		c.pkg.Each(c.abandoned)
	}
	for _, fn := range pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs {
		c.deferred(fn)
		c.late(fn)
	}
	return c.report.Finish(), nil
}

type checker struct {
	pkg    *goroutine.Package
	report *diagnostic.Reporter
	seen   map[ssa.Instruction]bool // go statements that were reported
	files  []*ast.File
	paths  *access.Paths
	exits  exiter
}

func (c *checker) abandoned(x *goroutine.Exploration) {
	test := isTest(x.Root)
	if !test && !isMain(x.Root) {
		return
	}
	for _, a := range x.Abandoned() {
		if spawn := a.Thread.Spawn; !c.seen[spawn] {
			c.seen[spawn] = true
			c.report.Report(c.diagnostic(x.Root, a, test))
		}
	}
}

func isMain(fn *ssa.Function) bool {
	return fn.Name() == "main" && fn.Signature.Recv() == nil && fn.Pkg != nil && fn.Pkg.Pkg.Name() == "main"
}

// isTest reports whether fn is a test, by its name and its only parameter.
func isTest(fn *ssa.Function) bool {
	params := fn.Signature.Params()
	if !strings.HasPrefix(fn.Name(), "Test") || fn.Signature.Recv() != nil || params.Len() != 1 {
		return false
	}
	p, ok := params.At(0).Type().(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	return ok && n.Obj().Name() == "T" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "testing"
}

func (c *checker) diagnostic(root *ssa.Function, a goroutine.Abandoned, test bool) diagnostic.Diagnostic {
	spawn := a.Thread.Spawn
	fn := access.Outermost(spawn.Parent())
	args := []string{"test", root.Name(), "func", wording.Func(fn)}
	key, tier := "main", config.Default
	var related []diagnostic.Related
	switch {
	case test && a.Tests != nil:
		key = "test"
		args = append(args, "t", root.Params[0].Name())
		related = append(related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: a.Tests.Pos(), Message: message.New("uses-here", "t", root.Params[0].Name())})
	case test:
		key, tier = "test-leaves", config.Strict
	case a.Sleep != nil:
		key, tier = "sleep", config.Strict
		args = append(args, "sleep", wording.Place(c.pkg.Fset, a.Sleep.Pos()))
		related = append(related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: a.Sleep.Pos(), Message: message.New("sleeps-here")})
	case fn != root:
		key = "main-call"
	}
	if test && a.Sleep != nil {
		tier = config.Strict
	}
	return diagnostic.Diagnostic{
		Category: key,
		Tier:     tier,
		Pos:      spawn.Pos(),
		Message:  message.New(message.Key(key), args...),
		Subject:  diagnostic.Subject{Kind: diagnostic.Goroutine, Name: wording.Func(a.Thread.Entry.Fn)},
		Function: fn.RelString(c.pkg.SSA.Pkg.Pkg),
		Related:  related,
	}
}

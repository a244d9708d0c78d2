package waitcount

import (
	"embed"
	"go/ast"
	"go/token"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
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
	Name:       "waitcount",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/waitcount",
	Requires:   []*analysis.Analyzer{config.Analyzer, goroutine.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pkg:    pass.ResultOf[goroutine.Analyzer].(*goroutine.Package),
		report: diagnostic.NewReporter(pass, catalogue),
		files:  pass.Files,
		seen:   make(map[ssa.Instruction]bool),
	}
	if c.pkg.Spawns {
		c.pkg.Each(c.miscounts)
	}
	return c.report.Finish(), nil
}

type checker struct {
	pkg    *goroutine.Package
	report *diagnostic.Reporter
	files  []*ast.File
	seen   map[ssa.Instruction]bool // calls that were reported
}

func (c *checker) miscounts(x *goroutine.Exploration) {
	for _, m := range x.Miscounts() {
		call := m.Done
		if m.Add != nil {
			call = m.Add
		}
		if c.seen[call] || m.Add != nil && c.firstStatement(call) {
			continue
		}
		c.seen[call] = true
		c.report.Report(c.diagnostic(m, call))
	}
}

func (c *checker) diagnostic(m goroutine.Miscount, call ssa.CallInstruction) diagnostic.Diagnostic {
	fn := access.Outermost(call.Parent())
	spawn := m.Thread.Spawn.Pos()
	on := wording.Operand(c.files, call.Pos())
	if on == "" {
		on = "the WaitGroup"
	}
	d := diagnostic.Diagnostic{
		Category: "late",
		Pos:      call.Pos(),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: on},
		Function: fn.RelString(c.pkg.SSA.Pkg.Pkg),
		Related:  []diagnostic.Related{{Role: diagnostic.RoleSpawn, Pos: spawn, Message: message.New("started-here")}},
	}
	args := []string{"func", wording.Func(fn), "spawn", c.place(spawn)}
	if m.Add != nil {
		d.Message = message.New("late", append(args, "add", on+".Add", "wait", c.place(m.Wait.Pos()))...)
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleJoin, Pos: m.Wait.Pos(), Message: message.New("waits-here")})
		return d
	}
	d.Category = "too-few"
	d.Message = message.New("too-few", append(args, "done", on+".Done", "add", on+".Add", "added", c.place(m.Adds.Pos()), "counted", strconv.Itoa(m.Counted))...)
	d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: m.Adds.Pos(), Message: message.New("added-here")})
	return d
}

func (c *checker) place(pos token.Pos) string { return wording.Place(c.pkg.Fset, pos) }

// firstStatement reports whether a call is the first statement of the function literal of a go
// statement.
func (c *checker) firstStatement(call ssa.CallInstruction) bool {
	lit, ok := call.Parent().Syntax().(*ast.FuncLit)
	if !ok || len(lit.Body.List) == 0 {
		return false
	}
	list, i := syntax.Statement(c.files, call.Pos())
	return list != nil && i == 0 && list[0] == lit.Body.List[0]
}

package closedchannel

import (
	"embed"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

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
	Name:       "closedchannel",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/closedchannel",
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
	for _, fn := range c.pkg.SSA.Funcs {
		c.nils(fn)
	}
	if c.pkg.Spawns {
		c.owners()
		c.pkg.Each(func(x *goroutine.Exploration) {
			c.uses(x)
			c.late(x)
		})
	}
	return c.report.Finish(), nil
}

type checker struct {
	pkg    *goroutine.Package
	report *diagnostic.Reporter
	files  []*ast.File
	seen   map[ssa.Instruction]bool // operations that were reported
}

func (c *checker) uses(x *goroutine.Exploration) {
	for _, u := range x.ClosedUses() {
		if c.seen[u.Use] {
			continue
		}
		c.seen[u.Use] = true
		switch {
		case u.Closed == nil:
			spawn := u.Thread.Spawn.Pos()
			c.add("each", u.Use, u.Pos, u.On, []string{"spawn", wording.Place(c.pkg.Fset, spawn)},
				diagnostic.Related{Role: diagnostic.RoleSpawn, Pos: spawn, Message: message.New("started-here")})
		case u.Send:
			c.second("send", u)
		case u.Closed == u.Use:
			c.add("again", u.Use, u.Pos, u.On, nil)
		case u.Unordered:
			c.second("both", u)
		default:
			c.second("close", u)
		}
	}
}

func (c *checker) second(key string, u goroutine.ClosedUse) {
	c.add(key, u.Use, u.Pos, u.On, []string{"closed", wording.Place(c.pkg.Fset, u.Closed.Pos())},
		diagnostic.Related{Role: diagnostic.RoleCall, Pos: u.Closed.Pos(), Message: message.New("closed-here")})
}

// late reports closes while another goroutine is still to send.
func (c *checker) late(x *goroutine.Exploration) {
	for _, l := range x.LateSends() {
		if c.seen[l.Close] || c.seen[l.Use] {
			continue
		}
		c.seen[l.Close] = true
		key := map[goroutine.LateKind]string{goroutine.LateEndless: "endless", goroutine.LateMore: "more", goroutine.LateTimer: "timer"}[l.Kind]
		if !l.Send {
			key = "timer-close"
		}
		use, spawn := l.Use.Pos(), l.Thread.Spawn.Pos()
		args := []string{"use", wording.Place(c.pkg.Fset, use), "spawn", wording.Place(c.pkg.Fset, spawn)}
		related := []diagnostic.Related{
			{Role: diagnostic.RoleSpawn, Pos: spawn, Message: message.New("starts-here")},
			{Role: diagnostic.RoleCall, Pos: use, Message: message.New("panics-here")},
		}
		if l.Received != nil {
			related = append(related, diagnostic.Related{Role: diagnostic.RoleJoin, Pos: l.Received.Pos(), Message: message.New("received-here")})
		}
		c.add(key, l.Close, l.Close.Pos(), l.Close.(ssa.CallInstruction).Common().Args[0], args, related...)
	}
}

// nils reports closes of a nil constant.
func (c *checker) nils(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if builtin, ok := call.Common().Value.(*ssa.Builtin); !ok || builtin.Name() != "close" {
				continue
			}
			if k, ok := call.Common().Args[0].(*ssa.Const); ok && k.IsNil() {
				c.add("nil", instr, instr.Pos(), k, nil)
			}
		}
	}
}

func (c *checker) add(key string, instr ssa.Instruction, pos token.Pos, ch ssa.Value, args []string, related ...diagnostic.Related) {
	fn := access.Outermost(instr.Parent())
	on := c.on(pos, ch)
	c.report.Report(diagnostic.Diagnostic{
		Category: key,
		Pos:      pos,
		Message:  message.New(message.Key(key), append(args, "func", wording.Func(fn), "on", on)...),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: on},
		Function: fn.RelString(c.pkg.SSA.Pkg.Pkg),
		Related:  related,
	})
}

// on is the channel of a send or close as the source writes it.
func (c *checker) on(pos token.Pos, ch ssa.Value) string {
	if text := wording.Operand(c.files, pos); text != "" {
		return text
	}
	if arg := c.argument(pos); arg != "" {
		return arg
	}
	return strings.TrimPrefix(c.pkg.Paths.Text(c.pkg.Paths.Of(ch)), "&")
}

// argument is the argument of the call of close at pos.
func (c *checker) argument(pos token.Pos) string {
	for _, n := range syntax.Enclosing(c.files, pos) {
		call, ok := n.(*ast.CallExpr)
		if d, isDefer := n.(*ast.DeferStmt); isDefer {
			call, ok = d.Call, true
		}
		if !ok || len(call.Args) != 1 {
			continue
		}
		if id, isIdent := ast.Unparen(call.Fun).(*ast.Ident); isIdent && id.Name == "close" {
			return types.ExprString(call.Args[0])
		}
	}
	return ""
}

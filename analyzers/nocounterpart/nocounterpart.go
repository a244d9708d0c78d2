package nocounterpart

import (
	"cmp"
	"embed"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
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
	Name:       "nocounterpart",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/nocounterpart",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	if len(src.Funcs) == 0 {
		return reporter.Finish(), nil
	}
	cs := take(pass.Pkg, src, pass.ResultOf[access.Analyzer].(*access.Paths))
	c := &checker{pass: pass, reporter: reporter, census: cs, dead: make(map[*ssa.Select]int)}
	for _, cl := range cs.all {
		if cl.parent == nil {
			c.check(cl)
		}
	}
	c.selects()
	return reporter.Finish(), nil
}

type checker struct {
	pass     *analysis.Pass
	reporter *diagnostic.Reporter
	census   *census
	// dead counts the cases of a select statement that never come about.
	dead map[*ssa.Select]int
}

// check reports the operations of one class that nothing can end.
func (c *checker) check(cl *class) {
	if cl.escaped {
		return
	}
	ops := slices.SortedFunc(cl.ops.values, func(a, b op) int { return cmp.Compare(a.pos, b.pos) })
	n, unbuffered := cl.counts(), cl.unbuffered()
	if n[add] > 0 && n[done] == 0 {
		for _, o := range ops {
			if o.kind == wait {
				c.report(cl, o, "waitgroup", "no-done")
			}
		}
	}
	for _, o := range ops {
		key, stuck := cl.stuck(o, n, unbuffered)
		if !stuck {
			continue
		}
		if o.choice != nil {
			c.dead[o.choice]++
			continue
		}
		c.report(cl, o, key, message.Key(key))
	}
	if cl.alone(n, unbuffered) {
		o, key := ops[0], "self-send"
		if o.kind == receive {
			key = "self-receive"
		}
		c.report(cl, o, key, message.Key(key))
	}
}

// stuck reports whether nothing can end an operation, and what it lacks. A close
// ends a send too, by a panic.
func (cl *class) stuck(o op, n [kinds]int, unbuffered bool) (key string, stuck bool) {
	switch {
	case o.kind != send && o.kind != receive:
		return "", false
	case cl.made.first == nil:
		return "nil", !cl.compared
	case n[closes] > 0:
		return "", false
	case o.kind == send:
		return "send", n[receive] == 0 && unbuffered
	}
	return "receive", n[send] == 0
}

// alone reports whether the operations are on a channel that never leaves its
// goroutine, so that the first of them waits for one that comes after it.
func (cl *class) alone(n [kinds]int, unbuffered bool) bool {
	if cl.shared || !unbuffered || n[send] == 0 || n[receive] == 0 || n[closes] > 0 {
		return false
	}
	for o := range cl.ops.values {
		if o.choice != nil {
			return false
		}
	}
	return true
}

// selects reports select statements all of whose cases never come about.
func (c *checker) selects() {
	for sel, n := range c.dead {
		if !sel.Blocking || n < len(sel.States) {
			continue
		}
		cl := c.census.of(sel.States[0].Chan).root()
		c.report(cl, op{instr: sel, pos: sel.Pos()}, "select", "select")
	}
}

func (c *checker) report(cl *class, o op, category string, key message.Key) {
	fn := o.instr.Parent()
	name := cl.name
	if name == "" {
		name = "a channel"
	}
	d := diagnostic.Diagnostic{
		Category: category,
		Pos:      o.pos,
		Message:  message.New(key, "func", wording.Func(fn), "on", name),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: name},
		Function: access.Outermost(fn).RelString(c.pass.Pkg),
	}
	made := cl.made.first
	if made != nil {
		d.Subject.Decl = made.value.Pos()
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleDeclared, Pos: made.value.Pos(), Message: message.New("made", "on", name)})
	}
	if !cl.named && cl.ops.one() && (o.kind == receive || made == nil) {
		d.Tier = config.Strict // a way to stop a goroutine for good
	}
	if category == "nil" {
		d.Tier = config.Strict // code that is never reached may make the channel
	}
	c.reporter.Report(d)
}

package mixedatomic

import (
	"embed"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
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
	Name:       "mixedatomic",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/mixedatomic",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer, guard.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		report: diagnostic.NewReporter(pass, catalogue),
		paths:  pass.ResultOf[access.Analyzer].(*access.Paths),
	}
	if atomics := c.atomics(pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs); len(atomics) > 0 {
		c.judge = pass.ResultOf[guard.Analyzer].(*guard.Result).Judge()
		c.check(atomics)
	}
	return c.report.Finish(), nil
}

type checker struct {
	pass   *analysis.Pass
	report *diagnostic.Reporter
	paths  *access.Paths
	judge  *guard.Judge
}

// atomics finds the operations of sync/atomic on fields and package-level
// variables, by variable.
func (c *checker) atomics(fns []*ssa.Function) map[*types.Var][]guard.Access {
	all := make(map[*types.Var][]guard.Access)
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok {
					continue
				}
				op, ok := syncapi.Classify(call.Common(), c.paths)
				if !ok || op.On != nil || len(op.Args) == 0 {
					continue
				}
				use := guard.Writes
				switch op.Kind {
				case syncapi.AtomicLoad:
					use = guard.Reads
				case syncapi.AtomicStore, syncapi.AtomicRMW, syncapi.AtomicCAS:
				default:
					continue
				}
				if v, obj := c.paths.Variable(op.Args[0]); v != nil {
					all[v] = append(all[v], guard.Access{Var: v, Instr: instr, Use: use, Object: obj})
				}
			}
		}
	}
	return all
}

// check reports the accesses without an atomic operation that may come at the
// same time as one with.
func (c *checker) check(atomics map[*types.Var][]guard.Access) {
	all := c.judge.Accesses(func(v *types.Var) bool { return atomics[v] != nil })
	all = slices.DeleteFunc(all, func(a guard.Access) bool {
		return a.Use == guard.NoUse || c.judge.InTest(a.Instr.Parent())
	})
	lines := make(map[string]bool)
	for v, plain := range guard.ByVariable(all) {
		c.checkVariable(plain, atomics[v], lines)
	}
}

// checkVariable reports accesses of one variable, unless another was reported on the
// line: a function that prints counters is one finding.
func (c *checker) checkVariable(plain, atomics []guard.Access, lines map[string]bool) {
	var wrong []guard.Violation
	for _, a := range plain {
		if c.judge.Excused(a.Instr) || c.judge.Generated(a.Instr) {
			continue
		}
		if w, ok := c.judge.Reached(a.Instr, a.Object); ok {
			wrong = append(wrong, guard.Violation{Access: a, Way: w})
		}
	}
	for _, w := range guard.OnePerFunction(wrong) {
		if other, ok := c.opponent(w, atomics); ok {
			tier := config.Default
			if len(plain) > len(atomics) || c.judge.InDoubt(w) {
				tier = config.Strict
			}
			if line := wording.Place(c.pass.Fset, w.Instr.Pos()); !lines[line] {
				lines[line] = true
				c.reportAccess(w, other, len(atomics), len(plain), tier)
			}
		}
	}
}

// opponent returns an atomic operation that may come at the same time as w, one
// of the two being a write.
func (c *checker) opponent(w guard.Violation, atomics []guard.Access) (guard.Access, bool) {
	for _, a := range atomics {
		if a.Use != guard.Writes && w.Use == guard.Reads || c.judge.InTest(a.Instr.Parent()) {
			continue
		}
		if meets, _ := c.judge.MayMeet(a, w); meets {
			return a, true
		}
	}
	return guard.Access{}, false
}

func (c *checker) reportAccess(w guard.Violation, other guard.Access, atomics, plain int, tier config.Tier) {
	key := message.Key("read")
	if w.Use != guard.Reads {
		key = "write"
		if other.Use == guard.Reads {
			key = "write-load"
		}
	}
	name := c.judge.Text(w.Access)
	meeting := c.judge.Meeting(other, w)
	d := diagnostic.Diagnostic{
		Category: string(key),
		Tier:     tier,
		Pos:      w.Instr.Pos(),
		Message: meeting.With(message.New(key, "func", wording.Func(w.Instr.Parent()), "variable", name,
			"atomics", strconv.Itoa(atomics), "all", strconv.Itoa(atomics+plain),
			"other", wording.Func(other.Instr.Parent()), "place", wording.Place(c.pass.Fset, other.Instr.Pos())), c.pass.Fset).With(message.New("use-atomic")),
		Confidence: diagnostic.Medium,
		Subject:    diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: w.Var.Pos()},
		Function:   w.Instr.Parent().RelString(c.pass.Pkg),
		Operations: []token.Pos{other.Instr.Pos()},
	}
	role, at := diagnostic.RoleRead, message.Key("loaded-here")
	if other.Use != guard.Reads {
		role, at = diagnostic.RoleWrite, "changed-here"
	}
	d.Related = append(d.Related, diagnostic.Related{Role: role, Pos: other.Instr.Pos(), Message: message.New(at)})
	d.Related = append(d.Related, meeting.Related()...)
	d.Related = append(d.Related, w.Way.Related()...)
	c.report.Report(d)
}

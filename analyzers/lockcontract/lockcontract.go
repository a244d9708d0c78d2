package lockcontract

import (
	"embed"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "lockcontract",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/lockcontract",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer, lockset.Analyzer, contract.Analyzer, guard.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	contracts := pass.ResultOf[contract.Analyzer].(*contract.Result)
	if contracts.Empty() {
		return reporter.Finish(), nil
	}
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	c := &checker{
		pass:      pass,
		report:    reporter,
		paths:     pass.ResultOf[access.Analyzer].(*access.Paths),
		locks:     pass.ResultOf[lockset.Analyzer].(*lockset.Result),
		contracts: contracts,
		funcs:     src.Funcs,
		judge:     pass.ResultOf[guard.Analyzer].(*guard.Result).Judge(),
	}
	c.checkVariables()
	c.checkCalls()
	c.checkBodies()
	return reporter.Finish(), nil
}

type checker struct {
	pass      *analysis.Pass
	report    *diagnostic.Reporter
	paths     *access.Paths
	locks     *lockset.Result
	contracts *contract.Result
	funcs     []*ssa.Function
	judge     *guard.Judge
}

// checkVariables reports accesses of guarded variables without the lock.
func (c *checker) checkVariables() {
	for v, all := range guard.ByVariable(c.judge.Accesses(func(v *types.Var) bool { return c.contracts.FieldGuard(v) != nil })) {
		for _, g := range c.contracts.FieldGuard(v) {
			c.checkGuard(v, g, all)
		}
	}
}

// checkGuard judges the accesses of one variable by one of its guards. If the
// lock is held nowhere, or less often than not, it is the comment that is out
// of date; one about a group of variables is more easily so.
func (c *checker) checkGuard(v *types.Var, g contract.Guard, all []guard.Access) {
	verdict := c.judge.Variable(v, g.Lock, all)
	if verdict == nil {
		return
	}
	for _, r := range verdict.ReadLocked {
		c.reportReadLocked(r, g)
	}
	held := len(verdict.Held)
	credible := held >= len(verdict.Wrong)
	if g.Group {
		credible = held >= verdict.Unheld
	}
	var heldAt ssa.Instruction
	if held > 0 {
		heldAt = verdict.Held[0].Instr
	}
	for _, w := range guard.OnePerFunction(verdict.Wrong) {
		tier := config.Default
		if held == 0 || !credible || w.Doubtful {
			tier = config.Strict
		}
		c.reportAccess(w, g, heldAt, c.opponent(w, verdict.Held), tier)
	}
}

// maxOpponents bounds the accesses that are looked at as opponents of one.
const maxOpponents = 16

// opponent returns an access under the lock that may come at the same time as w, one
// of the two being a write; nil if none is known.
func (c *checker) opponent(w guard.Violation, held []guard.Access) *guard.Access {
	looked := 0
	for i, a := range held {
		if a.Use == guard.NoUse || a.Use == guard.Reads && w.Use == guard.Reads || c.judge.InTest(a.Instr.Parent()) {
			continue
		}
		if looked++; looked > maxOpponents {
			break
		}
		if meets, _ := c.judge.MayMeet(a, w); meets {
			return &held[i]
		}
	}
	return nil
}

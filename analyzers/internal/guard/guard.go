// Package guard is an engine that tells where a variable that a lock guards is
// accessed without it, and how such a place is reached. Which lock guards which
// variable its users say: from a comment, or from what most accesses do.
package guard

import (
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// Analyzer yields the [*Result] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "guard",
	Doc:        "tell where guarded variables are accessed without the lock; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/guard",
	Requires:   []*analysis.Analyzer{ssabuild.Analyzer, access.Analyzer, lockset.Analyzer, contract.Analyzer},
	ResultType: reflect.TypeFor[*Result](),
	Run:        diagnostic.Guard(run),
}

// A Result is what is known of a package. It is safe for concurrent use.
type Result struct {
	pass      *analysis.Pass
	paths     *access.Paths
	locks     *lockset.Result
	contracts *contract.Result
	funcs     []*ssa.Function
	facts     func() *facts
}

// facts are what the first user asks for, and all use.
type facts struct {
	graph   *graph
	remarks map[fileLine]bool
}

// A Judge answers questions about a package. It is for one goroutine.
type Judge struct {
	*Result
	*facts
	stopped map[*types.Var]bool                 // see stops; made when first asked for
	waiting map[*ssa.Function]wait              // what calls wait for; see waitsIn
	waitsAt map[*ssa.Function][]ssa.Instruction // see waitsOf
	origins map[*ssa.Function]map[Origin]bool
	callers map[*ssa.Function][]*types.Var // what all callers hold; see heldByAll
	// remarkable is what is known of declared functions; see Remarkable.
	remarkable map[*ssa.Function]bool
	// remarked is what is known of variables, by where they are declared; see Remarked.
	remarked map[token.Pos]bool
}

func run(pass *analysis.Pass) (any, error) {
	r := &Result{
		pass:      pass,
		paths:     pass.ResultOf[access.Analyzer].(*access.Paths),
		locks:     pass.ResultOf[lockset.Analyzer].(*lockset.Result),
		contracts: pass.ResultOf[contract.Analyzer].(*contract.Result),
		funcs:     pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs,
	}
	r.facts = sync.OnceValue(func() *facts {
		j := &Judge{Result: r}
		return &facts{graph: j.callGraph(), remarks: j.findRemarks()}
	})
	return r, nil
}

// Judge returns a new judge of the package.
func (r *Result) Judge() *Judge {
	return &Judge{Result: r, facts: r.facts(), waiting: make(map[*ssa.Function]wait), waitsAt: make(map[*ssa.Function][]ssa.Instruction), origins: make(map[*ssa.Function]map[Origin]bool), callers: make(map[*ssa.Function][]*types.Var), remarkable: make(map[*ssa.Function]bool), remarked: make(map[token.Pos]bool)}
}

// HeldBefore returns the locks that are held when instr begins.
func (j *Judge) HeldBefore(instr ssa.Instruction) lockset.Set { return j.locks.HeldBefore(instr) }

package wording

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

// A Namer names locks as the source writes them where they are acquired.
type Namer struct {
	pass  *analysis.Pass
	locks *lockset.Result
}

// NewNamer returns the namer of a package.
func NewNamer(pass *analysis.Pass, locks *lockset.Result) *Namer {
	return &Namer{pass: pass, locks: locks}
}

// Lock names the lock at path p as it is written at site, where it is acquired; a
// lock that a function acquires goes on from what its method is called on, or from
// the variable that its result is assigned to.
func (n *Namer) Lock(site ssa.Instruction, p access.Path) string {
	paths := n.locks.Paths
	if name := n.resultName(site.Pos(), p); name != "" {
		return paths.TextFrom(name, p.Selectors())
	}
	sel := syntax.Selector(n.pass.Files, site.Pos())
	switch call, ok := site.(ssa.CallInstruction); {
	case sel == nil || !ok:
	case n.direct(site):
		if _, ok := ast.Unparen(sel.X).(*ast.Ident); ok && types.IsInterface(n.pass.TypesInfo.TypeOf(sel.X)) {
			break // a variable of type sync.Locker is another name for the lock
		}
		return types.ExprString(sel.X)
	case len(call.Common().Args) > 0:
		if _, isMethod := n.pass.TypesInfo.Selections[sel]; isMethod {
			if recv := paths.Of(call.Common().Args[0]); p.HasPrefix(recv) {
				return paths.TextFrom(types.ExprString(sel.X), p.Selectors()[recv.Len():])
			}
		}
	}
	return paths.Text(p)
}

// direct reports whether site is a call of Lock or the like itself.
func (n *Namer) direct(site ssa.Instruction) bool {
	_, ok := n.locks.PathAt(site)
	return ok && n.locks.Through(site) == nil
}

// resultName returns the variable that the call at pos assigns the result to
// from which the path p starts.
func (n *Namer) resultName(pos token.Pos, p access.Path) string {
	index := 0
	switch v := p.Root().Value.(type) {
	case *ssa.Call:
		if v.Pos() != pos {
			return ""
		}
	case *ssa.Extract:
		if v.Tuple.Pos() != pos {
			return ""
		}
		index = v.Index
	default:
		return ""
	}
	for _, node := range n.Enclosing(pos) {
		switch node := node.(type) {
		case *ast.AssignStmt:
			if len(node.Rhs) == 1 && index < len(node.Lhs) {
				return types.ExprString(node.Lhs[index])
			}
			return ""
		case ast.Stmt:
			return ""
		}
	}
	return ""
}

// Enclosing returns the syntax around pos, innermost first.
func (n *Namer) Enclosing(pos token.Pos) []ast.Node { return syntax.Enclosing(n.pass.Files, pos) }

package condmisuse

import (
	"embed"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
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
	Name:       "condmisuse",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/condmisuse",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, lockset.Analyzer, contract.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	if !mentionsCond(pass.TypesInfo) {
		return reporter.Finish(), nil
	}
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
	c := &checker{
		pass: pass, reporter: reporter, locks: locks,
		contracts: pass.ResultOf[contract.Analyzer].(*contract.Result),
		exported:  access.ExportedVars(pass.Pkg),
		conds:     collect(src.Funcs, locks),
		funcs:     src.Funcs,
		lost:      make(map[ssa.Instruction]bool),
		partial:   partial(pass.Files),
	}
	c.changes = c.collectChanges()
	for _, call := range c.conds.nils {
		c.reportNil(call)
	}
	for _, cond := range c.conds.list() {
		if cond.absent() {
			continue
		}
		if len(cond.waits) > 0 && c.hidden(cond) && !c.partial {
			c.checkLocker(cond)
			c.checkSignals(cond)
		}
		for _, w := range cond.waits {
			c.checkLoop(w)
			c.checkLock(cond, w)
		}
		c.checkLost(cond)
		c.checkUnchanged(cond)
		if reporter.Tier() == config.Strict {
			c.checkNotices(cond)
		}
	}
	return reporter.Finish(), nil
}

// partial reports whether some function has no body. What nothing in the package
// does, it may do. A driver also leaves out the bodies that do not type-check.
func partial(files []*ast.File) bool {
	for _, file := range files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body == nil {
				return true
			}
		}
	}
	return false
}

// mentionsCond reports whether the source names sync.Cond or one of its methods.
func mentionsCond(info *types.Info) bool {
	for _, obj := range info.Uses {
		if obj.Pkg() == nil || obj.Pkg().Path() != "sync" {
			continue
		}
		switch obj.Name() {
		case "Cond", "NewCond", "Signal", "Broadcast":
			return true
		case "Wait":
			if fn, ok := obj.(*types.Func); ok && fn.Signature().Recv() != nil && isSync(fn.Signature().Recv().Type(), "Cond") {
				return true
			}
		}
	}
	return false
}

type checker struct {
	pass      *analysis.Pass
	reporter  *diagnostic.Reporter
	locks     *lockset.Result
	contracts *contract.Result
	exported  map[*types.Var]bool
	conds     *conds
	funcs     []*ssa.Function
	partial   bool // not all of the package is seen
	changes   *changes
	lost      map[ssa.Instruction]bool // changes that were reported
}

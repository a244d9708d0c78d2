package ssabuild

import (
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
)

// ControlFlow computes the [*ctrlflow.CFGs] of a package, for passes of x/tools that require
// them. The pass must have what [ctrlflow.Analyzer] requires.
//
// What ctrlflow asks of its facts is whether a function of another package
// never returns. The answer here is what this engine knows of the standard
// library and of common logging packages; the functions of the package itself
// ctrlflow infers.
func ControlFlow(pass *analysis.Pass) (any, error) {
	own := *pass
	own.Analyzer = ctrlflow.Analyzer
	own.ImportObjectFact = func(obj types.Object, _ analysis.Fact) bool {
		fn, ok := obj.(*types.Func)
		return ok && knownNoReturn(fn.Origin().FullName())
	}
	own.ExportObjectFact = func(types.Object, analysis.Fact) {}
	return ctrlflow.Analyzer.Run(&own)
}

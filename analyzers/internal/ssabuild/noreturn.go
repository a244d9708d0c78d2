package ssabuild

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"
)

// knownNoReturn are the functions outside the package under analysis that
// never return to their caller, by [types.Func.FullName].
func knownNoReturn(name string) bool {
	switch name {
	case "os.Exit", "runtime.Goexit", "syscall.Exit",
		"log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln",
		"(*log.Logger).Fatal", "(*log.Logger).Fatalf", "(*log.Logger).Fatalln",
		"(*log.Logger).Panic", "(*log.Logger).Panicf", "(*log.Logger).Panicln",
		"(*testing.common).Fatal", "(*testing.common).Fatalf", "(*testing.common).FailNow",
		"(*testing.common).Skip", "(*testing.common).Skipf", "(*testing.common).SkipNow",
		"(testing.TB).Fatal", "(testing.TB).Fatalf", "(testing.TB).FailNow",
		"(testing.TB).Skip", "(testing.TB).Skipf", "(testing.TB).SkipNow",
		"cmd/internal/base.Fatalf", "cmd/go/internal/base.Fatalf", "cmd/go/internal/base.Fatal", "cmd/go/internal/base.Exit",
		"(*go.uber.org/zap.Logger).Fatal", "(*go.uber.org/zap.Logger).Panic",
		"(*go.uber.org/zap.SugaredLogger).Fatal", "(*go.uber.org/zap.SugaredLogger).Fatalf", "(*go.uber.org/zap.SugaredLogger).Fatalw",
		"(*go.uber.org/zap.SugaredLogger).Panic", "(*go.uber.org/zap.SugaredLogger).Panicf", "(*go.uber.org/zap.SugaredLogger).Panicw",
		"github.com/sirupsen/logrus.Fatal", "github.com/sirupsen/logrus.Fatalf", "github.com/sirupsen/logrus.Panic", "github.com/sirupsen/logrus.Panicf",
		"(*github.com/sirupsen/logrus.Logger).Exit", "(*github.com/sirupsen/logrus.Logger).Fatal", "(*github.com/sirupsen/logrus.Logger).Fatalf",
		"(*github.com/sirupsen/logrus.Logger).Panic", "(*github.com/sirupsen/logrus.Logger).Panicf",
		"(*github.com/sirupsen/logrus.Entry).Fatal", "(*github.com/sirupsen/logrus.Entry).Fatalf", "(*github.com/sirupsen/logrus.Entry).Panicf",
		"k8s.io/klog/v2.Fatal", "k8s.io/klog/v2.Fatalf", "k8s.io/klog/v2.Exit", "k8s.io/klog/v2.Exitf":
		return true
	}
	return false
}

// returns decides which functions never return. Those of the package itself
// are found as ctrlflow finds them: a function never returns if no path
// through its body does, given the same of its callees; a cycle of calls is
// taken to return.
type returns struct {
	info    *types.Info
	bodies  map[*types.Func]*ast.BlockStmt
	verdict map[*types.Func]bool
}

func newReturns(pass *analysis.Pass) *returns {
	r := &returns{
		info:    pass.TypesInfo,
		bodies:  make(map[*types.Func]*ast.BlockStmt),
		verdict: make(map[*types.Func]bool),
	}
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil {
				if fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
					r.bodies[fn] = decl.Body
				}
			}
		}
	}
	return r
}

func (r *returns) never(fn *types.Func) bool {
	fn = fn.Origin()
	body, ours := r.bodies[fn]
	if v, ok := r.verdict[fn]; ok {
		return v
	}
	v := knownNoReturn(fn.FullName())
	r.verdict[fn] = v // breaks cycles
	if ours && !v {
		v = cfg.New(body, r.mayReturn).NoReturn()
		r.verdict[fn] = v
	}
	return v
}

func (r *returns) mayReturn(call *ast.CallExpr) bool {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := r.info.Uses[id].(*types.Builtin); ok {
			return b.Name() != "panic"
		}
	}
	fn, _ := typeutil.Callee(r.info, call).(*types.Func) // also of an interface, as in testing.TB
	return fn == nil || !r.never(fn)
}

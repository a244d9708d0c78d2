package lockset

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// An exprID numbers the value of an expression, such that two evaluations that
// would give the same value, if no variable changed between them, have the same
// number. Zero is no expression.
type exprID int32

type exprKind uint8

const (
	exprPath  exprKind = iota // the value at an access path
	exprConst                 // a constant or nil
	exprBin                   // a comparison or arithmetic of two expressions
	exprCall                  // a call with the given function and arguments
)

// An exprKey is the structure of an expression, and is its identity.
type exprKey struct {
	kind exprKind
	op   token.Token
	a, b exprID
	path access.Path
	text string // of a constant
	fn   any    // of a call: *ssa.Function or *types.Func
}

type expr struct {
	exprKey
	// unstable says that the value is read from memory that others can change,
	// or by a call: two evaluations may differ though nothing here says so.
	unstable bool
	calls    []*ssa.Call    // of exprCall: the calls with this number
	val      constant.Value // of exprConst; nil for nil
}

// exprs numbers expressions. The zero exprID is never given.
type exprs struct {
	paths *access.Paths
	ids   map[exprKey]exprID
	list  []expr
	memo  map[ssa.Value]exprID
	lits  map[ssa.Value]literal
}

func newExprs(paths *access.Paths) *exprs {
	return &exprs{paths: paths, ids: make(map[exprKey]exprID), list: make([]expr, 1), memo: make(map[ssa.Value]exprID), lits: make(map[ssa.Value]literal)}
}

func (es *exprs) intern(e expr) exprID {
	if id, ok := es.ids[e.exprKey]; ok {
		if e.calls != nil {
			es.list[id].calls = append(es.list[id].calls, e.calls...)
		}
		return id
	}
	id := exprID(len(es.list))
	es.list = append(es.list, e)
	es.ids[e.exprKey] = id
	return id
}

// of returns the number of v's value.
func (es *exprs) of(v ssa.Value) exprID {
	if id, ok := es.memo[v]; ok {
		return id
	}
	id := es.compute(v, 0)
	es.memo[v] = id
	return id
}

const maxExprDepth = 4

func (es *exprs) compute(v ssa.Value, depth int) exprID {
	v = es.paths.Origin(v)
	if depth < maxExprDepth {
		switch v := v.(type) {
		case *ssa.Const:
			return es.intern(expr{exprKey: exprKey{kind: exprConst, text: constText(v)}, val: v.Value})
		case *ssa.BinOp:
			a, b := es.compute(v.X, depth+1), es.compute(v.Y, depth+1)
			return es.bin(v.Op, a, b)
		case *ssa.Call:
			if id := es.call(v, depth); id != 0 {
				return id
			}
		case *ssa.Convert:
			return es.compute(v.X, depth+1)
		}
	}
	return es.pathExpr(es.paths.Of(v))
}

func (es *exprs) bin(op token.Token, a, b exprID) exprID {
	return es.intern(expr{
		exprKey:  exprKey{kind: exprBin, op: op, a: a, b: b},
		unstable: es.list[a].unstable || es.list[b].unstable,
	})
}

func (es *exprs) pathExpr(p access.Path) exprID {
	e := expr{exprKey: exprKey{kind: exprPath, path: p}}
	sels := p.Selectors()
	for i, s := range sels {
		if s.Kind == access.Elem || s.Kind == access.Deref && (i > 0 || p.Root().Kind != access.Local) {
			e.unstable = true
		}
	}
	return es.intern(e)
}

// call numbers a call of at most two operands by its function and operands,
// for conditions such as if s.shared() { … }.
func (es *exprs) call(v *ssa.Call, depth int) exprID {
	k := exprKey{kind: exprCall}
	args := v.Call.Args
	if v.Call.IsInvoke() {
		k.fn = v.Call.Method
		args = append([]ssa.Value{v.Call.Value}, args...)
	} else if fn := v.Call.StaticCallee(); fn != nil {
		k.fn = access.Declared(fn)
	} else if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
		k.fn = b.Name()
	} else {
		return 0
	}
	if len(args) > 2 {
		return 0
	}
	for i, arg := range args {
		id := es.compute(arg, depth+1)
		if i == 0 {
			k.a = id
		} else {
			k.b = id
		}
	}
	if _, tuple := v.Type().(*types.Tuple); tuple {
		return 0
	}
	return es.intern(expr{exprKey: k, unstable: true, calls: []*ssa.Call{v}})
}

func constText(c *ssa.Const) string {
	if c.Value == nil {
		return "nil" // or the zero value of an aggregate
	}
	return c.Value.ExactString()
}

// A literal is a condition or its negation.
type literal struct {
	cond exprID
	neg  bool
}

// literal returns v, a boolean, as a condition in a form that is the same for
// a == b and a != b, and for a < b, b > a, a >= b and b <= a.
func (es *exprs) literal(v ssa.Value) literal {
	l, ok := es.lits[v]
	if !ok {
		l = es.computeLiteral(v)
		es.lits[v] = l
	}
	return l
}

func (es *exprs) computeLiteral(v ssa.Value) literal {
	neg := false
	for {
		v = es.paths.Origin(v)
		n, ok := v.(*ssa.UnOp)
		if !ok || n.Op != token.NOT {
			break
		}
		neg = !neg
		v = n.X
	}
	b, ok := v.(*ssa.BinOp)
	if !ok {
		return literal{es.of(v), neg}
	}
	x, y := es.of(b.X), es.of(b.Y)
	op := b.Op
	switch op {
	case token.NEQ:
		op, neg = token.EQL, !neg
	case token.GTR:
		op, x, y = token.LSS, y, x
	case token.GEQ:
		op, neg = token.LSS, !neg
	case token.LEQ:
		op, x, y, neg = token.LSS, y, x, !neg
	}
	if op == token.EQL && es.list[x].kind == exprConst {
		x, y = y, x
	}
	// b == true is b.
	if op == token.EQL && es.list[y].kind == exprConst {
		switch es.list[y].text {
		case "true":
			return literal{x, neg}
		case "false":
			return literal{x, !neg}
		}
	}
	return literal{es.bin(op, x, y), neg}
}

func (es *exprs) nilConst() exprID {
	return es.intern(expr{exprKey: exprKey{kind: exprConst, text: "nil"}})
}

// isNil returns the condition v == nil.
func (es *exprs) isNil(v ssa.Value) exprID { return es.bin(token.EQL, es.of(v), es.nilConst()) }

// mentions reports whether f holds for a path that e is made of.
func (es *exprs) mentions(e exprID, f func(access.Path) bool) bool {
	if e == 0 {
		return false
	}
	x := &es.list[e]
	switch x.kind {
	case exprPath:
		return f(x.path)
	case exprBin, exprCall:
		return es.mentions(x.a, f) || es.mentions(x.b, f)
	}
	return false
}

// rebase expresses e, of the function callee, in terms of the caller; zero if
// it means nothing there.
func (es *exprs) rebase(e exprID, callee *ssa.Function, call *ssa.CallCommon) exprID {
	if e == 0 {
		return 0
	}
	x := es.list[e]
	switch x.kind {
	case exprConst:
		return e
	case exprPath:
		if x.path.Len() == 0 && x.path.Root().Kind == access.Param && !call.IsInvoke() {
			for i, p := range callee.Params {
				if p == x.path.Root().Value && i < len(call.Args) {
					return es.of(call.Args[i])
				}
			}
		}
		if p, ok := es.paths.Rebase(x.path, callee, call); ok {
			return es.pathExpr(p)
		}
	case exprBin:
		a, b := es.rebase(x.a, callee, call), es.rebase(x.b, callee, call)
		if a != 0 && b != 0 {
			return es.bin(x.op, a, b)
		}
	case exprCall:
		a, b := es.rebase(x.a, callee, call), es.rebase(x.b, callee, call)
		if (a != 0 || x.a == 0) && (b != 0 || x.b == 0) {
			return es.intern(expr{exprKey: exprKey{kind: exprCall, fn: x.fn, a: a, b: b}, unstable: true})
		}
	}
	return 0
}

// judged reports whether a result is passed to functions only, such as an
// assertion of a test, itself or what is computed from it. Which of its values
// lets them return they know.
func judged(result ssa.Value) bool {
	passed := false
	for _, ref := range *result.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case ssa.CallInstruction:
			passed = true
		case *ssa.Store: // into the arguments of a variadic call
			if _, ok := ref.Addr.(*ssa.IndexAddr); !ok {
				return false
			}
			passed = true
		case *ssa.MakeInterface, *ssa.UnOp, *ssa.BinOp:
			if !judged(ref.(ssa.Value)) {
				return false
			}
			passed = true
		default:
			return false
		}
	}
	return passed
}

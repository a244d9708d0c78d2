package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A kind of access.
const (
	reads   = "read"
	writes  = "write"
	updates = "update"
)

// An access is one to memory that may be shared.
type access struct {
	x    ast.Expr
	kind string
}

// accesses returns what to put before and after a statement because of the
// memory that it accesses.
func (e *editor) accesses(s ast.Stmt) (before, after string) {
	a, ok := e.accessOf(s)
	if !ok {
		return "", ""
	}
	at := e.at(a.x.Pos(), e.source(a.x))
	before = fmt.Sprintf("%s(%s, %q); ", e.control("Access"), at, a.kind)
	if e.values && e.isSimple(a.x) {
		value := e.value0(a.x, at)
		if a.kind != writes && e.root(a.x) < s.Pos() {
			before += value + "; "
		}
		if _, ok := s.(*ast.AssignStmt); ok && a.kind != reads {
			after = "; " + value
		}
		if _, ok := s.(*ast.IncDecStmt); ok {
			after = "; " + value
		}
	}
	return before, after
}

// value0 is a call that tells the value of x.
func (e *editor) value0(x ast.Expr, at string) string {
	return fmt.Sprintf("%s(%s, func() interface{} { return %s })", e.control("Value"), at, e.node(x))
}

// isSimple reports whether the value of x can be told: it is a variable or a
// field of one, and not a large thing.
func (e *editor) isSimple(x ast.Expr) bool {
	switch e.info.TypeOf(x).Underlying().(type) {
	case *types.Struct, *types.Array, *types.Tuple, *types.Signature:
		return false
	}
	return e.isChain(x)
}

// isChain reports whether x is a variable or a field of one, on one line.
func (e *editor) isChain(x ast.Expr) bool {
	for y := x; ; {
		switch z := y.(type) {
		case *ast.Ident:
			_, ok := e.info.Uses[z].(*types.Var)
			return ok && e.line(x.Pos()) == e.line(x.End())
		case *ast.SelectorExpr:
			if how := e.info.Selections[z]; how == nil {
				_, ok := e.info.Uses[z.Sel].(*types.Var)
				return ok && e.line(x.Pos()) == e.line(x.End())
			}
			y = z.X
		default:
			return false
		}
	}
}

// root is where the variable is declared that a chain begins with.
func (e *editor) root(x ast.Expr) token.Pos {
	for {
		switch y := x.(type) {
		case *ast.Ident:
			if obj := e.info.Uses[y]; obj != nil && obj.Parent() != e.pkg.Scope() {
				return obj.Pos()
			}
			return token.NoPos
		case *ast.SelectorExpr:
			if e.info.Selections[y] == nil {
				return token.NoPos
			}
			x = y.X
		default:
			return token.NoPos
		}
	}
}

// accessOf is the access that stands for a statement: the first that writes,
// or the first.
func (e *editor) accessOf(s ast.Stmt) (access, bool) {
	if e.silent {
		return access{}, false
	}
	w := &accessWalker{editor: e}
	w.stmt(s)
	for _, a := range w.found {
		if a.kind != reads {
			return w.joined(a), true
		}
	}
	if len(w.found) == 0 {
		return access{}, false
	}
	return w.found[0], true
}

// joined makes an access an update if the statement also reads the variable.
func (w *accessWalker) joined(a access) access {
	for _, b := range w.found {
		if b.kind == reads && w.source(a.x) == w.source(b.x) {
			a.kind = updates
		}
	}
	return a
}

// accessWalker collects the accesses of a statement.
type accessWalker struct {
	*editor
	found []access
}

func (w *accessWalker) add(x ast.Expr, kind string) {
	if w.isAccess(x, kind) {
		w.found = append(w.found, access{ast.Unparen(x), kind})
	}
}

// stmt collects what a statement does itself, without the blocks in it.
func (w *accessWalker) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		w.assign(s)
	case *ast.IncDecStmt:
		w.write(s.X, updates)
	case *ast.ExprStmt:
		w.read(s.X)
	case *ast.SendStmt:
		w.read(s.Chan, s.Value)
	case *ast.GoStmt:
		w.read(s.Call)
	case *ast.DeferStmt:
		w.read(s.Call)
	case *ast.ReturnStmt:
		w.read(s.Results...)
	case *ast.IfStmt:
		w.stmt(s.Init)
		w.read(s.Cond)
	case *ast.SwitchStmt:
		w.stmt(s.Init)
		w.read(s.Tag)
		for _, c := range s.Body.List {
			w.read(c.(*ast.CaseClause).List...)
		}
	case *ast.TypeSwitchStmt:
		w.stmt(s.Init)
		w.stmt(s.Assign)
	case *ast.ForStmt:
		w.stmt(s.Init)
		w.read(s.Cond)
	case *ast.RangeStmt:
		w.read(s.X)
		if s.Tok == token.ASSIGN {
			w.write(s.Key, writes)
			w.write(s.Value, writes)
		}
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.SelectStmt:
		for _, c := range s.Body.List {
			if clause := c.(*ast.CommClause); clause.Comm != nil {
				comm := commOf(clause)
				w.read(comm.ch, comm.value)
			}
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				w.read(v.Values...)
			}
		}
	}
}

func (w *accessWalker) assign(s *ast.AssignStmt) {
	kind := writes
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		kind = updates
	}
	w.read(s.Rhs...)
	for _, x := range s.Lhs {
		w.write(x, kind)
	}
}

// write collects a write to x, and what is read on the way.
func (w *accessWalker) write(x ast.Expr, kind string) {
	if x == nil {
		return
	}
	w.add(x, kind)
	w.way(x)
}

// way collects what is read to find the variable that x is.
func (w *accessWalker) way(x ast.Expr) {
	switch x := x.(type) {
	case *ast.ParenExpr:
		w.way(x.X)
	case *ast.SelectorExpr:
		if how := w.info.Selections[x]; how != nil && isPointer(how.Recv()) {
			w.read(x.X)
		} else if how != nil {
			w.way(x.X)
		}
	case *ast.IndexExpr:
		if _, ok := w.info.TypeOf(x.X).Underlying().(*types.Array); ok {
			w.way(x.X)
		} else {
			w.read(x.X)
		}
		w.read(x.Index)
	case *ast.StarExpr:
		w.read(x.X)
	}
}

// read collects what expressions read.
func (w *accessWalker) read(list ...ast.Expr) {
	for _, x := range list {
		if x != nil {
			w.readOne(x)
		}
	}
}

func (w *accessWalker) readOne(x ast.Expr) {
	switch x := x.(type) {
	case *ast.FuncLit:
		return
	case *ast.Ident:
		w.add(x, reads)
	case *ast.SelectorExpr:
		how := w.info.Selections[x]
		if how != nil && how.Kind() != types.FieldVal {
			w.method(x)
			return
		}
		w.add(x, reads)
		w.way(x)
	case *ast.IndexExpr:
		if tv := w.info.Types[x.X]; !tv.IsValue() || isFunc(tv.Type) {
			return
		}
		w.add(x, reads)
		w.way(x)
	case *ast.StarExpr:
		w.add(x, reads)
		w.way(x)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			w.way(x.X)
			if _, ok := ast.Unparen(x.X).(*ast.CompositeLit); ok {
				w.read(x.X)
			}
			return
		}
		w.read(x.X)
	case *ast.CallExpr:
		w.callExpr(x)
	case *ast.KeyValueExpr:
		if _, ok := x.Key.(*ast.Ident); !ok { // else it is a field, perhaps
			w.read(x.Key)
		}
		w.read(x.Value)
	default:
		for _, child := range children(x) {
			if y, ok := child.(ast.Expr); ok {
				w.read(y)
			}
		}
	}
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// method collects what a method of another package does to a variable that it is
// given the address of: a buffer, say.
func (w *accessWalker) method(sel *ast.SelectorExpr) {
	fn, x := w.shared.addressed(sel)
	switch {
	case x == nil:
		w.read(sel.X)
	case fn.Pkg() != w.pkg && !isSyncPackage(fn.Pkg()):
		w.write(x, updates)
	default:
		w.way(x)
	}
}

func (w *accessWalker) callExpr(call *ast.CallExpr) {
	switch w.shared.builtin(call) {
	case "":
		if !w.info.Types[call.Fun].IsType() {
			w.read(ast.Unparen(call.Fun))
		}
	case "copy", "delete", "clear":
		if !w.shared.own(call.Args[0]) && w.points == nil {
			w.found = append(w.found, access{call.Args[0], updates})
		}
	case "new", "make":
		w.read(call.Args[1:]...)
		return
	}
	w.read(call.Args...)
}

// isAccess reports whether x is memory that may be shared.
func (e *editor) isAccess(x ast.Expr, kind string) bool {
	x = ast.Unparen(x)
	if e.points != nil {
		return e.isPoint(x)
	}
	s := e.shared
	switch x := x.(type) {
	case *ast.Ident:
		v, ok := e.info.Uses[x].(*types.Var)
		return ok && !v.IsField() && !isSync(v.Type()) && s.isShared(v, x.Pos(), e.atLeast("go1.22"))
	case *ast.SelectorExpr:
		return e.isSharedField(x, kind)
	case *ast.IndexExpr:
		switch t := e.info.TypeOf(x.X).Underlying().(type) {
		case *types.Array:
			return e.isAccess(x.X, kind)
		case *types.Slice, *types.Map, *types.Pointer:
			return !s.own(x.X) && (kind != reads || s.elements[elementKey(t)])
		}
	case *ast.StarExpr:
		return e.info.Types[x].IsValue() && !s.own(x.X)
	}
	return false
}

func (e *editor) isSharedField(x *ast.SelectorExpr, kind string) bool {
	how := e.info.Selections[x]
	if how == nil {
		v, ok := e.info.Uses[x.Sel].(*types.Var) // of another package
		return ok && v.Pkg() != nil && strings.Contains(v.Pkg().Path(), ".") && !isSync(v.Type())
	}
	f, ok := how.Obj().(*types.Var)
	if !ok || isSync(f.Type()) {
		return false
	}
	if kind == reads && len(e.shared.writes[f.Origin()]) == 0 {
		return false
	}
	if !isPointer(how.Recv()) && !how.Indirect() {
		return e.isAccess(x.X, kind)
	}
	return !e.shared.own(x.X)
}

// isSync reports whether a type synchronises: its operations are points
// themselves.
func isSync(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && isSyncPackage(named.Obj().Pkg())
}

func isSyncPackage(pkg *types.Package) bool {
	return pkg != nil && (pkg.Path() == "sync" || pkg.Path() == "sync/atomic")
}

// isPoint reports whether one of the points given is in x.
func (e *editor) isPoint(x ast.Expr) bool {
	from, to := e.fset.Position(x.Pos()), e.fset.Position(x.End())
	for _, p := range e.points {
		if p.File == from.Filename && p.Line >= from.Line && p.Line <= to.Line &&
			(p.Column == 0 || p.Line > from.Line || p.Column >= from.Column) && (p.Column == 0 || p.Line < to.Line || p.Column < to.Column) {
			return true
		}
	}
	return false
}

// update is the text of a statement that reads a variable and writes it again,
// as two accesses, so that what another goroutine writes between them is lost.
func (e *editor) update(s ast.Stmt) (string, bool) {
	a, ok := e.accessOf(s)
	if !ok || a.kind != updates || !e.isChain(a.x) {
		return "", false
	}
	operator, operand := "", "1"
	switch s := s.(type) {
	case *ast.IncDecStmt:
		operator = s.Tok.String()[:1]
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 || ast.Unparen(s.Lhs[0]) != a.x || e.hasCall(s.Rhs[0]) {
			return "", false
		}
		if s.Tok == token.ASSIGN {
			return e.replaced(a, s)
		}
		operator = strings.TrimSuffix(s.Tok.String(), "=")
		operand = "(" + e.gap(s.TokPos, s.Rhs[0].Pos()) + e.node(s.Rhs[0]) + ")"
	}
	x := e.node(a.x)
	read, write := e.halves(a)
	return fmt.Sprintf("{ %slockstep_v := %s; %s%s = lockstep_v %s %s%s }", read, x, write, x, operator, operand, e.told(a)), true
}

// replaced is the text of an assignment of a new value that is computed of the
// old one.
func (e *editor) replaced(a access, s *ast.AssignStmt) (string, bool) {
	if !types.Identical(e.info.TypeOf(s.Rhs[0]), e.info.TypeOf(a.x)) || e.untyped(s.Rhs[0]) || e.info.Types[s.Rhs[0]].Value != nil {
		return "", false
	}
	read, write := e.halves(a)
	x, end := e.node(a.x), ""
	if e.line(s.Pos()) != e.line(s.End()) { // the write is where the statement begins
		x, end = e.place(s.Pos())+x, e.place(s.End())
	}
	return fmt.Sprintf("{ %slockstep_v := %s%s; %s%s = lockstep_v%s%s }", read, e.gap(s.TokPos, s.Rhs[0].Pos()), e.node(s.Rhs[0]), write, x, end, e.told(a)), true
}

// halves are what to put before the read and before the write of an update.
func (e *editor) halves(a access) (read, write string) {
	at, name := e.at(a.x.Pos(), e.source(a.x)), e.control("Access")
	read = name + "(" + at + ", " + strconv.Quote(reads) + "); "
	write = name + "(" + at + ", " + strconv.Quote(writes) + "); "
	if e.values && e.isSimple(a.x) {
		read += e.value0(a.x, at) + "; "
	}
	return read, write
}

// told is what to put after an update.
func (e *editor) told(a access) string {
	if e.values && e.isSimple(a.x) {
		return "; " + e.value0(a.x, e.at(a.x.Pos(), e.source(a.x)))
	}
	return ""
}

// hasCall reports whether x calls or receives, which may take its time and change
// variables.
func (e *editor) hasCall(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || !e.info.Types[n.Fun].IsType()
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.FuncLit:
			return false
		}
		return true
	})
	return found
}

// atLoop puts a point into the body of a loop with a condition that reads shared
// memory: it reads that again and again.
func (e *editor) atLoop(body *ast.BlockStmt, condition ast.Expr) {
	e.prefix[body] = ""
	if condition == nil || e.silent {
		return
	}
	w := &accessWalker{editor: e}
	w.read(condition)
	if len(w.found) > 0 {
		a := w.found[0]
		e.prefix[body] = fmt.Sprintf(" %s(%s, %q);", e.control("Access"), e.at(a.x.Pos(), e.source(a.x)), a.kind)
	}
}

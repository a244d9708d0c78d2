package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A use is a mention of a function or method that is put under control.
type use struct {
	operation
	fn  *types.Func
	x   ast.Expr          // *ast.Ident or *ast.SelectorExpr
	sel *ast.SelectorExpr // of a method
	how *types.Selection  // of a method
}

// useOf returns the use that x is, without parentheses.
func (e *editor) useOf(x ast.Expr) (use, bool) {
	u := use{x: x}
	switch x := x.(type) {
	case *ast.Ident:
		u.fn, _ = e.info.Uses[x].(*types.Func)
	case *ast.SelectorExpr:
		u.fn, _ = e.info.Uses[x.Sel].(*types.Func)
		u.how = e.info.Selections[x]
		u.sel = x
	}
	if u.fn == nil || u.fn.Pkg() == e.pkg && u.fn.Signature().Recv() == nil {
		return u, false
	}
	var ok bool
	u.operation, ok = e.operationOf(u.fn.Origin())
	return u, ok
}

// name is the function in package control or controltest.
func (e *editor) name(op operation) string {
	if op.way == inTest {
		return e.testing(op.name)
	}
	return e.control(op.name)
}

// A callee is what stands in front of a call's arguments.
type callee struct {
	name string // of the function of ours; it is given the receiver and then the arguments
	recv string // text of the receiver or, if it is called after a point, of the function; may be ""
	// after says that it is the function which is given the arguments.
	after bool
	at    string    // the last argument
	end   token.Pos // of the text in the file that name and recv stand for
}

// join is the text of a call.
func (c callee) join(gap, args, last string) string {
	if c.after {
		return c.name + "(" + c.recv + ", " + c.at + ")(" + gap + args + closing(args, last) + ")"
	}
	text := c.name + "("
	if c.recv != "" {
		text += c.recv + ", "
	}
	text += gap
	if args != "" {
		text += args + ", " + last
	}
	return text + c.at + ")"
}

// closing is what is between the last argument and the parenthesis.
func closing(args, gap string) string {
	if args == "" || gap == "" {
		return gap
	}
	return "," + gap
}

// callee returns what stands for the function of a call, if it is under control
// and the arguments can be written as they are.
func (e *editor) callee(call *ast.CallExpr) (callee, bool) {
	fun := ast.Unparen(call.Fun)
	at := func() string { return e.at(call.Pos(), e.callText(call)) }
	if id, ok := fun.(*ast.Ident); ok {
		if b, ok := e.info.Uses[id].(*types.Builtin); ok && b.Name() == "close" {
			return callee{name: e.control("Close"), at: e.at(call.Pos(), e.source(call.Args[0])), end: call.Fun.End()}, true
		}
	}
	u, ok := e.useOf(fun)
	if !ok || u.way == renamed || e.isTuple(call) || u.how != nil && u.how.Kind() == types.MethodExpr {
		return callee{}, false
	}
	if u.way == then {
		return callee{name: e.control("Then"), recv: e.plainFunc(u), after: true, at: at(), end: call.Fun.End()}, true
	}
	c := callee{name: e.name(u.operation), at: at(), end: call.Fun.End()}
	if u.how == nil {
		e.keepImport(u)
		return c, true
	}
	recv, ok := e.receiver(u)
	if u.way == whole {
		recv, ok = e.operand(u), true
	}
	if !ok {
		e.leave(call.Pos(), unreachable)
		return callee{}, false
	}
	c.recv, c.end = recv, u.sel.X.End()
	return c, true
}

const unreachable = "the lock is in a field that this package cannot name"

// plainFunc is the function of a use as the user wrote it.
func (e *editor) plainFunc(u use) string {
	if u.sel == nil {
		return e.source(u.x)
	}
	return e.node(u.sel.X) + e.text(u.sel.X.End(), u.sel.End())
}

// isTuple reports whether a call's arguments are the results of another one.
func (e *editor) isTuple(call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	_, ok := e.info.TypeOf(call.Args[0]).(*types.Tuple)
	return ok
}

// callText tells what a call is on: the receiver of a method; else the call.
func (e *editor) callText(call *ast.CallExpr) string {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && e.info.Selections[sel] != nil {
		return e.source(sel.X)
	}
	return e.source(call)
}

// receiver is the text of the receiver that a method gets in the end, behind
// embedded fields: a pointer, or a value of an interface or of a type parameter.
func (e *editor) receiver(u use) (string, bool) {
	return e.receiverOf(e.node(u.sel.X), u)
}

// operand is the text of what a method is called on: a pointer, or an interface.
func (e *editor) operand(u use) string {
	switch u.how.Recv().Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return e.node(u.sel.X)
	}
	return "&" + e.node(u.sel.X)
}

func (e *editor) receiverOf(x string, u use) (string, bool) {
	t := u.how.Recv()
	index := u.how.Index()
	for _, i := range index[:len(index)-1] {
		s, ok := types.Unalias(deref(t)).Underlying().(*types.Struct)
		if !ok {
			return "", false
		}
		f := s.Field(i)
		if !f.Exported() && f.Pkg() != e.pkg {
			return "", false
		}
		x += "." + f.Name()
		t = f.Type()
	}
	if types.IsInterface(t) {
		return x, true
	}
	if _, ok := t.Underlying().(*types.Pointer); ok {
		return x, true
	}
	return "&" + x, true
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// keepImport keeps the import in use that a use has named.
func (e *editor) keepImport(u use) {
	name := u.fn.Name()
	if u.sel != nil {
		name = e.source(u.sel.X) + "." + name
	}
	decl := "var _ = " + name
	if u.fn.Signature().TypeParams() != nil { // of package sync
		decl = "type _ = " + strings.TrimSuffix(name, u.fn.Name()) + "Locker"
	}
	e.keep[name] = decl
}

// call is the text of a call.
func (e *editor) call(call *ast.CallExpr) string {
	c, ok := e.callee(call)
	if !ok {
		return e.plain(call)
	}
	if len(call.Args) == 0 {
		return c.join(e.gap(c.end, call.Rparen), "", "")
	}
	first, last := e.argsRange(call)
	return c.join(e.gap(c.end, first), e.inside(call, first, last), e.gap(last, call.Rparen))
}

// argsRange is where the arguments begin and end.
func (e *editor) argsRange(call *ast.CallExpr) (from, to token.Pos) {
	to = call.Args[len(call.Args)-1].End()
	if call.Ellipsis.IsValid() {
		to = call.Ellipsis + token.Pos(len("..."))
	}
	return call.Args[0].Pos(), to
}

// ident is the text of an identifier: that of a function that was imported
// with a dot.
func (e *editor) ident(id *ast.Ident) string {
	if u, ok := e.useOf(id); ok && u.how == nil && u.fn.Signature().Recv() == nil {
		return e.value(u)
	}
	return id.Name
}

// selector is the text of a selector that is not called, or is one that is
// renamed only.
func (e *editor) selector(sel *ast.SelectorExpr) string {
	if u, ok := e.useOf(sel); ok {
		return e.value(u)
	}
	return e.plainSelector(sel)
}

func (e *editor) plainSelector(sel *ast.SelectorExpr) string {
	return e.node(sel.X) + e.text(sel.X.End(), sel.End())
}

// value is the text of a use that is not called.
func (e *editor) value(u use) string {
	from, to := u.x.Pos(), u.x.End()
	switch {
	case u.way == renamed:
		e.keepImport(u)
		name := e.name(u.operation)
		pkg, _, _ := strings.Cut(name, ".")
		return pkg + "." + e.gap(from, to) + u.name
	case u.way == then, u.way == whole:
		return e.unchanged(u)
	case u.how == nil:
		return e.literal(u, "", "")
	case u.how.Kind() == types.MethodExpr:
		recv, ok := e.receiverOf("lockstep_r", u)
		t, nameable := e.typeText(u.how.Recv(), from)
		if !ok || !nameable {
			e.leave(from, unreachable)
			return e.unchanged(u)
		}
		return e.literal(u, "lockstep_r "+t, recv)
	}
	return e.methodValue(u)
}

// unchanged is the text of a use that stays what it is.
func (e *editor) unchanged(u use) string {
	if u.sel != nil {
		return e.plainSelector(u.sel)
	}
	return e.source(u.x)
}

// methodValue is the text of a method value: its receiver is evaluated now.
func (e *editor) methodValue(u use) string {
	recv, ok := e.receiver(u)
	if !ok {
		e.leave(u.x.Pos(), unreachable)
		return e.unchanged(u)
	}
	sig := u.fn.Signature()
	gap := e.gap(u.sel.X.End(), u.sel.End())
	at := e.at(u.x.Pos(), e.source(u.sel.X))
	if sig.Params().Len()+sig.Results().Len() == 0 {
		if types.IsInterface(sig.Recv().Type()) {
			recv = "interface{ " + u.fn.Name() + "() }(" + recv + ")"
		}
		return e.control("Bind") + "(" + e.name(u.operation) + ", " + recv + ", " + gap + at + ")"
	}
	t, ok := e.typeText(sig.Recv().Type(), u.x.Pos())
	params, results, ok2 := e.signature(sig, u.x.Pos())
	if !ok || !ok2 {
		e.leave(u.x.Pos(), shadowed)
		return e.unchanged(u)
	}
	return fmt.Sprintf("func(lockstep_r %s) func(%s) (%s) { return %s }(%s,%s)", t, strings.Join(params, ", "), strings.Join(results, ", "),
		e.literal(u, "", "lockstep_r"), recv, gap)
}

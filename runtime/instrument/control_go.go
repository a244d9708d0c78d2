package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// goStmt is the text of a go statement.
func (e *editor) goStmt(s *ast.GoStmt) string {
	begin, end, began := e.control("Begin"), " defer lockstep_g.End(); lockstep_g.Start();", e.control("Began")
	if lit, ok := ast.Unparen(s.Call.Fun).(*ast.FuncLit); ok {
		at := e.at(s.Go, e.source(lit.Type))
		e.prefix[lit.Body] = end
		return fmt.Sprintf("{ lockstep_g := %s(%s); %s; %s(%s) }", begin, at, e.plain(s), began, at)
	}
	at := e.at(s.Go, e.source(s.Call))
	before, call, ok := e.evaluated(s.Call)
	if !ok {
		e.leave(s.Go, "the type of an argument cannot be written here")
		return e.plain(s)
	}
	if e.line(s.Go) != e.line(s.End()) { // in stacks the call is where the statement begins
		call = e.place(s.Go) + call
		began = e.place(s.End()) + began
	}
	return fmt.Sprintf("{ lockstep_g := %s(%s); %s%sgo func() {%s %s }(); %s(%s) }",
		begin, at, e.gap(s.Go, s.Call.Pos()), before, end, call, began, at)
}

// deferStmt is the text of a defer statement. A call with a point in front of it
// needs a function, since the point would come when it is deferred.
func (e *editor) deferStmt(s *ast.DeferStmt) string {
	if u, ok := e.useOf(ast.Unparen(s.Call.Fun)); !ok || u.way != then {
		return e.plain(s)
	}
	before, call, ok := e.evaluated(s.Call)
	if !ok {
		e.leave(s.Defer, "the type of an argument cannot be written here")
		return "defer " + e.gap(s.Defer, s.Call.Pos()) + e.unpointed(s.Call)
	}
	return fmt.Sprintf("{ %s%sdefer func() { %s }() }", e.gap(s.Defer, s.Call.Pos()), before, call)
}

// unpointed is the text of a call without a point.
func (e *editor) unpointed(call *ast.CallExpr) string {
	return e.source(call.Fun) + e.inside(call, call.Fun.End(), call.End())
}

// evaluated splits a call: before evaluates the function and the arguments, call
// calls it. Both together have the lines of the call.
func (e *editor) evaluated(call *ast.CallExpr) (before, text string, ok bool) {
	c, controlled := e.callee(call)
	v := &values{editor: e, at: call.Pos()}
	switch {
	case controlled:
		if c.recv != "" && !(c.after && e.isDeclared(call.Fun)) {
			v.add("lockstep_f", c.recv, c.end)
			c.recv = "lockstep_f"
		}
	case e.isDeclared(call.Fun):
		c.name = e.node(call.Fun)
		c.end = call.Fun.End()
	default:
		v.add("lockstep_f", e.node(call.Fun), call.Fun.End())
		c.name = "lockstep_f"
	}
	args, ok := v.arguments(call)
	if !ok {
		return "", "", false
	}
	if !controlled {
		return v.text(call), c.name + "(" + args + ")", true
	}
	return v.text(call), c.join("", args, ""), true
}

// isDeclared reports whether fun names a function that is declared or built
// in, which needs no evaluation.
func (e *editor) isDeclared(fun ast.Expr) bool {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		switch e.info.Uses[fun].(type) {
		case *types.Func, *types.Builtin:
			return true
		}
	case *ast.SelectorExpr:
		_, ok := e.info.Uses[fun.Sel].(*types.Func)
		return ok && e.info.Selections[fun] == nil
	case *ast.IndexExpr:
		return e.isInstance(fun.X)
	case *ast.IndexListExpr:
		return e.isInstance(fun.X)
	}
	return false
}

// isInstance reports whether fun[...] is an instance of a function.
func (e *editor) isInstance(fun ast.Expr) bool {
	var id *ast.Ident
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	}
	_, ok := e.info.Instances[id]
	return ok
}

// values collects what is evaluated before a call.
type values struct {
	*editor
	names, texts []string
	multiple     string    // a statement of its own
	at           token.Pos // up to where the lines are accounted for
}

// add evaluates the text, which ends at end in the file.
func (v *values) add(name, text string, end token.Pos) {
	v.names, v.texts = append(v.names, name), append(v.texts, text)
	v.at = end
}

// text is the statement that evaluates, with the lines up to the call's end.
func (v *values) text(call *ast.CallExpr) string {
	text := v.multiple
	if len(v.names) > 0 {
		text = strings.Join(v.names, ", ") + " := " + strings.Join(v.texts, ", ") + "; " + text
	}
	return text + v.gap(v.at, call.End())
}

// arguments evaluates the arguments, and returns what to write for them.
func (v *values) arguments(call *ast.CallExpr) (args string, ok bool) {
	if v.isTuple(call) {
		tuple := v.info.TypeOf(call.Args[0]).(*types.Tuple)
		var names []string
		for i := range tuple.Len() {
			names = append(names, fmt.Sprintf("lockstep_a%d", i))
		}
		args = strings.Join(names, ", ")
		v.multiple = args + " := " + v.gap(v.at, call.Args[0].Pos()) + v.node(call.Args[0]) + "; "
		v.at = call.Args[0].End()
		return args, true
	}
	var list []string
	for i, x := range call.Args {
		text, ok := v.argument(x, fmt.Sprintf("lockstep_a%d", i))
		if !ok {
			return "", false
		}
		list = append(list, text)
	}
	args = strings.Join(list, ", ")
	if call.Ellipsis.IsValid() {
		args += "..."
	}
	return args, true
}

// argument evaluates an argument, and returns what to write for it. Constants
// and nil stay: they have no type of their own.
func (v *values) argument(x ast.Expr, name string) (text string, ok bool) {
	tv := v.info.Types[x]
	if tv.Value != nil || tv.IsNil() || tv.IsType() {
		text := strings.ReplaceAll(v.source(x), "\n", " ")
		return text, !strings.Contains(text, "`") && !strings.Contains(text, "//") || text == v.source(x)
	}
	text = v.gap(v.at, x.Pos()) + v.node(x)
	if v.untyped(x) && !isDefault(tv.Type) {
		t, ok := v.typeText(tv.Type, x.Pos())
		if !ok {
			return "", false
		}
		text = v.gap(v.at, x.Pos()) + "(" + t + ")(" + v.node(x) + ")"
	}
	v.add(name, text, x.End())
	return name, true
}

// isDefault reports whether a variable that is defined by an untyped value
// may get this type.
func isDefault(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && (b.Kind() == types.Bool || b.Kind() == types.Int || b.Kind() == types.UntypedBool)
}

// untyped reports whether an expression that is no constant takes its type from where
// it stands: a comparison, or a shift of a constant.
func (e *editor) untyped(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.BinaryExpr:
		switch x.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return true
		case token.SHL, token.SHR:
			return e.info.Types[x.X].Value != nil
		}
		return (e.untyped(x.X) || e.info.Types[x.X].Value != nil) && (e.untyped(x.Y) || e.info.Types[x.Y].Value != nil)
	case *ast.UnaryExpr:
		return x.Op != token.ARROW && x.Op != token.AND && e.untyped(x.X)
	}
	return false
}

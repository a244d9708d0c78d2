package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// send is the text of a send statement.
func (e *editor) send(s *ast.SendStmt) string {
	return fmt.Sprintf("%s(%s, %s)(%s%s)", e.control("Send"), e.node(s.Chan), e.at(s.Arrow, e.source(s.Chan)),
		e.gap(s.Chan.End(), s.Value.Pos()), e.node(s.Value))
}

// receive is the text of a receive, with its second result if that is wanted.
func (e *editor) receive(x *ast.UnaryExpr) string {
	name := "Recv"
	if ok := e.commaOK[x]; ok != nil {
		if !e.takesBool(ok) {
			e.leave(x.Pos(), "the second result is assigned to a boolean type of its own")
			return e.plain(x)
		}
		name = "Recv2"
	}
	return fmt.Sprintf("%s(%s%s, %s)", e.control(name), e.gap(x.Pos(), x.X.Pos()), e.node(x.X), e.at(x.OpPos, e.source(x.X)))
}

// A comm is what a case of a select waits for.
type comm struct {
	clause *ast.CommClause
	ch     ast.Expr
	value  ast.Expr   // to send, or nil
	lhs    []ast.Expr // what receives
	tok    token.Token
	arrow  token.Pos
}

func commOf(clause *ast.CommClause) comm {
	c := comm{clause: clause}
	var recv ast.Expr
	switch s := clause.Comm.(type) {
	case *ast.SendStmt:
		c.ch, c.value, c.arrow = s.Chan, s.Value, s.Arrow
		return c
	case *ast.ExprStmt:
		recv = s.X
	case *ast.AssignStmt:
		recv, c.lhs, c.tok = s.Rhs[0], s.Lhs, s.Tok
	}
	u := ast.Unparen(recv).(*ast.UnaryExpr)
	c.ch, c.arrow = u.X, u.OpPos
	return c
}

// selectStmt is the text of a select statement with its label, if it has one:
// a block in which channels and values are evaluated, and a switch. The switch has
// the label, so that break leaves it; but if goto names the label, it stays where
// it is, and those who break get another one.
func (e *editor) selectStmt(s *ast.SelectStmt, label *ast.LabeledStmt) string {
	at := e.at(s.Select, "select")
	open, inner := "", ""
	if label != nil {
		inner = e.text(label.Pos(), s.Pos())
		if e.gotos[e.info.Defs[label.Label]] {
			open, inner = inner, e.relabel(label)
		}
	}
	if len(s.Body.List) == 0 {
		text := e.control("Forever") + "(" + at + "); " + e.never(s.Pos())
		if label != nil {
			return open + inner + "{ " + text + e.gap(s.Select, s.End()) + " }"
		}
		return "{ " + text + e.gap(s.Select, s.End()) + " }"
	}
	var b strings.Builder
	hasDefault := false
	for _, clause := range s.Body.List {
		hasDefault = hasDefault || clause.(*ast.CommClause).Comm == nil
	}
	constant := map[bool]string{true: "true", false: "false"}[hasDefault]
	if !e.predeclared(s.Pos(), constant) {
		constant = map[bool]string{true: "0 == 0", false: "0 != 0"}[hasDefault]
	}
	fmt.Fprintf(&b, "%s{ lockstep_s := %s(%s, %s); ", open, e.control("Select"), at, constant)
	n := 0
	for _, clause := range s.Body.List {
		if clause := clause.(*ast.CommClause); clause.Comm != nil {
			b.WriteString(e.selectCase(commOf(clause), n))
			n++
		}
	}
	place := s.Pos()
	if label != nil && open == "" {
		place = label.Pos()
	}
	b.WriteString(e.place(place) + inner + "switch lockstep_s.Do() {")
	b.WriteString(e.clauses(s))
	if !hasDefault { // the last statement may be on the line of the brace
		b.WriteString("; default: " + e.never(s.Pos()) + " ")
	}
	return b.String() + "} }"
}

// selectCase is the text that tells a select of a case.
func (e *editor) selectCase(c comm, n int) string {
	ch, at := e.place(c.ch.Pos())+e.node(c.ch), e.at(c.arrow, e.source(c.ch))
	if c.value != nil {
		return fmt.Sprintf("%s(lockstep_s, %s, %s)(%s%s); ", e.control("SendCase"), ch, at, e.place(c.value.Pos()), e.node(c.value))
	}
	name := ""
	if c.receives() {
		name = fmt.Sprintf("lockstep_c%d := ", n)
	}
	return fmt.Sprintf("%s%s(lockstep_s, %s, %s); ", name, e.control("RecvCase"), ch, at)
}

// receives reports whether something is done with what is received.
func (c comm) receives() bool { return len(c.lhs) > 0 }

// clauses is the text between the braces of a select.
func (e *editor) clauses(s *ast.SelectStmt) string {
	var b strings.Builder
	at := s.Body.Lbrace + 1
	n := 0
	for _, stmt := range s.Body.List {
		clause := stmt.(*ast.CommClause)
		b.WriteString(e.text(at, clause.Pos()))
		if clause.Comm == nil {
			b.WriteString("default")
		} else {
			fmt.Fprintf(&b, "case %d", n)
		}
		b.WriteString(":")
		if clause.Comm != nil {
			b.WriteString(e.received(commOf(clause), n))
			n++
		}
		b.WriteString(e.gap(clause.Case, clause.Colon))
		b.WriteString(e.inside(clause, clause.Colon+1, clause.End()))
		at = clause.End()
	}
	b.WriteString(e.text(at, s.Body.Rbrace))
	return b.String()
}

// received is the text that assigns what a case has received.
func (e *editor) received(c comm, n int) string {
	if !c.receives() {
		return ""
	}
	var lhs []string
	for _, x := range c.lhs {
		lhs = append(lhs, e.node(x))
	}
	get := "Value"
	if len(lhs) == 2 {
		get = "Value2"
		if !e.takesBool(c.lhs[1]) {
			return fmt.Sprintf(" lockstep_v, lockstep_ok := lockstep_c%d.Value2(); %s, %s = lockstep_v, lockstep_ok == (0 == 0);", n, lhs[0], lhs[1])
		}
	}
	return fmt.Sprintf(" %s %s lockstep_c%d.%s();", strings.Join(lhs, ", "), c.tok, n, get)
}

// relabel gives those that break to a label another one, and returns that with
// a colon; it is empty if there are none.
func (e *editor) relabel(label *ast.LabeledStmt) string {
	obj, name := e.info.Defs[label.Label], "lockstep_"+label.Label.Name
	found := false
	ast.Inspect(label.Stmt, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label != nil && e.info.Uses[b.Label] == obj {
			e.breaks[b] = name
			found = true
		}
		return true
	})
	if !found {
		return ""
	}
	return name + ": "
}

// never is a statement that ends a function, for a place that is never reached.
func (e *editor) never(p token.Pos) string {
	if e.predeclared(p, "panic") {
		return `panic("unreachable")`
	}
	return "for {}"
}

// rangeStmt is the text of a range statement. In a list of statements, without
// a label, it can become a block.
func (e *editor) rangeStmt(s *ast.RangeStmt, listed bool) string {
	e.atLoop(s.Body, nil)
	t := e.info.TypeOf(s.X)
	if t == nil {
		return e.plain(s)
	}
	if ch, ok := coreType(t).(*types.Chan); ok {
		return e.rangeChannel(s, ch)
	}
	if _, ok := coreType(t).(*types.Map); ok {
		return e.rangeMap(s, !listed)
	}
	return e.plain(s)
}

// coreType is the type that the types of a type parameter have in common.
func coreType(t types.Type) types.Type {
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	iface := tp.Underlying().(*types.Interface)
	var core types.Type
	for i := range iface.NumEmbeddeds() {
		u, ok := iface.EmbeddedType(i).(*types.Union)
		if !ok {
			return nil
		}
		for j := range u.Len() {
			core = u.Term(j).Type().Underlying()
		}
	}
	return core
}

// rangeChannel is the text of a loop over a channel.
func (e *editor) rangeChannel(s *ast.RangeStmt, ch *types.Chan) string {
	head := "lockstep_c := (" + e.gap(s.For, s.X.Pos()) + e.node(s.X) + ")"
	assign := ""
	switch name, defined := s.Key.(*ast.Ident); {
	case s.Key == nil || defined && name.Name == "_":
		assign = " _, lockstep_ok := %s; if !lockstep_ok { break };"
	case s.Tok == token.DEFINE && (e.atLeast("go1.22") || !e.captured(name)):
		assign = " " + name.Name + ", lockstep_ok := %s; if !lockstep_ok { break };"
	case s.Tok == token.DEFINE:
		t, ok := e.typeText(ch.Elem(), s.Pos())
		if !ok || !e.predeclared(s.Pos(), "new") {
			e.leave(s.Pos(), "the type of the channel's elements cannot be written here")
			return e.plain(s)
		}
		head = "lockstep_c, " + name.Name + " := (" + e.gap(s.For, s.X.Pos()) + e.node(s.X) + "), *new(" + t + ")"
		assign = " lockstep_v, lockstep_ok := %s; if !lockstep_ok { break }; " + name.Name + " = lockstep_v;"
	default:
		assign = " lockstep_v, lockstep_ok := %s; if !lockstep_ok { break }; " + e.node(s.Key) + " = lockstep_v;"
	}
	receive := fmt.Sprintf("%s(lockstep_c, %s)", e.control("Recv2"), e.at(s.For, e.source(s.X)))
	e.prefix[s.Body] = e.onLine(s, fmt.Sprintf(assign, receive))
	e.nest(s)
	return "for " + head + ";; " + e.gap(s.X.End(), s.Body.Pos()) + e.node(s.Body)
}

// captured reports whether a variable outlives a turn of its loop, perhaps: a
// function literal names it, or its address is taken.
func (e *editor) captured(name *ast.Ident) bool {
	v := e.info.Defs[name]
	found := false
	for id, obj := range e.info.Uses {
		if obj != v {
			continue
		}
		for _, n := range e.path(id.Pos(), id.End()) {
			switch n := n.(type) {
			case *ast.FuncLit:
				found = found || n.Pos() > v.Pos()
			case *ast.UnaryExpr:
				found = found || n.Op == token.AND
			case *ast.SelectorExpr:
				sel := e.info.Selections[n] // a method may take the address
				found = found || sel != nil && sel.Kind() != types.FieldVal
			case *ast.SliceExpr:
				found = true
			}
		}
	}
	return found
}

package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// rangeMap is the text of a loop over a map, in the order of its keys if they
// have one and the loop's turns have variables of their own. A labelled loop cannot
// become a block, so the map has to be one that can be named again and again.
func (e *editor) rangeMap(s *ast.RangeStmt, labelled bool) string {
	if !e.isOrdered(s, labelled) {
		return e.plain(s)
	}
	m, before, after := "lockstep_m", "{ lockstep_m := ("+e.gap(s.For, s.X.Pos())+e.node(s.X)+"); ", " }"
	if labelled {
		m, before, after = e.source(s.X), "", ""
	}
	key := "lockstep_k"
	if id, ok := s.Key.(*ast.Ident); ok && s.Tok == token.DEFINE && id.Name != "_" {
		key = id.Name
	}
	get := fmt.Sprintf(" if _, lockstep_ok := %s[%s]; !lockstep_ok { continue };", m, key)
	if isNamed(s.Value) {
		value := "lockstep_v"
		if s.Tok == token.DEFINE {
			value = e.source(s.Value)
		}
		get = fmt.Sprintf(" %s, lockstep_ok := %s[%s]; if !lockstep_ok { continue };", value, m, key)
	}
	if s.Tok == token.ASSIGN {
		if isNamed(s.Key) {
			get += " " + e.node(s.Key) + " = lockstep_k;"
		}
		if isNamed(s.Value) {
			get += " " + e.node(s.Value) + " = lockstep_v;"
		}
	}
	e.prefix[s.Body] = e.onLine(s, get)
	e.nest(s)
	if !labelled && e.line(s.For) != e.line(s.Body.Lbrace) {
		before += e.place(s.For)
	}
	return fmt.Sprintf("%sfor _, %s := range %s(%s) %s%s", before, key, e.control("Keys"), m, e.node(s.Body), after)
}

// nest gives the body of a loop a scope of its own if it declares a name anew that
// the loop declares, as in v := v.
func (e *editor) nest(s *ast.RangeStmt) {
	scope := e.info.Scopes[s.Body]
	for _, x := range []ast.Expr{s.Key, s.Value} {
		id, ok := x.(*ast.Ident)
		if ok && s.Tok == token.DEFINE && scope != nil && scope.Lookup(id.Name) != nil {
			e.prefix[s.Body] += " {"
			e.suffix[s.Body] = "} "
			return
		}
	}
}

// onLine is text to put behind a loop's brace that counts as on the line
// where the loop begins.
func (e *editor) onLine(s *ast.RangeStmt, text string) string {
	if e.line(s.For) == e.line(s.Body.Lbrace) {
		return text
	}
	return e.place(s.For) + text + e.place(s.Body.Lbrace+1)
}

// isNamed reports whether a range statement assigns to x.
func isNamed(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return x != nil && !(ok && id.Name == "_")
}

// unordered is what to put before a loop over a map that goes on in any order.
func (e *editor) unordered(s ast.Stmt) string {
	labelled := false
	if l, ok := s.(*ast.LabeledStmt); ok {
		s, labelled = l.Stmt, true
	}
	r, ok := s.(*ast.RangeStmt)
	if !ok || !isNamed(r.Key) && !isNamed(r.Value) || e.isOrdered(r, labelled) {
		return ""
	}
	t := e.info.TypeOf(r.X)
	if t == nil {
		return ""
	}
	if _, ok := coreType(t).(*types.Map); !ok {
		return ""
	}
	return e.control("Unordered") + "(" + e.at(r.For, e.source(r.X)) + "); "
}

// isOrdered reports whether a loop is one over a map whose keys have an order.
func (e *editor) isOrdered(s *ast.RangeStmt, labelled bool) bool {
	if !isNamed(s.Key) && !isNamed(s.Value) || !e.atLeast("go1.22") {
		return false
	}
	m, ok := e.info.TypeOf(s.X).Underlying().(*types.Map)
	if !ok {
		return false
	}
	key, ok := m.Key().Underlying().(*types.Basic)
	if !ok || key.Info()&(types.IsInteger|types.IsString) == 0 {
		return false // a NaN is not found again
	}
	return !labelled || e.isFixed(s)
}

// isFixed reports whether a loop is over a local variable that is not assigned
// to in it.
func (e *editor) isFixed(s *ast.RangeStmt) bool {
	id, ok := s.X.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := e.info.Uses[id].(*types.Var)
	if !ok || !e.shared.isLocal(v) {
		return false
	}
	for _, w := range e.shared.writes[v] {
		if s.Pos() <= w && w < s.End() {
			return false
		}
	}
	// Where the loop's own variables hide it, it cannot be named.
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if name, ok := x.(*ast.Ident); ok && name.Name == id.Name {
			return false
		}
	}
	return len(e.shared.captures[v]) == 0
}

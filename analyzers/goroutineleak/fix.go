package goroutineleak

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file suggests fixes, where one changes nothing but what was wrong: room for the only
// value that is sent, and Done or close as a deferred call where it is the last thing that is done.

func (c *checker) fix(x *goroutine.Exploration, l goroutine.Leak) (diagnostic.Fix, bool) {
	switch {
	case l.Wait.Kind == goroutine.SendWait:
		if fix, ok := c.room(l); ok {
			return fix, true
		}
		return c.selectDone(l)
	case len(l.Gone) != 1 || l.Gone[0].How == goroutine.Stuck || l.Gone[0].How < goroutine.Chose || l.Gone[0].Counterpart < 0:
		return diagnostic.Fix{}, false
	case l.Wait.Kind == goroutine.GroupWait:
		return c.deferDone(x, l.Gone[0])
	case l.Range && l.Made != nil:
		return c.deferClose(x, l)
	}
	return diagnostic.Fix{}, false
}

// room gives a channel room for the only value that is sent on it.
func (c *checker) room(l goroutine.Leak) (diagnostic.Fix, bool) {
	mc := l.Made
	if mc == nil || l.Many {
		return diagnostic.Fix{}, false
	}
	for _, n := range syntax.Enclosing(c.files, mc.Pos()) {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Lparen != mc.Pos() || len(call.Args) != 1 {
			continue
		}
		return diagnostic.Fix{
			Message: message.New("fix-room", "on", c.on(l.Wait)),
			Edits:   []analysis.TextEdit{{Pos: call.Args[0].End(), End: call.Args[0].End(), NewText: []byte(", 1")}},
		}, true
	}
	return diagnostic.Fix{}, false
}

// selectDone lets a send in a goroutine wait for the context too that its receiver waits for, and
// return then.
func (c *checker) selectDone(l goroutine.Leak) (diagnostic.Fix, bool) {
	lit, ok := l.Wait.Thread().Entry.Fn.Syntax().(*ast.FuncLit)
	if !ok || l.Wait.Instr.Parent() != l.Wait.Thread().Entry.Fn || lit.Type.Results != nil || len(l.Gone) != 1 {
		return diagnostic.Fix{}, false
	}
	done, ok := c.context(l.Gone[0].Because, l.Wait.Instr.Pos())
	list, i := syntax.Statement(c.files, l.Wait.Instr.Pos())
	if !ok || list == nil {
		return diagnostic.Fix{}, false
	}
	send, ok := list[i].(*ast.SendStmt)
	if !ok || syntax.CommentsBetween(c.files, send.Pos(), send.End()) {
		return diagnostic.Fix{}, false
	}
	return diagnostic.Fix{
		Message: message.New("fix-select", "done", done),
		Edits: []analysis.TextEdit{
			{Pos: send.Pos(), End: send.Pos(), NewText: []byte("select {\ncase ")},
			{Pos: send.End(), End: send.End(), NewText: []byte(":\ncase <-" + done + ":\nreturn\n}")},
		},
	}, true
}

// context returns the text of ctx.Done() if a select has a case for that beside the one that
// receives, and no other, and ctx is the same variable at pos.
func (c *checker) context(sel ssa.Instruction, pos token.Pos) (done string, ok bool) {
	s, isSelect := sel.(*ssa.Select)
	if !isSelect || len(s.States) != 2 || !s.Blocking {
		return "", false
	}
	for _, n := range syntax.Enclosing(c.files, s.Pos()) {
		stmt, isStmt := n.(*ast.SelectStmt)
		if !isStmt || stmt.Select != s.Pos() {
			continue
		}
		for _, clause := range stmt.Body.List {
			recv, isExpr := clause.(*ast.CommClause).Comm.(*ast.ExprStmt)
			if !isExpr {
				continue
			}
			arrow, isUnary := ast.Unparen(recv.X).(*ast.UnaryExpr)
			if !isUnary {
				continue
			}
			if ctx := c.doneOf(arrow.X); ctx != nil && c.visible(ctx, pos) {
				return types.ExprString(arrow.X), true
			}
		}
	}
	return "", false
}

// doneOf returns the variable of type context.Context of which e calls Done.
func (c *checker) doneOf(e ast.Expr) *ast.Ident {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Done" {
		return nil
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return nil
	}
	n, ok := types.Unalias(c.info.TypeOf(id)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "context" || n.Obj().Name() != "Context" {
		return nil
	}
	return id
}

// visible reports whether the name of id means the same variable at pos.
func (c *checker) visible(id *ast.Ident, pos token.Pos) bool {
	obj := c.info.Uses[id]
	scope := c.pkg.SSA.Pkg.Pkg.Scope().Innermost(pos)
	if scope == nil || obj == nil {
		return false
	}
	_, there := scope.LookupParent(id.Name, pos)
	return there == obj
}

// deferDone defers the only call of Done of a function literal that ends with it.
func (c *checker) deferDone(x *goroutine.Exploration, g goroutine.Gone) (diagnostic.Fix, bool) {
	lit, ok := g.Thread.Entry.Fn.Syntax().(*ast.FuncLit)
	done := x.Instr(g.Counterpart)
	if !ok || done == nil || done.Parent() != g.Thread.Entry.Fn || calls(lit.Body, "Done") != 1 {
		return diagnostic.Fix{}, false
	}
	text, remove, ok := c.last(lit.Body, done)
	if !ok || len(lit.Body.List) < 2 {
		return diagnostic.Fix{}, false
	}
	at := lit.Body.List[0].Pos()
	return diagnostic.Fix{
		Message: message.New("fix-defer", "call", text),
		Edits:   []analysis.TextEdit{{Pos: at, End: at, NewText: []byte("defer " + text + "\n")}, remove},
	}, true
}

// deferClose defers the only close of a channel, behind the statement that makes it, if it is the
// last thing that the function does.
func (c *checker) deferClose(x *goroutine.Exploration, l goroutine.Leak) (diagnostic.Fix, bool) {
	done := x.Instr(l.Gone[0].Counterpart)
	if done == nil || done.Parent() != l.Made.Parent() {
		return diagnostic.Fix{}, false
	}
	body := syntax.Body(done.Parent().Syntax())
	if body == nil || calls(body, "close") != 1 {
		return diagnostic.Fix{}, false
	}
	text, remove, ok := c.last(body, done)
	list, i := syntax.Statement(c.files, l.Made.Pos())
	if !ok || list == nil || len(body.List) == 0 || list[0] != body.List[0] || list[i].End() >= remove.Pos {
		return diagnostic.Fix{}, false
	}
	at := list[i].End()
	return diagnostic.Fix{
		Message: message.New("fix-defer", "call", text),
		Edits:   []analysis.TextEdit{{Pos: at, End: at, NewText: []byte("\ndefer " + text)}, remove},
	}, true
}

// last returns the text of a call that is the last statement of a body, or comes right before a
// return without calls, and the edit that removes it.
func (c *checker) last(body *ast.BlockStmt, instr ssa.Instruction) (text string, remove analysis.TextEdit, ok bool) {
	list, i := syntax.Statement(c.files, instr.Pos())
	if _, plain := instr.(*ssa.Call); !plain || list == nil || len(body.List) == 0 || list[0] != body.List[0] || i == 0 {
		return "", remove, false
	}
	stmt, isExpr := list[i].(*ast.ExprStmt)
	if !isExpr {
		return "", remove, false
	}
	end := body.Rbrace
	if i+1 < len(list) {
		ret, isReturn := list[i+1].(*ast.ReturnStmt)
		if !isReturn || computes(ret) {
			return "", remove, false
		}
		end = ret.Pos()
	}
	if syntax.CommentsBetween(c.files, list[i-1].End(), end) {
		return "", remove, false
	}
	return types.ExprString(stmt.X), analysis.TextEdit{Pos: list[i-1].End(), End: stmt.End()}, true
}

// calls counts the calls of a function or method by its name.
func calls(body *ast.BlockStmt, name string) int {
	n := 0
	ast.Inspect(body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch fn := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			if fn.Name == name {
				n++
			}
		case *ast.SelectorExpr:
			if fn.Sel.Name == name {
				n++
			}
		}
		return true
	})
	return n
}

// computes reports whether a statement calls or receives.
func computes(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

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
		return c.room(l)
	case len(l.Gone) != 1 || l.Gone[0].How < goroutine.Chose || l.Gone[0].Counterpart < 0:
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
	body := bodyOf(done.Parent())
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

func bodyOf(fn *ssa.Function) *ast.BlockStmt {
	switch decl := fn.Syntax().(type) {
	case *ast.FuncDecl:
		return decl.Body
	case *ast.FuncLit:
		return decl.Body
	}
	return nil
}

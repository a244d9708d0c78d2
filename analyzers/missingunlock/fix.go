package missingunlock

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// deferFix returns the fix that defers the unlock behind the lock and deletes
// the explicit unlocks. It exists only where that changes nothing but the
// paths that were wrong: the lock is a statement outside of loops, and each
// unlock is a statement right before a return that computes nothing, or the
// function's last one; nothing else is deferred behind the lock, since it
// would run before the unlock.
func (c *checker) deferFix(h *suspect) (fix diagnostic.Fix, ok bool) {
	sel := c.lockCall(h.site)
	body := syntax.Body(h.fn.Syntax())
	if sel == nil || body == nil || lockset.InnermostLoop(h.site.Block()) != nil || !c.onlySite(h) {
		return fix, false
	}
	list, i := syntax.Statement(c.pass.Files, h.site.Pos())
	if list == nil || !c.isCall(list[i], sel) || defersBehind(body, list[i].End()) {
		return fix, false
	}
	unlock := "Unlock"
	if h.lock.Mode == lockset.Read {
		unlock = "RUnlock"
	}
	var text bytes.Buffer
	text.WriteString("\n" + "defer " + types.ExprString(sel.X) + "." + unlock + "()")
	edits := []analysis.TextEdit{{Pos: list[i].End(), End: list[i].End(), NewText: text.Bytes()}}
	seen := make(map[token.Pos]bool)
	for _, r := range h.releases {
		if seen[r.Instr.Pos()] {
			continue
		}
		seen[r.Instr.Pos()] = true
		edit, ok := c.deleteUnlock(r, body, unlock)
		if !ok {
			return fix, false
		}
		edits = append(edits, edit)
	}
	return diagnostic.Fix{Message: message.New("fix-defer", "lock", types.ExprString(sel.X)), Edits: edits}, true
}

// onlySite reports whether the function acquires the lock nowhere else and
// its releases are all of this acquisition.
func (c *checker) onlySite(h *suspect) bool {
	for _, r := range h.flow.Releases {
		if slotOf(r.Lock) == slotOf(h.lock) && (len(r.Sites) != 1 || r.Sites[0] != h.site) {
			return false
		}
	}
	for _, x := range h.flow.Exits {
		for _, held := range x.Held {
			if slotOf(held.Lock) == slotOf(h.lock) && (len(held.Sites) != 1 || held.Sites[0] != h.site) {
				return false
			}
		}
	}
	return len(h.flow.Unmatched) == 0 && len(h.flow.Relocks) == 0
}

// deleteUnlock returns the edit that deletes the statement of the release r.
func (c *checker) deleteUnlock(r lockset.Release, body *ast.BlockStmt, unlock string) (edit analysis.TextEdit, ok bool) {
	if _, ok := r.Instr.(*ssa.Call); !ok {
		return edit, false
	}
	list, i := syntax.Statement(c.pass.Files, r.Instr.Pos())
	if list == nil {
		return edit, false
	}
	call, isExpr := list[i].(*ast.ExprStmt)
	if !isExpr {
		return edit, false
	}
	x, isCall := call.X.(*ast.CallExpr)
	if !isCall {
		return edit, false
	}
	if sel, isSel := ast.Unparen(x.Fun).(*ast.SelectorExpr); !isSel || sel.Sel.Name != unlock || c.computes(sel.X) {
		return edit, false
	}
	if i+1 < len(list) {
		ret, isReturn := list[i+1].(*ast.ReturnStmt)
		if !isReturn || c.computes(ret) || syntax.CommentsBetween(c.pass.Files, list[i].Pos(), ret.Pos()) {
			return edit, false
		}
		return analysis.TextEdit{Pos: list[i].Pos(), End: ret.Pos()}, true
	}
	// The last statement of the function's body.
	if len(body.List) == 0 || list[i] != body.List[len(body.List)-1] || i == 0 || syntax.CommentsBetween(c.pass.Files, list[i-1].End(), body.Rbrace) {
		return edit, false
	}
	return analysis.TextEdit{Pos: list[i-1].End(), End: list[i].End()}, true
}

// isCall reports whether s is the statement that calls sel, whose operand can
// be evaluated again.
func (c *checker) isCall(s ast.Stmt, sel *ast.SelectorExpr) bool {
	e, ok := s.(*ast.ExprStmt)
	if !ok || c.computes(sel.X) {
		return false
	}
	call, ok := e.X.(*ast.CallExpr)
	return ok && ast.Unparen(call.Fun) == sel
}

// computes reports whether evaluating n does more than look at values: whether
// it calls, receives or makes a function.
func (c *checker) computes(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fun := c.pass.TypesInfo.Types[n.Fun]
			id, _ := ast.Unparen(n.Fun).(*ast.Ident)
			found = found || !fun.IsType() && !(fun.IsBuiltin() && id != nil && (id.Name == "len" || id.Name == "cap"))
		case *ast.FuncLit:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// defersBehind reports whether body has a defer statement behind pos, or a
// label or goto that may lead back before it.
func defersBehind(body *ast.BlockStmt, pos token.Pos) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = found || n.Pos() > pos
		case *ast.LabeledStmt:
			found = true
		}
		return !found
	})
	return found
}

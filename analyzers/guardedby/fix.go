package guardedby

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// commentFix returns the fix that writes the guard of a variable behind its
// declaration, from where the check lockcontract reads it. It exists if the
// declaration is of this variable alone, ends its line and has no comment there,
// and the lock can be named next to it: it is a field of the same struct, or at
// package level as the variable is.
func (c *checker) commentFix(g inferred) (fix diagnostic.Fix, ok bool) {
	var list *ast.FieldList
	for _, n := range syntax.Enclosing(c.pass.Files, g.v.Pos()) {
		switch n := n.(type) {
		case *ast.Field:
			if len(n.Names) != 1 || n.Comment != nil {
				return fix, false
			}
			ok, fix = true, c.comment(n.End(), g)
		case *ast.FieldList:
			if ok && list == nil {
				list = n
			}
		case *ast.ValueSpec:
			if len(n.Names) != 1 || n.Comment != nil || g.lock.Var.IsField() || c.line(n.Pos()) != c.line(n.End()) {
				return fix, false
			}
			return c.comment(n.End(), g), true
		}
	}
	return fix, ok && list != nil && c.besideLock(list, g) && c.endsLine(list, fix.Edits[0].Pos)
}

func (c *checker) comment(end token.Pos, g inferred) diagnostic.Fix {
	return diagnostic.Fix{
		Message: message.New("fix-comment", "lock", g.lock.Text),
		Edits:   []analysis.TextEdit{{Pos: end, End: end, NewText: []byte(" // guarded by " + g.lock.Text)}},
	}
}

// besideLock reports whether the lock is one of the fields.
func (c *checker) besideLock(list *ast.FieldList, g inferred) bool {
	return g.lock.Var.IsField() && list.Pos() <= g.lock.Var.Pos() && g.lock.Var.Pos() < list.End()
}

// endsLine reports whether nothing of the list follows end on its line.
func (c *checker) endsLine(list *ast.FieldList, end token.Pos) bool {
	for _, f := range list.List {
		if f.Pos() >= end && c.line(f.Pos()) == c.line(end) {
			return false
		}
	}
	return c.line(list.Closing) > c.line(end)
}

func (c *checker) line(pos token.Pos) int { return c.pass.Fset.Position(pos).Line }

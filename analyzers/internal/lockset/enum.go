package lockset

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

// exhausted reports whether b is the last test of a switch statement that has a case
// for every constant of its tag's type, and no default: then its author does not
// think that control goes on behind it without a case.
func (e *engine) exhausted(b *ssa.BasicBlock) bool {
	known, ok := e.exhausts[b]
	if !ok {
		known = e.hasEveryCase(b)
		e.exhausts[b] = known
	}
	return known
}

func (e *engine) hasEveryCase(b *ssa.BasicBlock) bool {
	tag, k, pos := caseOf(b)
	if tag == nil {
		return false
	}
	named, ok := types.Unalias(tag.Type()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	cases := map[string]bool{k.ExactString(): true}
	for at := b; len(at.Preds) == 1; at = at.Preds[0] {
		other, k, _ := caseOf(at.Preds[0])
		if other != tag || at.Preds[0].Succs[1] != at {
			break
		}
		cases[k.ExactString()] = true
	}
	consts := 0
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if !ok || !types.Identical(c.Type(), named) {
			continue
		}
		if consts++; !cases[c.Val().ExactString()] {
			return false
		}
	}
	return consts > 1 && e.inSwitchWithoutDefault(pos)
}

// caseOf returns what the branch at the end of b compares with which constant, and
// where; nil if it does something else.
func caseOf(b *ssa.BasicBlock) (tag ssa.Value, k constant.Value, pos token.Pos) {
	br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return nil, nil, token.NoPos
	}
	cmp, ok := br.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL {
		return nil, nil, token.NoPos
	}
	c, ok := cmp.Y.(*ssa.Const)
	if !ok || c.Value == nil {
		return nil, nil, token.NoPos
	}
	return cmp.X, c.Value, cmp.Pos()
}

func (e *engine) inSwitchWithoutDefault(pos token.Pos) bool {
	for _, n := range syntax.Enclosing(e.files, pos) {
		sw, ok := n.(*ast.SwitchStmt)
		if !ok {
			continue
		}
		for _, stmt := range sw.Body.List {
			if stmt.(*ast.CaseClause).List == nil {
				return false
			}
		}
		return true
	}
	return false
}

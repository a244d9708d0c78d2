package missingunlock

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

func (c *checker) reportReturns(h *suspect) {
	c.report(h, "returns", positions(h.returns, h.fn), "returns-here", config.Default)
}

func (c *checker) reportPanics(h *suspect, tier config.Tier) {
	c.report(h, "panics", positions(h.panics, h.fn), "panics-here", tier)
}

func (c *checker) reportIteration(h *suspect, it lockset.Iteration) {
	c.report(h, "iterates", []token.Pos{c.endOfIteration(h, it)}, "iterates-here", config.Default)
}

func (c *checker) reportRelock(h *suspect, r lockset.Relock) {
	if d := h.deferredIn(lockset.InnermostLoop(r.Instr.Block())); d != nil {
		dg := c.diagnostic(h, "deferred-in-loop", r.Instr.Pos())
		dg.Related = append(dg.Related, diagnostic.Related{Role: diagnostic.RoleUnlock, Pos: d.Pos(), Message: message.New("deferred-here", "lock", c.lockText(h), "func", wording.Func(h.fn))})
		c.found = append(c.found, verdict{h, dg})
		return
	}
	c.report(h, "relocks", []token.Pos{r.Instr.Pos()}, "", config.Default)
}

func (c *checker) reportNever(h *suspect) {
	d := c.diagnostic(h, "never", h.site.Pos())
	if inLocalVariable(h.lock.Path) {
		d.Tier = config.Strict // the lock is rarely needed when its variable is gone
	}
	for _, pos := range positions(h.returns, h.fn) {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleExit, Pos: pos, Message: message.New("returns-here", "lock", c.lockText(h))})
	}
	c.found = append(c.found, verdict{h, d})
}

// inLocalVariable reports whether p is in a local variable itself, rather than
// in an object that a variable points to.
func inLocalVariable(p access.Path) bool {
	alloc, ok := p.Root().Value.(*ssa.Alloc)
	if !ok || alloc.Comment == "new" || alloc.Comment == "complit" {
		return false
	}
	return !slices.ContainsFunc(p.Selectors(), func(s access.Selector) bool { return s.Kind == access.Deref })
}

// report reports the acquisition h at the first of the places where its lock
// is still held; the others are related.
func (c *checker) report(h *suspect, key message.Key, places []token.Pos, here message.Key, tier config.Tier) {
	d := c.diagnostic(h, key, places[0])
	d.Tier = tier
	lock := c.lockText(h)
	locked := message.New("locked-here", "lock", lock)
	if callee := c.locks.Through(h.site); callee != nil {
		locked = message.New("locked-by-call", "lock", lock, "callee", callee.Name())
	}
	d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: h.site.Pos(), Message: locked})
	for _, pos := range places[1:] {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleExit, Pos: pos, Message: message.New(here, "lock", lock)})
		d.Operations = append(d.Operations, pos)
	}
	for _, pos := range releasePositions(h) {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleUnlock, Pos: pos, Message: message.New("unlocked-here", "lock", lock)})
	}
	if fix, ok := c.deferFix(h); ok {
		d.Fixes = []diagnostic.Fix{fix}
	}
	c.found = append(c.found, verdict{h, d})
}

func (c *checker) diagnostic(h *suspect, key message.Key, pos token.Pos) diagnostic.Diagnostic {
	line := c.pass.Fset.Position(h.site.Pos()).Line
	return diagnostic.Diagnostic{
		Category: string(key),
		Pos:      pos,
		Message:  message.New(key, "func", wording.Func(h.fn), "lock", c.lockText(h), "line", strconv.Itoa(line)),
		Subject:  diagnostic.Subject{Kind: diagnostic.Lock, Name: c.lockText(h), Decl: h.lock.Path.Place().Decl()},
		Function: h.fn.RelString(h.fn.Pkg.Pkg),
		Operations: []token.Pos{
			h.site.Pos(),
		},
	}
}

// lockText names the lock as it is written where it is locked.
func (c *checker) lockText(h *suspect) string { return c.names.Lock(h.site, h.lock.Path) }

// lockCall returns the function of a call of Lock or the like, such as s.mu.Lock;
// nil if the lock is acquired some other way.
func (c *checker) lockCall(site ssa.Instruction) *ast.SelectorExpr {
	if c.locks.Through(site) != nil {
		return nil
	}
	return syntax.Selector(c.pass.Files, site.Pos())
}

// positions returns the places of exits in source order, each once.
func positions(exits []lockset.Exit, fn *ssa.Function) []token.Pos {
	var ps []token.Pos
	for _, x := range exits {
		pos := x.Instr.Pos()
		if !pos.IsValid() {
			pos = closingBrace(fn)
		}
		ps = append(ps, pos)
	}
	slices.Sort(ps)
	return slices.Compact(ps)
}

// closingBrace is where a function without results returns at its end.
func closingBrace(fn *ssa.Function) token.Pos {
	switch syntax := fn.Syntax().(type) {
	case *ast.FuncDecl:
		if syntax.Body != nil {
			return syntax.Body.Rbrace
		}
	case *ast.FuncLit:
		return syntax.Body.Rbrace
	}
	return fn.Pos()
}

func releasePositions(h *suspect) []token.Pos {
	var ps []token.Pos
	for _, r := range h.releases {
		ps = append(ps, r.Instr.Pos())
	}
	slices.Sort(ps)
	return slices.Compact(ps)
}

// endOfIteration returns the position of the continue statement that ends the
// iteration, or of the last thing that it does.
func (c *checker) endOfIteration(h *suspect, it lockset.Iteration) token.Pos {
	last := h.site.Pos()
	for b := it.From; b != nil; b = b.Idom() {
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			if pos := b.Instrs[i].Pos(); pos.IsValid() {
				return c.continueBehind(pos)
			}
		}
		if b == h.site.Block() {
			break
		}
	}
	return last
}

// continueBehind returns the continue statement that is next in the block
// around pos, or in the branch of the if statement whose condition is there.
func (c *checker) continueBehind(pos token.Pos) token.Pos {
	found := pos
	for _, n := range c.names.Enclosing(pos) {
		var stmts []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			stmts = n.List
		case *ast.CaseClause:
			stmts = n.Body
		case *ast.CommClause:
			stmts = n.Body
		case *ast.IfStmt:
			stmts = n.Body.List
		default:
			continue
		}
		for _, s := range stmts {
			if br, ok := s.(*ast.BranchStmt); ok && br.Tok == token.CONTINUE && br.Pos() > pos {
				return br.Pos()
			}
		}
		break
	}
	return found
}

package wrongunlock

import (
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// reportDouble reports two releases with no acquisition between them: at the
// second, or if that is deferred at the first, where the reader can act.
func (c *checker) reportDouble(f function, m lockset.Misrelease) {
	first, second := m.Before, m.Instr
	lock := c.lockText(second, m.Lock)
	key, at, other := message.Key("double"), second, first
	if m.Exit != nil {
		key = "double-deferred"
		if _, deferred := first.(*ssa.Defer); !deferred {
			key, at, other = "double-at-return", first, second
		}
	}
	slip := key == "double-at-return" && m.Sites == nil && first.Block().Dominates(second.Block())
	switch {
	case slip:
		key = "unlock-for-lock"
	case first == second:
		key = "double-in-loop"
	}
	d := c.diagnostic(f, m.Lock, at, message.New(key, "func", wording.Func(f.fn), "lock", lock, "line", c.line(other.Pos())))
	d.Category = "double"
	d.Operations = []token.Pos{other.Pos()}
	if _, panics := m.Exit.(*ssa.Panic); panics {
		d.Tier = config.Strict // the program is ending anyway
	}
	d.Related = c.locked(m.Sites, lock)
	if slip {
		d.Fixes = c.rename(first, "Lock", lock)
	}
	if at == first {
		if first != second {
			d.Related = append(d.Related, c.unlocked(second, "deferred-here", lock))
		}
	} else {
		d.Related = append(d.Related, c.unlocked(first, "unlocked-here", lock))
	}
	if m.Exit != nil && m.Exit.Pos().IsValid() {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleExit, Pos: m.Exit.Pos(), Message: message.New("leaves-here", "func", wording.Func(f.fn))})
	}
	c.reporter.Report(d)
}

// reportMode reports a lock that is released in the other mode than it was
// acquired in.
func (c *checker) reportMode(f function, m lockset.Misrelease) {
	lock := c.lockText(m.Instr, m.Lock)
	key, name := message.Key("unlock-of-rlock"), "RUnlock"
	if m.Mode == lockset.Read {
		key, name = "runlock-of-lock", "Unlock"
	}
	d := c.diagnostic(f, m.Lock, m.Instr, message.New(key, "func", wording.Func(f.fn), "lock", lock, "line", c.line(m.Sites[0].Pos())))
	d.Category = "mode"
	d.Operations = []token.Pos{m.Sites[0].Pos()}
	d.Related = c.locked(m.Sites, lock)
	right := slices.ContainsFunc(f.flow.Releases, func(r lockset.Release) bool { return r.Instr == m.Instr })
	if !right {
		d.Fixes = c.rename(m.Instr, name, lock)
	}
	c.reporter.Report(d)
}

// reportSlip reports Lock where Unlock was meant.
func (c *checker) reportSlip(f function, l lockset.Lock, instr ssa.Instruction, sites []ssa.Instruction) {
	lock := c.lockText(instr, l)
	key, name := message.Key("lock-for-unlock"), "Unlock"
	if _, deferred := instr.(*ssa.Defer); deferred {
		key = "defer-lock"
	}
	if l.Mode == lockset.Read {
		key, name = "defer-rlock", "RUnlock"
	}
	d := c.diagnostic(f, l, instr, message.New(key, "func", wording.Func(f.fn), "lock", lock, "line", c.line(sites[0].Pos())))
	d.Category = "slip"
	d.Operations = []token.Pos{sites[0].Pos()}
	d.Related = c.locked(sites, lock)
	d.Fixes = c.rename(instr, name, lock)
	c.reporter.Report(d)
}

// reportNeverLocked reports the release of a lock that nothing acquires, or
// only in the other mode.
func (c *checker) reportNeverLocked(f function, r lockset.Release, inOtherMode bool) {
	lock := c.lockText(r.Instr, r.Lock)
	key := message.Key("never-locked")
	switch {
	case inOtherMode && r.Mode == lockset.Write:
		key = "only-rlocked"
	case inOtherMode:
		key = "never-rlocked"
	}
	d := c.diagnostic(f, r.Lock, r.Instr, message.New(key, "func", wording.Func(f.fn), "lock", lock))
	d.Category = "never-locked"
	c.reporter.Report(d)
}

func (c *checker) diagnostic(f function, l lockset.Lock, at ssa.Instruction, text message.Message) diagnostic.Diagnostic {
	return diagnostic.Diagnostic{
		Pos:      at.Pos(),
		Message:  text,
		Subject:  diagnostic.Subject{Kind: diagnostic.Lock, Name: c.lockText(at, l), Decl: l.Path.Place().Decl()},
		Function: f.fn.RelString(f.fn.Pkg.Pkg),
	}
}

func (c *checker) locked(sites []ssa.Instruction, lock string) []diagnostic.Related {
	var rel []diagnostic.Related
	for _, site := range sites {
		text := message.New("locked-here", "lock", lock)
		if callee := c.locks.Through(site); callee != nil {
			text = message.New("locked-by-call", "lock", lock, "callee", callee.Name())
		}
		rel = append(rel, diagnostic.Related{Role: diagnostic.RoleLock, Pos: site.Pos(), Message: text})
	}
	return rel
}

func (c *checker) unlocked(at ssa.Instruction, key message.Key, lock string) diagnostic.Related {
	text := message.New(key, "lock", lock)
	if callee := c.locks.Through(at); callee != nil {
		text = message.New(key+"-by-call", "lock", lock, "callee", callee.Name())
	}
	return diagnostic.Related{Role: diagnostic.RoleUnlock, Pos: at.Pos(), Message: text}
}

// rename returns the fix that calls the method of the given name instead.
func (c *checker) rename(at ssa.Instruction, name, lock string) []diagnostic.Fix {
	sel := syntax.Selector(c.pass.Files, at.Pos())
	if sel == nil || c.locks.Through(at) != nil {
		return nil
	}
	return []diagnostic.Fix{{
		Message: message.New("fix-rename", "lock", lock, "method", name),
		Edits:   []analysis.TextEdit{{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(name)}},
	}}
}

func (c *checker) line(pos token.Pos) string { return strconv.Itoa(c.pass.Fset.Position(pos).Line) }

// lockText names the lock as it is written where its method is called.
func (c *checker) lockText(at ssa.Instruction, l lockset.Lock) string {
	if sel := syntax.Selector(c.pass.Files, at.Pos()); sel != nil && c.locks.Through(at) == nil {
		return types.ExprString(sel.X)
	}
	return c.locks.Paths.Text(l.Path)
}

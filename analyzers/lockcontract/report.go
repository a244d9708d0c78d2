package lockcontract

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// reportAccess reports an access of a variable without the lock, and other, if it
// is not nil, as what may come at the same time.
func (c *checker) reportAccess(v guard.Violation, g contract.Guard, heldAt ssa.Instruction, other *guard.Access, tier config.Tier) {
	key := map[guard.Use]message.Key{guard.Reads: "read-unlocked", guard.Calls: "used-unlocked", guard.Writes: "write-unlocked"}[v.Use]
	name := c.judge.Text(v.Access)
	d := c.diagnostic(key, v.Instr.Pos(), g.Source, "func", wording.Func(v.Instr.Parent()), "variable", name, "lock", c.lockText(g.Lock))
	d.Category, d.Tier = "variable", tier
	if g.Group {
		d.Confidence = diagnostic.Medium
	}
	d.Subject = diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: v.Var.Pos()}
	d.Function = c.functionName(v.Instr)
	if other != nil {
		heldAt = other.Instr
	}
	c.explain(&d, v.Way, g.Source, g.Lock, heldAt)
	if other != nil {
		role, key := diagnostic.RoleWrite, message.Key("other-writes")
		if other.Use == guard.Reads {
			role, key = diagnostic.RoleRead, "other-reads"
		}
		d.Related = append(d.Related, diagnostic.Related{Role: role, Pos: other.Instr.Pos(), Message: message.New(key, "func", wording.Func(other.Instr.Parent()))})
		d.Related = append(d.Related, c.judge.Meeting(*other, v).Related()...)
	}
	c.report.Report(d)
}

// reportReadLocked reports a write under a lock that is held for reading.
func (c *checker) reportReadLocked(a guard.ReadLocked, g contract.Guard) {
	name := c.judge.Text(a.Access)
	d := c.diagnostic("write-read-locked", a.Instr.Pos(), g.Source, "func", wording.Func(a.Instr.Parent()), "variable", name, "lock", c.lockText(g.Lock),
		"locked", wording.Place(c.pass.Fset, a.Site.Pos()))
	d.Category = "read-locked"
	d.Subject = diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: a.Var.Pos()}
	d.Function = c.functionName(a.Instr)
	d.Operations = []token.Pos{a.Site.Pos()}
	d.Related = []diagnostic.Related{
		{Role: diagnostic.RoleDeclared, Pos: g.Pos, Message: message.New("contract-here", "contract", g.Source.Text)},
		{Role: diagnostic.RoleLock, Pos: a.Site.Pos(), Message: message.New("read-locked-here", "lock", c.lockText(g.Lock))},
	}
	c.report.Report(d)
}

// reportCall reports a call of fn without a lock that it wants.
func (c *checker) reportCall(fn *ssa.Function, cond contract.Condition, v guard.Violation, heldAt ssa.Instruction, tier config.Tier) {
	key := message.Key("call-unlocked")
	if _, ok := v.Instr.(*ssa.Go); ok {
		key = "go-unlocked"
	}
	if cond.Style == contract.Name {
		key += "-name"
	}
	d := c.diagnostic(key, v.Instr.Pos(), cond.Source, "func", wording.Func(v.Instr.Parent()), "callee", fn.Name(), "lock", c.lockText(cond.Lock))
	d.Category, d.Tier = "call", tier
	if cond.Style == contract.Name {
		d.Confidence = diagnostic.Medium
	}
	d.Subject = diagnostic.Subject{Kind: diagnostic.Lock, Name: c.lockText(cond.Lock), Decl: cond.Var.Pos()}
	d.Function = c.functionName(v.Instr)
	c.explain(&d, v.Way, cond.Source, cond.Lock, heldAt)
	c.report.Report(d)
}

// reportExcluded reports a call of fn with a lock held that it does not want.
func (c *checker) reportExcluded(fn *ssa.Function, cond contract.Condition, s guard.Site, h lockset.Held) {
	d := c.diagnostic("call-locked", s.Instr.Pos(), cond.Source, "func", wording.Func(s.Caller), "callee", fn.Name(), "lock", c.paths.Text(h.Path))
	d.Category = "excluded"
	d.Subject = diagnostic.Subject{Kind: diagnostic.Lock, Name: c.paths.Text(h.Path), Decl: cond.Var.Pos()}
	d.Function = c.functionName(s.Instr)
	d.Related = []diagnostic.Related{{Role: diagnostic.RoleDeclared, Pos: cond.Pos, Message: message.New("contract-here", "contract", cond.Source.Text)}}
	for _, site := range h.Sites {
		d.Operations = append(d.Operations, site.Pos())
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: site.Pos(), Message: message.New("locked-here", "lock", c.paths.Text(h.Path))})
	}
	c.report.Report(d)
}

// reportBody reports a function that does not do what its annotation says.
func (c *checker) reportBody(fn *ssa.Function, cond contract.Condition, acquires bool) {
	key := message.Key("releases-not")
	if acquires {
		key = "acquires-not"
	}
	d := c.diagnostic(key, fn.Pos(), cond.Source, "func", fn.Name(), "lock", c.lockText(cond.Lock))
	d.Category = "body"
	d.Subject = diagnostic.Subject{Kind: diagnostic.Lock, Name: c.lockText(cond.Lock), Decl: cond.Var.Pos()}
	d.Function = fn.RelString(fn.Pkg.Pkg)
	d.Related = []diagnostic.Related{{Role: diagnostic.RoleDeclared, Pos: cond.Pos, Message: message.New("contract-here", "contract", cond.Source.Text)}}
	c.report.Report(d)
}

func (c *checker) diagnostic(key message.Key, pos token.Pos, src contract.Source, args ...string) diagnostic.Diagnostic {
	args = append(args, "place", wording.Place(c.pass.Fset, src.Pos), "contract", src.Text)
	return diagnostic.Diagnostic{Pos: pos, Message: message.New(key, args...)}
}

// explain adds where the contract is, the way to the place, and a place where
// the contract is kept.
func (c *checker) explain(d *diagnostic.Diagnostic, w guard.Way, src contract.Source, l contract.Lock, heldAt ssa.Instruction) {
	lock := c.lockText(l)
	add := func(role diagnostic.Role, pos token.Pos, m message.Message) {
		d.Related = append(d.Related, diagnostic.Related{Role: role, Pos: pos, Message: m})
	}
	declared := message.New("contract-here", "contract", src.Text)
	if src.Style == contract.Name {
		declared = message.New("declared-here", "func", src.Text)
	}
	add(diagnostic.RoleDeclared, src.Pos, declared)
	d.Related = append(d.Related, w.Related("lock", lock)...)
	if heldAt == nil {
		return
	}
	for _, h := range c.locks.HeldBefore(heldAt) {
		if guard.CouldBe(h.Path, l) && len(h.Sites) > 0 {
			add(diagnostic.RoleLock, h.Sites[0].Pos(), message.New("kept-here", "lock", lock, "func", wording.Func(heldAt.Parent())))
			break
		}
	}
}

// lockText is the lock as the contract names it; an embedded one by its type.
func (c *checker) lockText(l contract.Lock) string {
	if l.Text != "" {
		return l.Text
	}
	return l.Var.Name()
}

func (c *checker) functionName(instr ssa.Instruction) string {
	fn := instr.Parent()
	return fn.RelString(types.NewPackage(c.pass.Pkg.Path(), c.pass.Pkg.Name()))
}

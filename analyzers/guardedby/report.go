package guardedby

import (
	"go/token"
	"strconv"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// reportAccess reports an access without the lock.
func (c *checker) reportAccess(g inferred, w guard.Violation, other guard.Access, held, unheld int, tier config.Tier) {
	if c.seen[w.Instr.Pos()] {
		return
	}
	c.seen[w.Instr.Pos()] = true
	key := map[guard.Use]string{guard.Reads: "read", guard.Calls: "used", guard.Writes: "write"}[w.Use]
	otherKey := map[guard.Use]string{guard.Reads: "-read", guard.Calls: "-write", guard.Writes: "-write"}[other.Use]
	fn := w.Instr.Parent()
	name := c.judge.Text(w.Access)
	place := wording.Place(c.pass.Fset, other.Instr.Pos())
	d := diagnostic.Diagnostic{
		Category:   key,
		Tier:       tier,
		Confidence: diagnostic.Medium,
		Pos:        w.Instr.Pos(),
		Message: message.New(message.Key(key+otherKey), "func", wording.Func(fn), "variable", name, "lock", g.lock.Text,
			"held", strconv.Itoa(held), "all", strconv.Itoa(held+max(unheld, 1)), "other", wording.Func(other.Instr.Parent()), "place", place),
		Subject:    diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: g.v.Pos()},
		Function:   fn.RelString(c.pass.Pkg),
		Operations: []token.Pos{other.Instr.Pos()},
	}
	role, otherRole := diagnostic.RoleRead, message.Key("read-here")
	if other.Use != guard.Reads {
		role, otherRole = diagnostic.RoleWrite, "written-here"
	}
	add := func(role diagnostic.Role, pos token.Pos, m message.Message) {
		d.Related = append(d.Related, diagnostic.Related{Role: role, Pos: pos, Message: m})
	}
	add(role, other.Instr.Pos(), message.New(otherRole, "lock", g.lock.Text))
	for _, h := range c.judge.HeldBefore(other.Instr) {
		if lock, _ := guard.Holder(h.Path); lock == g.lock.Var && len(h.Sites) > 0 {
			add(diagnostic.RoleLock, h.Sites[0].Pos(), message.New("locked-here", "lock", g.lock.Text))
			break
		}
	}
	for _, s := range w.Way.Calls {
		role, key := diagnostic.RoleCall, message.Key("called-here")
		if s.Spawns {
			role, key = diagnostic.RoleSpawn, "started-here"
		}
		add(role, s.Instr.Pos(), message.New(key, "func", wording.Func(s.Caller), "lock", g.lock.Text))
	}
	c.report.Report(d)
}

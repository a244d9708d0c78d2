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
	key := map[guard.Use]string{guard.Reads: "read", guard.Calls: "used", guard.Writes: "write"}[w.Use]
	otherUse := map[guard.Use]string{guard.Reads: "-read", guard.Calls: "-write", guard.Writes: "-write"}[other.Use]
	meeting := c.judge.Meeting(other, w)
	name := c.judge.Text(w.Access)
	sentence := message.New(message.Key(key+otherUse), "func", wording.Func(w.Instr.Parent()), "variable", name, "lock", g.lock.Text,
		"held", strconv.Itoa(held), "all", strconv.Itoa(held+max(unheld, 1)),
		"other", wording.Func(other.Instr.Parent()), "place", wording.Place(c.pass.Fset, other.Instr.Pos()))
	d := c.diagnostic(key, w.Access, g, name, meeting.With(sentence, c.pass.Fset))
	d.Tier = tier
	d.Operations = []token.Pos{other.Instr.Pos()}
	add := func(role diagnostic.Role, pos token.Pos, m message.Message) {
		d.Related = append(d.Related, diagnostic.Related{Role: role, Pos: pos, Message: m})
	}
	if other.Use == guard.Reads {
		add(diagnostic.RoleRead, other.Instr.Pos(), message.New("read-here", "lock", g.lock.Text))
	} else {
		add(diagnostic.RoleWrite, other.Instr.Pos(), message.New("written-here", "lock", g.lock.Text))
	}
	for _, h := range c.judge.HeldBefore(other.Instr) {
		if lock, _ := guard.Holder(h.Path); lock == g.lock.Var && len(h.Sites) > 0 {
			add(diagnostic.RoleLock, h.Sites[0].Pos(), message.New("locked-here", "lock", g.lock.Text))
			break
		}
	}
	d.Related = append(d.Related, meeting.Related()...)
	d.Related = append(d.Related, w.Way.Related("lock", g.lock.Text)...)
	if fix, ok := c.commentFix(g); ok && tier == config.Default {
		d.Fixes = []diagnostic.Fix{fix}
	}
	c.report.Report(d)
}

// reportReadLocked reports a write under the lock, held only for reading.
func (c *checker) reportReadLocked(g inferred, r guard.ReadLocked, tier config.Tier) {
	name := c.judge.Text(r.Access)
	d := c.diagnostic("read-locked", r.Access, g, name, message.New("write-read-locked", "func", wording.Func(r.Instr.Parent()), "variable", name,
		"lock", g.lock.Text, "locked", wording.Place(c.pass.Fset, r.Site.Pos())))
	d.Tier = tier
	d.Operations = []token.Pos{r.Site.Pos()}
	d.Related = []diagnostic.Related{{Role: diagnostic.RoleLock, Pos: r.Site.Pos(), Message: message.New("read-locked-here", "lock", g.lock.Text)}}
	c.report.Report(d)
}

// diagnostic returns what all reports have; name is that of the variable at the access.
func (c *checker) diagnostic(category string, a guard.Access, g inferred, name string, m message.Message) diagnostic.Diagnostic {
	return diagnostic.Diagnostic{
		Category:   category,
		Confidence: diagnostic.Medium,
		Pos:        a.Instr.Pos(),
		Message:    m,
		Subject:    diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: g.v.Pos()},
		Function:   a.Instr.Parent().RelString(c.pass.Pkg),
	}
}

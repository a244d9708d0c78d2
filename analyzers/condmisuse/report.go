package condmisuse

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

func (c *checker) reportNil(call *ssa.Call) {
	c.reporter.Report(diagnostic.Diagnostic{
		Category: "nil-locker",
		Pos:      call.Pos(),
		Message:  message.New("nil-locker"),
		Function: functionOf(call),
	})
}

func (c *checker) reportNoLocker(cond *cond) {
	w := first(cond.waits)
	c.reporter.Report(c.diagnostic(w, "nil-locker", message.New("no-locker", "cond", c.condText(w))))
}

func (c *checker) reportNoSignal(cond *cond) {
	w := first(cond.waits)
	d := c.diagnostic(w, "no-signal", message.New("no-signal", "func", wording.Func(w.call.Parent()), "cond", c.condText(w)))
	for _, other := range cond.waits {
		if other.call != w.call {
			d.Related = append(d.Related, diagnostic.Related{
				Role: diagnostic.RoleBlock, Pos: other.call.Pos(), Message: message.New("waits-here", "func", wording.Func(other.call.Parent()), "cond", c.condText(other)),
			})
		}
	}
	c.reporter.Report(d)
}

func (c *checker) reportLoop(w wait, key message.Key, tier config.Tier, via ssa.Instruction) {
	d := c.diagnostic(w, "no-recheck", message.New(key, "func", wording.Func(w.call.Parent()), "cond", c.condText(w)))
	d.Tier = tier
	if via != nil {
		d.Related = append(d.Related, diagnostic.Related{
			Role: diagnostic.RoleCall, Pos: via.Pos(), Message: message.New("called-here", "func", wording.Func(w.call.Parent()), "caller", wording.Func(via.Parent())),
		})
	}
	c.reporter.Report(d)
}

func (c *checker) reportReadLock(w wait, held lockset.Held) {
	lock := c.locks.Paths.Text(held.Path)
	d := c.diagnostic(w, "no-lock", message.New("read-lock", "func", wording.Func(w.call.Parent()), "cond", c.condText(w), "lock", lock))
	for _, site := range held.Sites {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: site.Pos(), Message: message.New("rlocked-here", "lock", lock)})
		d.Operations = append(d.Operations, site.Pos())
	}
	c.reporter.Report(d)
}

func (c *checker) reportNoLock(cond *cond, w wait) {
	d := c.diagnostic(w, "no-lock", message.New("no-lock", "func", wording.Func(w.call.Parent()), "cond", c.condText(w)))
	for _, l := range cond.lockers {
		if pos := l.place.Decl(); pos.IsValid() {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleDeclared, Pos: pos, Message: message.New("locker", "cond", c.condText(w), "lock", l.text)})
		}
	}
	c.reporter.Report(d)
}

func (c *checker) diagnostic(w wait, category string, text message.Message) diagnostic.Diagnostic {
	return diagnostic.Diagnostic{
		Category: category,
		Pos:      w.call.Pos(),
		Message:  text,
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: c.condText(w), Decl: c.conds.placeOf(w.path).Decl()},
		Function: functionOf(w.call),
	}
}

func functionOf(call *ssa.Call) string { return call.Parent().RelString(call.Parent().Pkg.Pkg) }

func first(waits []wait) wait {
	return slices.MinFunc(waits, func(a, b wait) int { return cmp.Compare(a.call.Pos(), b.call.Pos()) })
}

// condText names the condition variable as it is written where its Wait is
// called.
func (c *checker) condText(w wait) string {
	if sel := syntax.Selector(c.pass.Files, w.call.Pos()); sel != nil {
		return types.ExprString(sel.X)
	}
	return strings.TrimPrefix(c.locks.Paths.Text(w.path), "*")
}

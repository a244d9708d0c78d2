package goroutineleak

import (
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file words a leak: what waits, and why nobody ends it.

func (c *checker) diagnostic(x *goroutine.Exploration, l goroutine.Leak) diagnostic.Diagnostic {
	w := l.Wait
	on, fn := c.on(w), access.Outermost(w.Instr.Parent())
	d := diagnostic.Diagnostic{
		Category: category(l),
		Pos:      w.Instr.Pos(),
		Message:  message.New(message.Key(category(l)), "func", wording.Func(fn), "on", on).With(c.reason(x, l)),
		Subject:  diagnostic.Subject{Kind: diagnostic.Goroutine, Name: on},
		Function: fn.RelString(c.pkg.SSA.Pkg.Pkg),
		Related:  c.related(x, l),
	}
	if c.byTest(x, l) {
		d.Tier = config.Strict
	}
	if fix, ok := c.fix(x, l); ok {
		d.Fixes = []diagnostic.Fix{fix}
	}
	return d
}

// byTest reports whether a test has to do with the leak: it waits, starts who waits, makes what is
// waited with, or leaves. That a test calls the function where all of this is says nothing.
func (c *checker) byTest(x *goroutine.Exploration, l goroutine.Leak) bool {
	inTest := c.inTest
	if inTest(l.Wait.Instr.Pos()) || l.Made != nil && inTest(l.Made.Pos()) {
		return true
	}
	for t := l.Wait.Thread(); t != nil && t.Spawn != nil; t = t.Parent {
		if inTest(t.Spawn.Pos()) {
			return true
		}
	}
	return slices.ContainsFunc(l.Gone, func(g goroutine.Gone) bool {
		if g.Because != nil {
			return inTest(g.Because.Pos())
		}
		return inTest(x.PosOf(g.Counterpart))
	})
}

func (c *checker) inTest(pos token.Pos) bool {
	return pos.IsValid() && strings.HasSuffix(c.pkg.Fset.Position(pos).Filename, "_test.go")
}

// category says what the goroutine waits with.
func category(l goroutine.Leak) string {
	switch l.Wait.Kind {
	case goroutine.SendWait:
		return "send"
	case goroutine.SelectWait:
		return "select"
	case goroutine.GroupWait:
		return "waitgroup"
	}
	if l.Range {
		return "range"
	}
	return "receive"
}

// lacks says what does not happen, as the ending of a key.
func lacks(l goroutine.Leak) string {
	switch {
	case l.Context:
		return "cancels"
	case l.Wait.Kind == goroutine.GroupWait:
		return "done"
	case l.Wait.Cases[0].Send:
		return "receives"
	case l.Range:
		return "closes"
	}
	return "sends"
}

// reason says why nobody ends the wait: of the goroutines that could the one that leaves by
// a branch, if one does.
func (c *checker) reason(x *goroutine.Exploration, l goroutine.Leak) message.Message {
	lacks := lacks(l)
	if len(l.Gone) == 0 || l.Closed {
		return message.New(message.Key("nobody-" + lacks))
	}
	g := l.Gone[0]
	for _, other := range l.Gone[1:] {
		if other.How > g.How {
			g = other
		}
	}
	var args []string
	if pos := x.PosOf(g.Counterpart); pos.IsValid() {
		args = append(args, "end", wording.Place(c.pkg.Fset, pos))
	}
	if g.Because != nil {
		args = append(args, "because", wording.Place(c.pkg.Fset, g.Because.Pos()))
	}
	if g.Thread.Spawn != nil {
		args = append(args, "spawn", wording.Place(c.pkg.Fset, g.Thread.Spawn.Pos()))
	}
	how := ""
	switch g.How {
	case goroutine.Itself:
		how = "itself"
	case goroutine.Unstarted:
		how = "unstarted"
	case goroutine.Never:
		how = "never"
	case goroutine.Chose:
		how = "chose"
	case goroutine.Failed:
		how = "failed"
		if _, ok := g.Because.(*ssa.UnOp); ok {
			how = "received"
		}
	case goroutine.Learned:
		how = "called"
	case goroutine.Satisfied:
		how = "satisfied"
	case goroutine.Stuck:
		how = "stuck"
	}
	return message.New(message.Key(how+"-"+lacks), args...)
}

func (c *checker) related(x *goroutine.Exploration, l goroutine.Leak) []diagnostic.Related {
	var rel []diagnostic.Related
	add := func(role diagnostic.Role, pos token.Pos, key message.Key) {
		if pos.IsValid() {
			rel = append(rel, diagnostic.Related{Role: role, Pos: pos, Message: message.New(key)})
		}
	}
	if t := l.Wait.Thread(); t.Spawn != nil {
		add(diagnostic.RoleSpawn, t.Spawn.Pos(), "started-here")
	}
	for _, g := range l.Gone {
		if g.How == goroutine.Unstarted && g.Thread.Spawn != nil {
			add(diagnostic.RoleSpawn, g.Thread.Spawn.Pos(), "other-started-here")
		}
		switch {
		case g.Because == nil || g.How == goroutine.Satisfied:
		case g.How == goroutine.Chose:
			add(diagnostic.RoleExit, g.Because.Pos(), "chooses-here")
		case g.How == goroutine.Stuck:
			add(diagnostic.RoleBlock, g.Because.Pos(), "stands-here")
		default:
			add(diagnostic.RoleExit, g.Because.Pos(), "decided-here")
		}
		add(diagnostic.RoleJoin, x.PosOf(g.Counterpart), "ends-here")
	}
	return rel
}

// on is what is waited with, as the source writes it.
func (c *checker) on(w *goroutine.Wait) string {
	if text := wording.Operand(c.files, w.Instr.Pos()); text != "" {
		return text
	}
	return strings.TrimPrefix(c.pkg.Paths.Text(c.pkg.Paths.Of(w.Cases[0].On)), "&")
}

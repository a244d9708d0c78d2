package syncmisuse

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

func (c *checker) report(at ssa.Instruction, key message.Key, args ...string) {
	c.reportTier(config.Default, at, key, args...)
}

func (c *checker) reportTier(tier config.Tier, at ssa.Instruction, key message.Key, args ...string) {
	c.reporter.Report(diagnostic.Diagnostic{
		Category: category(key),
		Tier:     tier,
		Pos:      at.Pos(),
		Message:  message.New(key, args...),
		Function: at.Parent().RelString(at.Parent().Pkg.Pkg),
	})
}

// category puts the kinds of copy, and of wrong count, together.
func category(key message.Key) string {
	switch {
	case strings.HasPrefix(string(key), "copied"):
		return "lock-copy"
	case strings.HasPrefix(string(key), "add"):
		return "add-count"
	}
	return string(key)
}

func (c *checker) reportOwnLock(u *ownUses, assignment ssa.Instruction, p access.Path) {
	lock, name := u.at.Comment, c.locks.Paths.Text(p)
	c.reporter.Report(diagnostic.Diagnostic{
		Category: "own-lock",
		Pos:      u.acquire.Pos(),
		Message:  message.New(ownKey(u), "func", wording.Func(u.at.Parent()), "lock", lock, "var", name),
		Subject:  diagnostic.Subject{Kind: diagnostic.Lock, Name: lock, Decl: u.at.Pos()},
		Function: u.acquire.Parent().RelString(u.acquire.Parent().Pkg.Pkg),
		Related: []diagnostic.Related{
			{Role: diagnostic.RoleDeclared, Pos: u.at.Pos(), Message: message.New("declared-here", "lock", lock)},
			{Role: diagnostic.RoleWrite, Pos: assignment.Pos(), Message: message.New("assigned-here", "var", name)},
		},
	})
}

// ownKey tells whether each call has a lock of its own, or each iteration.
func ownKey(u *ownUses) message.Key {
	if len(u.spawned) > 0 {
		return "own-lock-goroutine"
	}
	return "own-lock"
}

// receiver names what the method is called on, as it is written there.
func (c *checker) receiver(call ssa.CallInstruction, op syncapi.Op) string {
	if sel := syntax.Selector(c.pass.Files, call.Pos()); sel != nil {
		return types.ExprString(sel.X)
	}
	return c.locks.Paths.Text(op.Path(c.locks.Paths))
}

func isMutex(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	return ok && syncapi.Is(p.Elem(), "Mutex", "RWMutex")
}

package holdandwait

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file words what was found.

func category(k goroutine.WaitKind) string {
	switch k {
	case goroutine.SendWait:
		return "send"
	case goroutine.ReceiveWait:
		return "receive"
	case goroutine.SelectWait:
		return "select"
	case goroutine.GroupWait:
		return "waitgroup"
	case goroutine.LockWait:
		return "lock"
	}
	return "cond"
}

// message words a finding by the first goroutine that cannot go on: one that
// was started by a go statement or the like, the one that calls the function
// explored, or another goroutine of the same kind as the one that waits.
func (c *checker) message(x *goroutine.Exploration, hw goroutine.HoldAndWait) message.Message {
	w := hw.Wait
	args := []string{
		"func", c.function(w.Instr), "on", c.name(w),
		"lock", c.lock(hw.Held), "locked", c.place(hw.Held.Instr.Pos()),
	}
	key := message.Key(category(w.Kind))
	if len(hw.Blocked) == 0 {
		return message.New(key+"-nothing", append(args, "needs", c.place(hw.Victim.Instr.Pos()))...)
	}
	b := hw.Blocked[0]
	if w.Kind == goroutine.ReceiveWait && x.Closes(b.Counterpart) {
		key = "closed"
	}
	args = append(args, "end", c.place(x.PosOf(b.Counterpart)))
	if b.Thread.Spawn != nil {
		args = append(args, "spawn", c.place(b.Thread.Spawn.Pos()))
	}
	need := b.Need()
	if need == nil {
		return message.New(key+"-waiting", args...)
	}
	args = append(args, "needs", c.place(need.Instr.Pos()), "theirlock", c.lock(need))
	switch {
	case b.At == nil && b.Wait == nil:
		return message.New(key+"-unstarted", args...)
	case b.Thread == w.Thread():
		key += "-same"
	case b.Thread.Spawn != nil:
		key += "-started"
	default:
		key += "-caller"
		args = append(args, "other", c.function(need.Instr))
	}
	if b.Wait != nil {
		return message.New(key+"-chain", append(args, "waits", c.place(b.Wait.Instr.Pos()))...)
	}
	return message.New(key, args...)
}

// function is the declared function that an instruction is in.
func (c *checker) function(instr ssa.Instruction) string {
	return access.Outermost(instr.Parent()).RelString(c.pkg.SSA.Pkg.Pkg)
}

func (c *checker) related(x *goroutine.Exploration, hw goroutine.HoldAndWait) []diagnostic.Related {
	rel := []diagnostic.Related{
		{Role: diagnostic.RoleLock, Pos: hw.Held.Instr.Pos(), Message: message.New("locked-here", "lock", c.lock(hw.Held))},
	}
	if hw.Victim != nil {
		rel = append(rel, diagnostic.Related{Role: diagnostic.RoleBlock, Pos: hw.Victim.Instr.Pos(), Message: message.New("victim-here", "lock", c.lock(hw.Victim))})
	}
	var add func(b goroutine.Blocked)
	add = func(b goroutine.Blocked) {
		if b.Thread.Spawn != nil {
			rel = append(rel, diagnostic.Related{Role: diagnostic.RoleSpawn, Pos: b.Thread.Spawn.Pos(), Message: message.New("started-here")})
		}
		if b.At != nil {
			rel = append(rel, diagnostic.Related{Role: diagnostic.RoleBlock, Pos: b.At.Instr.Pos(), Message: message.New("needs-here", "lock", c.lock(b.At))})
		}
		if b.Wait != nil {
			rel = append(rel, diagnostic.Related{Role: diagnostic.RoleBlock, Pos: b.Wait.Instr.Pos(), Message: message.New("waits-here")})
		}
		if pos := x.PosOf(b.Counterpart); pos.IsValid() {
			rel = append(rel, diagnostic.Related{Role: diagnostic.RoleJoin, Pos: pos, Message: message.New("ends-here")})
		}
		for _, by := range b.By {
			add(by)
		}
	}
	for _, b := range hw.Blocked {
		add(b)
	}
	return rel
}

// name is what the wait is on.
func (c *checker) name(w *goroutine.Wait) string {
	if w.Lock != nil {
		return c.lock(w.Lock)
	}
	return c.operand(w.Instr, w.Cases[0].On)
}

// lock is the name of the lock that is acquired.
func (c *checker) lock(a *goroutine.Acquisition) string {
	if text := wording.Operand(c.files, a.Instr.Pos()); text != "" {
		return text
	}
	return a.Lock.Name
}

// operand is what an instruction works on, as the source has it, or else how v
// comes about.
func (c *checker) operand(instr ssa.Instruction, v ssa.Value) string {
	if text := wording.Operand(c.files, instr.Pos()); text != "" {
		return text
	}
	return strings.TrimPrefix(c.pkg.Paths.Text(c.pkg.Paths.Of(v)), "&")
}

func (c *checker) place(pos token.Pos) string {
	if !pos.IsValid() {
		return "?"
	}
	return wording.Place(c.pkg.Fset, pos)
}

package missingunlock

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file belongs to the strict tier: a lock that is released by a plain
// Unlock, in a function that goes on after a panic. If what is called in between
// panics, the program lives on with the lock locked.

// mayPanic reports the first call between each acquisition of f and its release
// that may panic.
func (c *checker) mayPanic(f function) {
	if !recovers(f.fn) {
		return
	}
	seen := make(map[ssa.Instruction]bool)
	for _, r := range f.flow.Releases {
		if _, deferred := r.Instr.(*ssa.Defer); deferred {
			continue
		}
		for _, site := range r.Sites {
			if seen[site] || site.Parent() != f.fn {
				continue
			}
			seen[site] = true
			h := &suspect{function: f, lock: r.Lock, site: site, releases: []lockset.Release{r}}
			if call := c.firstCall(site, r.Instr); call != nil && !c.escaped[slotOf(r.Lock)] {
				c.reportMayPanic(h, call)
			}
		}
	}
}

// firstCall returns an instruction that may panic on a way from an acquisition
// to its release, nil if there is none.
func (c *checker) firstCall(from, to ssa.Instruction) ssa.Instruction {
	seen := make(map[*ssa.BasicBlock]bool)
	var visit func(instrs []ssa.Instruction, b *ssa.BasicBlock) ssa.Instruction
	visit = func(instrs []ssa.Instruction, b *ssa.BasicBlock) ssa.Instruction {
		for _, instr := range instrs {
			if instr == to {
				return nil
			}
			if c.panics(instr) {
				return instr
			}
		}
		for _, s := range b.Succs {
			if !seen[s] && from.Block().Dominates(s) {
				seen[s] = true
				if found := visit(s.Instrs, s); found != nil {
					return found
				}
			}
		}
		return nil
	}
	at := slices.Index(from.Block().Instrs, from)
	return visit(from.Block().Instrs[at+1:], from.Block())
}

// panics reports whether an instruction may panic for reasons that the function
// itself does not show: the call of another function, or a type assertion.
func (c *checker) panics(instr ssa.Instruction) bool {
	switch v := instr.(type) {
	case *ssa.TypeAssert:
		return !v.CommaOk
	case *ssa.Call:
		if _, builtin := v.Call.Value.(*ssa.Builtin); builtin {
			return false
		}
		_, known := syncapi.Classify(&v.Call, c.locks.Paths)
		return !known
	}
	return false
}

func (c *checker) reportMayPanic(h *suspect, at ssa.Instruction) {
	d := c.diagnostic(h, "may-panic", at.Pos())
	d.Tier, d.Confidence = config.Strict, diagnostic.Low
	lock := c.lockText(h)
	d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: h.site.Pos(), Message: message.New("locked-here", "lock", lock)})
	for _, pos := range releasePositions(h) {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleUnlock, Pos: pos, Message: message.New("unlocked-plainly", "lock", lock)})
	}
	if fix, ok := c.deferFix(h); ok {
		d.Fixes = []diagnostic.Fix{fix}
	}
	c.found = append(c.found, verdict{h, d})
}

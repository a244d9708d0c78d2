package holdandwait

import (
	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file is about waits on a condition variable with a second lock held. They
// last until something happens, which may be never, and the second lock is not
// given back meanwhile. Where another goroutine wants it, that is a bug whoever
// signals; where none is seen to, it is risky.

// conds reports the waits on condition variables with another lock held.
func (c *checker) conds(x *goroutine.Exploration) {
	for _, w := range x.Waits() {
		c.condHolding(x, w)
	}
}

// condHolding reports a wait on a condition variable with a lock held that is
// not its own.
func (c *checker) condHolding(x *goroutine.Exploration, w *goroutine.Wait) {
	if w.Kind != goroutine.CondWait || len(w.Own) == 0 || c.waits[w.Instr] {
		return
	}
	for _, h := range x.MustHold(w.Point) {
		if w.Releases(h) || h.Once {
			continue
		}
		out := keptOut(x, w, h)
		if out == nil && c.report.Tier() != config.Strict {
			continue
		}
		c.waits[w.Instr] = true
		c.report.Report(c.condDiagnostic(w, h, out))
		return
	}
}

// keptOut returns an acquisition of the lock by another goroutine that has to wait
// as long as w lasts, nil if there is none.
func keptOut(x *goroutine.Exploration, w *goroutine.Wait, h *goroutine.Acquisition) *goroutine.Acquisition {
	for _, a := range x.Acquisitions() {
		if a.Try || a.Once || !a.Same(h) || a.Read && h.Read || a == h {
			continue
		}
		if x.Beside(a.Point, w.Point, nil) {
			return a
		}
	}
	return nil
}

func (c *checker) condDiagnostic(w *goroutine.Wait, h, out *goroutine.Acquisition) diagnostic.Diagnostic {
	lock := c.lock(h)
	args := []string{"func", c.function(w.Instr), "on", c.name(w), "lock", lock, "locked", c.place(h.Instr.Pos())}
	d := diagnostic.Diagnostic{
		Category:   "cond-holding",
		Tier:       config.Strict,
		Confidence: diagnostic.Medium,
		Pos:        w.Instr.Pos(),
		Message:    message.New("cond-holding", args...),
		Subject:    diagnostic.Subject{Kind: diagnostic.Lock, Name: lock, Decl: h.Lock.Decl()},
		Function:   c.function(w.Instr),
		Related: []diagnostic.Related{
			{Role: diagnostic.RoleLock, Pos: h.Instr.Pos(), Message: message.New("locked-here", "lock", lock)},
		},
	}
	if out != nil {
		d.Tier = config.Default
		d.Message = message.New("cond-keeps-out", append(args, "other", c.function(out.Instr), "place", c.place(out.Instr.Pos()))...)
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleBlock, Pos: out.Instr.Pos(), Message: message.New("kept-out", "lock", lock, "on", c.name(w))})
	}
	return d
}

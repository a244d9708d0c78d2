package doublelock

import (
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// explored reports what an exploration shows: it knows which object each call
// works on, and which function it reaches.
func (c *checker) explored(x *goroutine.Exploration) {
	if !x.Complete() {
		return
	}
	for _, r := range x.Relocks() {
		c.relock(r)
	}
}

func (c *checker) relock(r goroutine.Relock) {
	fn, chain := goroutine.Chain(r.First, r.Second)
	if r.First.Once { // its function makes the first call
		fn, chain = chain[1].Parent(), chain[1:]
	} else if lockset.CameRound(chain[0], r.First.Instr) || len(chain) == 1 && c.meantUnlock(fn, chain[0]) {
		return
	}
	d := &double{
		fn: fn, site: r.First.Instr, chain: chain,
		kind: kind(r.First.Read, r.Second.Read),
		name: c.nameOf(r.First),
		decl: r.First.Lock.Decl(),
	}
	if r.First.Once {
		d.kind = once
	}
	if d.kind == recursive {
		if r.Writer == nil {
			return
		}
		d.writer = r.Writer.Instr
	}
	c.report(d)
}

// nameOf names the lock of an acquisition as its function does.
func (c *checker) nameOf(a *goroutine.Acquisition) string {
	if p, ok := c.locks.PathAt(a.Instr); ok {
		return c.names.Lock(a.Instr, p)
	}
	return a.Lock.Name
}

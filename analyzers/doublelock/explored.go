package doublelock

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

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
	fn, chain := chainOf(r.First, r.Second)
	if r.First.Once { // its function makes the first call
		fn, chain = chain[1].Parent(), chain[1:]
	} else if lockset.CameRound(chain[0], r.First.Instr) {
		return
	}
	d := &double{
		fn: fn, site: r.First.Instr, chain: chain,
		kind: kind(r.First.Read, r.Second.Read),
		name: r.First.Lock.Name,
		decl: declarationOf(r.First.Lock),
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

// chainOf returns the function in which the lock of the first acquisition is
// held when the call is made that leads to the second, with the calls on the way.
func chainOf(first, second *goroutine.Acquisition) (fn *ssa.Function, chain []ssa.Instruction) {
	way := goroutine.Between(first.Frame, second.Frame)
	fn = first.Frame.Fn
	if n := len(way.Left); n > 0 && way.Left[n-1].Caller != nil {
		fn = way.Left[n-1].Caller.Fn
	}
	for _, f := range way.Entered {
		chain = append(chain, f.Site)
	}
	return fn, append(chain, second.Instr)
}

func declarationOf(l goroutine.Lock) token.Pos {
	if l.Var != nil {
		return l.Var.Pos()
	}
	if l.Object.Value != nil {
		return l.Object.Value.Pos()
	}
	return token.NoPos
}

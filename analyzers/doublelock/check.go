package doublelock

import (
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

type checker struct {
	pass     *analysis.Pass
	reporter *diagnostic.Reporter
	seen     map[seen]bool
	locks    *lockset.Result
	names    *wording.Namer
	// writers are the places where locks of a class are taken for writing.
	writers map[lockset.Class][]lockset.Taking
}

// seen identifies what is reported once: where a lock is acquired, the call
// that is made with it, and where it is taken again.
type seen struct{ first, call, second ssa.Instruction }

// findWriters notes the locks that fn itself takes for writing.
func (c *checker) findWriters(fn *ssa.Function) {
	for _, t := range c.locks.Takes(fn) {
		if t.Mode == lockset.Write && len(t.Chain) == 1 && t.Class.Known() {
			c.writers[t.Class] = append(c.writers[t.Class], t)
		}
	}
}

// A double is a lock that is taken while it is held.
type double struct {
	fn     *ssa.Function     // that holds the lock, and makes the first call of the chain
	site   ssa.Instruction   // that acquired it
	chain  []ssa.Instruction // the calls that lead to the second Lock, then that
	far    *lockset.Far      // if the last of chain calls another package, which has the second Lock
	kind   string            // the first half of a message key
	name   string
	decl   token.Pos
	writer ssa.Instruction // of a recursive read lock
}

// check reports the reentry r of fn unless there is doubt that it is the same
// lock, or that it blocks.
func (c *checker) check(fn *ssa.Function, r *lockset.Reentry) {
	at := r.Chain[0]
	switch {
	case !r.Path.Exact(): // perhaps another element
		return
	case c.locks.Doubtful(fn, r.Path, r.Sites()): // perhaps released in between
		return
	case c.locks.Reassigned(fn, r.Path): // perhaps another object
		return
	case slices.ContainsFunc(r.Sites(), func(site ssa.Instruction) bool { return lockset.CameRound(at, site) }):
		return // the iteration before did not unlock it: missingunlock's affair
	case c.meantUnlock(fn, at):
		return // wrongunlock's affair
	}
	site := r.Sites()[0]
	d := &double{
		fn: fn, site: site, chain: r.Chain, far: r.Far,
		kind: kind(r.HeldMode() == lockset.Read, r.Mode == lockset.Read),
		name: c.names.Lock(site, r.Path),
		decl: lockset.ClassOf(r.Path).Decl(),
	}
	if d.kind == recursive {
		if d.writer = c.writer(fn, r.Path); d.writer == nil {
			return // readers alone do not exclude each other
		}
	}
	c.report(d)
}

// meantUnlock reports whether the call of Lock at stands where Unlock was meant.
func (c *checker) meantUnlock(fn *ssa.Function, at ssa.Instruction) bool {
	flow := c.locks.Flow(fn)
	return slices.ContainsFunc(flow.Relocks, func(r lockset.Relock) bool { return r.Instr == at && c.locks.MeantUnlock(flow, r) })
}

// writer returns a place where the lock at p, or one of its class, is taken for
// writing by code that may run beside fn; nil if there is none. A lock in a
// variable of fn's own can only be reached by function literals in fn.
func (c *checker) writer(fn *ssa.Function, p access.Path) ssa.Instruction {
	own := p.Root().Kind == access.Local
	for _, w := range c.writers[lockset.ClassOf(p)] {
		if !own || w.Path == p && w.Chain[0].Parent() != fn {
			return w.Chain[0]
		}
	}
	return nil
}

const (
	recursive = "recursive"
	once      = "once" // Do of a sync.Once
)

// kind is the first half of the message key for a lock that is held in one mode
// and taken in another.
func kind(heldRead, takenRead bool) string {
	switch {
	case heldRead && takenRead:
		return recursive
	case heldRead:
		return "upgrade"
	case takenRead:
		return "downgrade"
	}
	return "again"
}

func (c *checker) report(x *double) {
	last := x.chain[len(x.chain)-1]
	if key := (seen{x.site, x.chain[0], last}); c.seen[key] {
		return
	} else {
		c.seen[key] = true
	}
	place := func(instr ssa.Instruction) string { return wording.Place(c.pass.Fset, instr.Pos()) }
	key := x.kind
	args := []string{"lock", x.name, "func", wording.Func(x.fn), "line", strconv.Itoa(c.pass.Fset.Position(x.site.Pos()).Line)}
	if len(x.chain) > 1 || x.far != nil {
		key += "-call"
		if holder := x.site.Parent(); holder != x.fn && x.kind != once { // which calls back what fn gave it
			key = x.kind + "-within"
			args = append(args, "holder", wording.Func(holder), "held", place(x.site))
		}
		if x.far != nil {
			args = append(args, "path", wording.Path(x.chain, x.far.Path), "place", x.far.Place)
		} else {
			args = append(args, "path", wording.Path(x.chain, ""), "place", place(last))
		}
	}
	d := diagnostic.Diagnostic{
		Category:   x.kind,
		Pos:        x.chain[0].Pos(),
		Subject:    diagnostic.Subject{Kind: diagnostic.Lock, Name: x.name, Decl: x.decl},
		Function:   x.fn.RelString(x.fn.Pkg.Pkg),
		Operations: []token.Pos{x.site.Pos(), last.Pos()},
		Related:    []diagnostic.Related{{Role: diagnostic.RoleLock, Pos: x.site.Pos(), Message: message.New("locked-here", "lock", x.name)}},
	}
	for i, call := range x.chain[1:] {
		in := wording.Func(call.Parent())
		if i+2 == len(x.chain) {
			if x.far != nil {
				d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: call.Pos(), Message: message.New("called-here", "func", in, "callee", x.far.Path)})
				break
			}
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: call.Pos(), Message: message.New("locked-again", "lock", x.name, "func", in)})
			break
		}
		callee := wording.Func(x.chain[i+2].Parent())
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: call.Pos(), Message: message.New("called-here", "func", in, "callee", callee)})
	}
	if x.writer != nil {
		args = append(args, "writer", place(x.writer))
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: x.writer.Pos(), Message: message.New("writer-here", "lock", x.name)})
	}
	if control.Conditions(x.chain[1:]) > maxConditions {
		d.Tier = config.Strict
	}
	d.Message = message.New(message.Key(key), args...)
	c.reporter.Report(d)
}

// maxConditions bounds the functions on the way to the second Lock which go on
// to it only under a condition: the more there are, the likelier it is that one
// is never met with the lock held, for reasons that are not in the code.
const maxConditions = 3

package doublelock

import (
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

type checker struct {
	pass     *analysis.Pass
	reporter *diagnostic.Reporter
	locks    *lockset.Result
	names    *wording.Namer
	// writers are the places where locks of a class are taken for writing.
	writers map[lockset.Class][]lockset.Taking
	// elsewhere are the classes of locks that may be released by code that is
	// not followed: by a function value that goes where calls of it are not seen,
	// or, of a local variable, by another function than the one that locked.
	elsewhere map[lockset.Class]bool
}

// collect notes what the flow of fn says about the locks of the package.
func (c *checker) collect(fn *ssa.Function) {
	flow := c.locks.Flow(fn)
	if flow == nil {
		return
	}
	for _, t := range c.locks.Takes(fn) {
		if t.Mode == lockset.Write && len(t.Chain) == 1 && t.Class.Known() {
			c.writers[t.Class] = append(c.writers[t.Class], t)
		}
	}
	for _, l := range flow.Escaped() {
		c.elsewhere[lockset.ClassOf(l.Path)] = true
	}
	for _, r := range flow.Unmatched {
		if class := lockset.ClassOf(r.Path); class.Local != nil {
			c.elsewhere[class] = true
		}
	}
}

// check reports the reentry r of fn unless there is doubt that it is the same
// lock, or that it blocks.
func (c *checker) check(fn *ssa.Function, r *lockset.Reentry) {
	at := r.Chain[0]
	switch {
	case !r.Path.Exact(): // perhaps another element
		return
	case c.elsewhere[lockset.ClassOf(r.Path)]: // perhaps released in between
		return
	case c.locks.Reassigned(fn, r.Path): // perhaps another object
		return
	case slices.ContainsFunc(r.Sites(), c.sometimes):
		return
	case slices.ContainsFunc(r.Sites(), func(site ssa.Instruction) bool { return lockset.CameRound(at, site) }):
		return // the iteration before did not unlock it: missingunlock's affair
	}
	if r.Mode == lockset.Read && r.HeldMode() == lockset.Read {
		if w := c.writer(fn, r.Path); w != nil { // readers alone do not exclude each other
			c.report(fn, r, w)
		}
		return
	}
	c.report(fn, r, nil)
}

// sometimes reports whether site calls a function that returns with a lock
// only sometimes: what decides that is often known to callers that keep apart
// what they do then, by means that are not seen.
func (c *checker) sometimes(site ssa.Instruction) bool {
	callee := c.locks.Through(site)
	if callee == nil {
		return false
	}
	return slices.ContainsFunc(c.locks.Effects(callee), func(ef lockset.NetEffect) bool { return ef.Acquires && !ef.Always })
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

// kind is the first half of a message key.
func kind(r *lockset.Reentry) string {
	switch {
	case r.Mode == lockset.Write && r.HeldMode() == lockset.Write:
		return "again"
	case r.Mode == lockset.Write:
		return "upgrade"
	case r.HeldMode() == lockset.Write:
		return "downgrade"
	}
	return "recursive"
}

func (c *checker) report(fn *ssa.Function, r *lockset.Reentry, writer ssa.Instruction) {
	site := r.Sites()[0]
	name := c.names.Lock(site, r.Path)
	key := kind(r)
	args := []string{"lock", name, "func", wording.Func(fn), "line", strconv.Itoa(c.pass.Fset.Position(site.Pos()).Line)}
	last := r.Chain[len(r.Chain)-1]
	if len(r.Chain) > 1 {
		key += "-call"
		if holder := site.Parent(); holder != fn { // which calls back what fn gave it
			key = kind(r) + "-within"
			args = append(args, "holder", wording.Func(holder), "held", wording.Place(c.pass.Fset, site.Pos()))
		}
		args = append(args, "path", wording.Path(r.Chain), "place", wording.Place(c.pass.Fset, last.Pos()))
	}
	d := diagnostic.Diagnostic{
		Category:   kind(r),
		Pos:        r.Chain[0].Pos(),
		Subject:    diagnostic.Subject{Kind: diagnostic.Lock, Name: name, Decl: declaration(r.Path)},
		Function:   fn.RelString(fn.Pkg.Pkg),
		Operations: []token.Pos{site.Pos(), last.Pos()},
	}
	d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: site.Pos(), Message: message.New("locked-here", "lock", name)})
	for i, call := range r.Chain[1:] {
		callee := call.Parent()
		if i+2 == len(r.Chain) {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: call.Pos(), Message: message.New("locked-again", "lock", name, "func", wording.Func(callee))})
			break
		}
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: call.Pos(), Message: message.New("called-here", "func", wording.Func(callee), "callee", wording.Func(r.Chain[i+2].Parent()))})
	}
	if writer != nil {
		args = append(args, "writer", wording.Place(c.pass.Fset, writer.Pos()))
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: writer.Pos(), Message: message.New("writer-here", "lock", name)})
	}
	d.Message = message.New(message.Key(key), args...)
	c.reporter.Report(d)
}

func declaration(p access.Path) token.Pos {
	c := lockset.ClassOf(p)
	switch {
	case c.Var != nil:
		return c.Var.Pos()
	case c.Local != nil:
		return c.Local.Pos()
	}
	return token.NoPos
}

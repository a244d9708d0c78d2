package lockorder

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
)

// A collector gathers the edges of a package.
type collector struct {
	fset  *token.FileSet
	pkg   *types.Package
	src   *ssabuild.SSA
	locks *lockset.Result
	names *wording.Namer
	edges []*edge
	// instances are pairs of edges between two locks of one class, in opposite
	// directions.
	instances [][2]*edge
}

// fromFlows gathers what the functions of the package do, each by itself and in
// the calls that are known without knowing objects.
func (c *collector) fromFlows() {
	for _, fn := range c.src.Funcs {
		flow := c.locks.Flow(fn)
		if flow == nil || flow.Incomplete {
			continue
		}
		for i := range flow.Edges {
			c.fromFlow(fn, &flow.Edges[i])
		}
	}
	slices.SortStableFunc(c.edges, func(a, b *edge) int {
		return cmp.Or(cmp.Compare(len(a.chain), len(b.chain)), cmp.Compare(len(a.gates), len(b.gates)))
	})
}

func (c *collector) fromFlow(fn *ssa.Function, f *lockset.Edge) {
	// Who makes an object known under the first lock, and then takes its lock, has
	// it before others can: they need the first lock.
	if c.locks.Made(fn, f.From.Path, f.Chain[0]) || c.locks.Made(fn, f.To.Path, f.Sites[0]) {
		return // which nobody else has yet; explorations know better
	}
	if c.locks.Doubtful(fn, f.From.Path, f.Sites) || c.locks.ReleasedInLoop(fn, f.From, f.Chain[0]) {
		return // perhaps released in between
	}
	e := &edge{
		from: c.keyAt(f.FromClass, f.From.Path, access.Path{}), to: c.keyAt(f.ToClass, f.To.Path, f.ToPart),
		fromRead: f.From.Mode == lockset.Read, toRead: f.To.Mode == lockset.Read,
		fromName: c.names.Lock(f.Sites[0], f.From.Path),
		code:     newCode(f.FromClass.Decl(), fn, f.Sites[0], f.Chain, f.Far),
	}
	e.toName = c.name(e.last(), c.nameless(f))
	for _, l := range f.Also {
		if gate := lockset.ClassOf(l.Path); l.Mode == lockset.Write && gate.Known() {
			e.gates = append(e.gates, c.keyAt(gate, l.Path, access.Path{}))
		}
	}
	switch {
	case e.from.mayBe(e.to):
		c.twoInstances(e, f)
	case !c.ordered(e):
		c.edges = append(c.edges, e)
	}
}

// ordered reports whether an edge leads between two locks of one field, in the order
// of something that is compared before.
func (c *collector) ordered(e *edge) bool {
	return e.from.field() == e.to.field() && c.compares(e.site, e.last())
}

// localMark ends the keys of classes that no other package can name.
const localMark = " (local)"

// keyAt is the key of a class for the lock at p, or, if it has no path, for what is
// known of which part of a variable it is.
func (c *collector) keyAt(of lockset.Class, p, part access.Path) class {
	if p.IsValid() {
		part = c.locks.Paths.Part(p)
	}
	if !part.IsValid() {
		return c.key(of)
	}
	fields := []*types.Var{part.Root().Var}
	for _, s := range part.Selectors() {
		fields = append(fields, s.Field)
	}
	return c.partKey(of, fields)
}

// partKey is the key of a class for the lock that the given fields lead to.
func (c *collector) partKey(of lockset.Class, fields []*types.Var) class {
	key := c.key(of)
	if i := slices.Index(fields, of.Var); of.Var != nil && i > 0 {
		for i--; i >= 0; i-- {
			key += partMark + c.key(lockset.Class{Var: fields[i]})
		}
	}
	return key
}

// key is the key of a class: of a package-level variable its name, of a field and
// a local variable where it is declared. File names are without folders, and
// columns are left out, since export data may have neither.
func (c *collector) key(of lockset.Class) class {
	v := of.Var
	switch {
	case v == nil && of.Local == nil:
		return ""
	case v == nil:
		return class(c.pkg.Path() + " " + wording.Place(c.fset, of.Local.Pos()) + " " + of.Local.Name() + localMark)
	case v.Pkg() == nil:
		return class(v.Name())
	case !v.IsField():
		return class(v.Pkg().Path() + "." + v.Name())
	}
	return class(v.Pkg().Path() + " " + wording.Place(c.fset, v.Pos()) + " " + v.Name())
}

// name names the lock that an instruction takes as its function does; other is
// for one that has no name there.
func (c *collector) name(at ssa.Instruction, other string) string {
	if p, ok := c.locks.PathAt(at); ok {
		return c.names.Lock(at, p)
	}
	return other
}

// twoInstances looks at a function that locks two objects of one type, such as
// two accounts. Many programs have an order for that: the parent before the
// child, the smaller number first. It is known to be wrong if the function is
// called with the same two objects both ways round.
func (c *collector) twoInstances(e *edge, f *lockset.Edge) {
	i, j := paramOf(f.From.Path, e.fn), paramOf(f.To.Path, e.fn)
	if i < 0 || j < 0 || i == j || c.compares(e.site, e.last()) {
		return
	}
	type args struct {
		a, b access.Path
	}
	calls := make(map[args][]ssa.CallInstruction)
	for _, caller := range c.src.Funcs {
		for _, b := range caller.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok || c.locks.Callee(call.Common()) != e.fn || len(call.Common().Args) != len(e.fn.Params) {
					continue
				}
				pair := args{c.locks.Paths.Of(call.Common().Args[i]), c.locks.Paths.Of(call.Common().Args[j])}
				concurrent := func(other ssa.CallInstruction) bool { return !c.inTurn(call, other, pair.a, pair.b) }
				if pair.a.Exact() && pair.b.Exact() && pair.a != pair.b && slices.ContainsFunc(calls[args{pair.b, pair.a}], concurrent) {
					c.instances = append(c.instances, [2]*edge{e, e})
					return
				}
				calls[pair] = append(calls[pair], call)
			}
		}
	}
}

// inTurn reports whether two calls come one after the other in one activation of
// a function, and no other works on the two objects: they are its own, or it is
// a test, of which each run makes some.
func (c *collector) inTurn(x, y ssa.CallInstruction, a, b access.Path) bool {
	fn := x.Parent()
	if _, ok := x.(*ssa.Go); ok || y.Parent() != fn {
		return false
	}
	if _, ok := y.(*ssa.Go); ok {
		return false
	}
	if ownObject(a, fn) && ownObject(b, fn) {
		return true
	}
	shared := a.Root().Kind == access.Global || b.Root().Kind == access.Global
	return !shared && strings.HasSuffix(c.fset.Position(fn.Pos()).Filename, "_test.go") && fn.Parent() == nil
}

// ownObject reports whether p is in an object that fn itself makes.
func ownObject(p access.Path, fn *ssa.Function) bool {
	r := p.Root()
	return r.Kind == access.Local && r.Func() == fn
}

// paramOf returns which parameter of fn the path starts from, or -1.
func paramOf(p access.Path, fn *ssa.Function) int {
	if p.Root().Kind != access.Param {
		return -1
	}
	return slices.IndexFunc(fn.Params, func(q *ssa.Parameter) bool { return q == p.Root().Value })
}

// compares reports whether the function around two instructions that take locks
// compares something of the two objects, as one does that locks the smaller one
// first.
func (c *collector) compares(first, second ssa.Instruction) bool {
	fn := first.Parent()
	p, ok := c.locks.PathAt(first)
	q, ok2 := c.locks.PathAt(second)
	if !ok || !ok2 || second.Parent() != fn {
		return false
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			op, ok := instr.(*ssa.BinOp)
			if !ok {
				continue
			}
			switch op.Op {
			case token.LSS, token.LEQ, token.GTR, token.GEQ:
				x, y := c.locks.Paths.Of(op.X).Root(), c.locks.Paths.Of(op.Y).Root()
				if x == p.Root() && y == q.Root() || x == q.Root() && y == p.Root() {
					return true
				}
			}
		}
	}
	return false
}

// An object is a lock of an exploration.
type object struct {
	x    *goroutine.Exploration
	obj  *goroutine.Object
	path goroutine.Path
}

// fromExploration gathers what an exploration shows: edges through interfaces
// and functions in fields, and which objects the locks belong to.
func (c *collector) fromExploration(x *goroutine.Exploration) {
	if !x.Complete() {
		return
	}
	var same []sameClass
	for _, le := range x.LockEdges() {
		e := c.exploredEdge(x, le)
		if e == nil {
			continue
		}
		switch {
		case c.ordered(e):
		case !e.from.mayBe(e.to):
			c.edges = append(c.edges, e)
		case e.fromObject != nil && e.toObject != nil:
			same = append(same, sameClass{e, le})
		}
	}
	for i, a := range same {
		for _, b := range same[i:] {
			if a.fromObject == b.toObject && a.toObject == b.fromObject && !share(a.gates, b.gates) && waitsFor(a.edge, b.edge) && waitsFor(b.edge, a.edge) &&
				x.Beside(a.Acquired.Point, b.Acquired.Point, nil) {
				c.instances = append(c.instances, [2]*edge{a.edge, b.edge})
			}
		}
	}
}

type sameClass struct {
	*edge
	goroutine.LockEdge
}

func (c *collector) exploredEdge(x *goroutine.Exploration, le goroutine.LockEdge) *edge {
	if le.Held.Once || le.Acquired.Once || c.unshared(le.Held, le.Acquired) || c.unshared(le.Acquired, le.Acquired) {
		return nil
	}
	from, to := c.classOf(le.Held), c.classOf(le.Acquired)
	if !from.Known() || !to.Known() {
		return nil
	}
	fn, chain := goroutine.Chain(le.Held, le.Acquired)
	e := &edge{
		from: c.partKey(from, x.PartOf(le.Held)), to: c.partKey(to, x.PartOf(le.Acquired)), fromRead: le.Held.Read, toRead: le.Acquired.Read,
		fromName: c.name(le.Held.Instr, le.Held.Lock.Name), toName: c.name(le.Acquired.Instr, le.Acquired.Lock.Name),
		code: newCode(from.Decl(), fn, le.Held.Instr, chain, nil),
	}
	if e.from.field() == e.to.field() {
		// Code that takes the two for objects of one type has an order for those.
		e.from, e.to = c.named(from, le.Held), c.named(to, le.Acquired)
	}
	if le.Held.Lock.Certain {
		e.fromObject = object{x, le.Held.Lock.Object, le.Held.Lock.Path}
	}
	if le.Acquired.Lock.Certain {
		e.toObject = object{x, le.Acquired.Lock.Object, le.Acquired.Lock.Path}
	}
	for _, h := range x.MustHold(le.Acquired.Point) {
		if gate := c.classOf(h); h != le.Held && !h.Read && gate.Known() && gate != from {
			e.gates = append(e.gates, c.partKey(gate, x.PartOf(h)))
		}
	}
	return e
}

// nameless names the lock that an edge leads to as the function of the edge does,
// or, if it has no name for it, by the fields that it is in.
func (c *collector) nameless(f *lockset.Edge) string {
	switch {
	case f.To.Path.IsValid():
		return c.locks.Paths.Text(f.To.Path)
	case f.ToPart.IsValid():
		return c.locks.Paths.Text(f.ToPart)
	case f.ToClass.Var != nil:
		return f.ToClass.Var.Name()
	}
	return "a lock"
}

// named is the key of a class as far as the source names the lock of a.
func (c *collector) named(of lockset.Class, a *goroutine.Acquisition) class {
	p, _ := c.locks.PathAt(a.Instr)
	return c.keyAt(of, p, access.Path{})
}

// unshared reports whether the lock of a is in an object that nobody else can have
// when the lock of second is acquired.
func (c *collector) unshared(a, second *goroutine.Acquisition) bool {
	p, ok := c.locks.PathAt(a.Instr)
	for f := a.Frame; ok && f != nil; f = f.Caller {
		if at := siteIn(f, second); at != nil && c.locks.Unshared(f.Fn, p, at) {
			return true
		}
		call, isCall := f.Site.(ssa.CallInstruction)
		if !isCall || f.Caller == nil || f.Caller.Thread != f.Thread {
			return false
		}
		p, ok = c.locks.Paths.Rebase(p, f.Fn, call.Common())
	}
	return false
}

// siteIn is the instruction of an activation that acquires a lock, or by which it
// comes to be acquired; nil if the activation has ended by then.
func siteIn(f *goroutine.Frame, a *goroutine.Acquisition) ssa.Instruction {
	if a.Frame == f {
		return a.Instr
	}
	for g := a.Frame; g != nil; g = g.Caller {
		if g.Caller == f {
			return g.Site
		}
	}
	return nil
}

// classOf returns the class of the lock of an acquisition: by the name that the
// source gives it, or, where that is another name of it, by its object.
func (c *collector) classOf(a *goroutine.Acquisition) lockset.Class {
	if p, ok := c.locks.PathAt(a.Instr); ok {
		named := lockset.ClassOf(p)
		if named.Var != nil && (named.Var.Pkg() == nil || named.Var.Pkg().Path() != "sync") {
			return named
		}
	}
	if a.Lock.Var != nil {
		return lockset.Class{Var: a.Lock.Var}
	}
	return lockset.Class{Local: a.Lock.Object.Value}
}

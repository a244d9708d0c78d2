package lockcontract

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A use is what an access does.
type use uint8

const (
	noUse use = iota
	reads
	calls // a method of the variable, which may read or write
	writes
)

// An accessed variable is an access of a variable with a contract.
type accessed struct {
	v     *types.Var
	instr ssa.Instruction // makes the address, or loads the field of a value
	use   use
	obj   access.Path // the object that a field belongs to, as an address
}

// checkVariables reports accesses of guarded variables without the lock.
func (c *checker) checkVariables() {
	all := c.accesses()
	byVar := make(map[*types.Var][]accessed)
	var order []*types.Var
	for _, a := range all {
		if byVar[a.v] == nil {
			order = append(order, a.v)
		}
		byVar[a.v] = append(byVar[a.v], a)
	}
	for _, v := range order {
		for _, g := range c.contracts.FieldGuard(v) {
			c.checkGuard(v, g, byVar[v])
		}
	}
}

// checkGuard judges the accesses of one variable by one of its guards. What
// nobody writes once it is shared may be read by anybody, whatever is said of
// it. If the lock is held nowhere, or less often than not, it is the comment
// that is out of date; one about a group of variables is more easily so.
func (c *checker) checkGuard(v *types.Var, g contract.Guard, all []accessed) {
	if !c.writtenLater(all) {
		return
	}
	var held, unheld int
	var heldAt ssa.Instruction
	var wrong []violation
	for _, a := range all {
		if !c.noneHeld(a.instr, g.Lock) {
			if heldAt == nil {
				heldAt = a.instr
			}
			held++
			if site := c.readLocked(a, g.Lock); site != nil {
				c.reportReadLocked(a, g, site)
			}
			continue
		}
		if a.use == noUse || c.excused(a.instr) || c.assumed(a.instr.Parent(), g.Lock) || c.renewed(a) {
			continue
		}
		if _, ok := c.shared(a.instr, a.obj); ok && !c.inTest(a.instr.Parent()) {
			unheld++
		}
		if w, ok := c.unheld(a.instr, g.Lock, a.obj); ok {
			wrong = append(wrong, violation{a, w})
		}
	}
	others := c.otherLocks(all, g.Lock)
	wrong = slices.DeleteFunc(wrong, func(w violation) bool { return w.use == reads && c.holdsOne(w.instr, others) })
	credible := held >= len(wrong)
	if g.Group {
		credible = held >= unheld
	}
	for _, w := range worst(wrong) {
		tier := config.Default
		if held == 0 || !credible || c.handsOver(w.accessed) || c.inPhases(v, w.way) || w.use == reads && c.frozen(all) {
			tier = config.Strict
		}
		c.reportAccess(w, g, heldAt, tier)
	}
}

// worst picks one violation of each function: the first that writes, or the
// first.
func worst(all []violation) []violation {
	var picked []violation
	for _, v := range all {
		i := slices.IndexFunc(picked, func(p violation) bool { return p.instr.Parent() == v.instr.Parent() })
		switch {
		case i < 0:
			picked = append(picked, v)
		case picked[i].use < v.use:
			picked[i] = v
		}
	}
	return picked
}

// frozen reports whether only functions write the variable whose names say that
// they prepare the object, such as register: it may be used only afterwards.
func (c *checker) frozen(all []accessed) bool {
	return !slices.ContainsFunc(all, func(a accessed) bool {
		if a.use < calls || c.inTest(a.instr.Parent()) || prepares.MatchString(a.instr.Parent().Name()) {
			return false
		}
		_, ok := c.shared(a.instr, a.obj)
		return ok
	})
}

var prepares = pattern.New(`^(?i:register|init|setup|configure|prepare|install|open|new)`)

// inPhases reports whether the way begins in a function that only the rest of
// its own program can call, and v is a package-level variable: such a program
// may use the variable from goroutines in one phase and alone in the next.
func (c *checker) inPhases(v *types.Var, w way) bool {
	if v.IsField() || len(w.calls) > 0 && w.calls[len(w.calls)-1].spawns {
		return false
	}
	path := "/" + c.pass.Pkg.Path() + "/"
	return strings.Contains(path, "/internal/")
}

// otherLocks lists the locks, by the variables that hold them, that every write
// holds beside the guard. To read, one of them is enough.
func (c *checker) otherLocks(all []accessed, guard contract.Lock) []*types.Var {
	var common []*types.Var
	first := true
	for _, a := range all {
		if a.use < calls {
			continue
		}
		if _, ok := c.shared(a.instr, a.obj); !ok {
			continue
		}
		var held []*types.Var
		for _, h := range c.locks.HeldBefore(a.instr) {
			if v, _ := holder(h.Path); v != nil && h.Must && v != guard.Var {
				held = append(held, v)
			}
		}
		if first {
			common, first = held, false
			continue
		}
		common = slices.DeleteFunc(common, func(v *types.Var) bool { return !slices.Contains(held, v) })
	}
	return common
}

// holdsOne reports whether one of the locks is held at instr.
func (c *checker) holdsOne(instr ssa.Instruction, locks []*types.Var) bool {
	return len(locks) > 0 && slices.ContainsFunc(c.locks.HeldBefore(instr), func(h lockset.Held) bool {
		v, _ := holder(h.Path)
		return h.Must && slices.Contains(locks, v)
	})
}

type violation struct {
	accessed
	way way
}

// handsOver reports whether the function of an access sends to or receives from
// a channel of the same object: the goroutines that share the object may take
// turns.
func (c *checker) handsOver(a accessed) bool {
	root := a.obj.Root()
	if root == (access.Root{}) || root.Kind == access.Global {
		return false
	}
	for _, b := range a.instr.Parent().Blocks {
		for _, i := range b.Instrs {
			var ch ssa.Value
			switch i := i.(type) {
			case *ssa.UnOp:
				if i.Op == token.ARROW {
					ch = i.X
				}
			case *ssa.Send:
				ch = i.Chan
			case *ssa.Select:
				for _, s := range i.States {
					if c.paths.Of(s.Chan).Root() == root {
						return true
					}
				}
			}
			if ch != nil && c.paths.Of(ch).Root() == root {
				return true
			}
		}
	}
	return false
}

// holds reports whether a lock that could be l may be held at instr, also
// because of what the function says itself.
func (c *checker) holds(instr ssa.Instruction, l contract.Lock) bool {
	return !c.noneHeld(instr, l) || c.assumed(instr.Parent(), l)
}

// readLocked returns the call of RLock under which a is a write, nil if it is
// none or the lock may be held for writing.
func (c *checker) readLocked(a accessed, l contract.Lock) ssa.Instruction {
	if a.use != writes || !l.RW || l.Shared {
		return nil
	}
	var site ssa.Instruction
	for _, h := range c.locks.HeldBefore(a.instr) {
		switch {
		case !couldBe(h.Path, l):
		case h.Mode != lockset.Read || !h.Must || len(h.Sites) == 0 || h.Path.LastField() != l.Var && h.Path.Root().Var != l.Var:
			return nil
		default:
			site = h.Sites[0]
		}
	}
	if site == nil || c.excused(a.instr) || a.obj.Root().Kind == access.Local || a.obj.Root().Kind == access.OtherValue {
		return nil
	}
	return site
}

// writtenLater reports whether any access writes the variable of an object
// that is not fresh.
func (c *checker) writtenLater(all []accessed) bool {
	for _, a := range all {
		if a.use < calls || c.inTest(a.instr.Parent()) {
			continue
		}
		root := a.obj.Root()
		if (root.Kind == access.Local || root.Kind == access.OtherValue) && root.Func() == a.instr.Parent() && c.fresh(root.Value, 0) && !c.published(root, a.instr) {
			continue
		}
		if fn := a.instr.Parent(); fn.Name() == "init" || special(fn.Name()) && a.use == writes && !c.holdsAny(a.instr) {
			continue
		}
		return true
	}
	return false
}

func (c *checker) holdsAny(instr ssa.Instruction) bool { return len(c.locks.HeldBefore(instr)) > 0 }

// renewed reports whether the object was replaced by a fresh one before, in
// the same function, as in s.conn = newConn().
func (c *checker) renewed(a accessed) bool {
	fa, ok := a.instr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	through := make(map[access.Path]bool)
	for p, ok := c.paths.Of(fa.X), true; ok; p, ok = p.Parent() {
		if p.Last().Kind == access.Deref {
			addr, _ := p.Parent()
			through[addr] = true
		}
	}
	for _, b := range fa.Parent().Blocks {
		for _, i := range b.Instrs {
			if st, ok := i.(*ssa.Store); ok && through[c.paths.Of(st.Addr)] && control.Reaches(st, fa) && c.freshPath(st.Val, 0) {
				return true
			}
		}
	}
	return false
}

// accesses lists the accesses of variables with guards, in source order. An
// access that reads and writes, such as n++, is one that writes.
func (c *checker) accesses() []accessed {
	var all []accessed
	add := func(as ...accessed) {
		for _, a := range as {
			if n := len(all) - 1; n >= 0 && all[n].v == a.v && all[n].instr.Pos() == a.instr.Pos() && all[n].instr.Parent() == a.instr.Parent() {
				all[n].use = max(all[n].use, a.use)
				continue
			}
			all = append(all, a)
		}
	}
	for _, fn := range c.funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch i := instr.(type) {
				case *ssa.FieldAddr:
					if v := fieldVar(i.X.Type(), i.Field); c.contracts.FieldGuard(v) != nil {
						add(accessed{v, i, c.useOf(i, 0), c.paths.Of(i.X)})
					}
				case *ssa.Field:
					if v := fieldVar(i.X.Type(), i.Field); c.contracts.FieldGuard(v) != nil {
						if obj := c.paths.Of(i.X); obj.Root().Kind != access.OtherValue {
							add(accessed{v, i, reads, obj})
						}
					}
				default:
					add(c.globals(instr)...)
				}
			}
		}
	}
	return all
}

// globals lists the accesses of package-level variables by one instruction.
func (c *checker) globals(instr ssa.Instruction) []accessed {
	var all []accessed
	for _, op := range instr.Operands(nil) {
		g, ok := (*op).(*ssa.Global)
		if !ok {
			continue
		}
		v, _ := g.Object().(*types.Var)
		if v == nil || c.contracts.FieldGuard(v) == nil {
			continue
		}
		all = append(all, accessed{v, instr, c.useBy(instr, g, 0), c.paths.OfVar(v)})
	}
	return all
}

func fieldVar(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		return st.Field(i).Origin()
	}
	return nil
}

// useOf tells what is done with the variable at addr; noUse if it is only
// handed on, and what becomes of it is not seen.
func (c *checker) useOf(addr ssa.Value, depth int) use {
	most := noUse
	for _, ref := range *addr.Referrers() {
		most = max(most, c.useBy(ref, addr, depth))
	}
	return most
}

func (c *checker) useBy(instr ssa.Instruction, addr ssa.Value, depth int) use {
	if depth > 6 {
		return noUse
	}
	switch i := instr.(type) {
	case *ssa.Store:
		if i.Addr == addr {
			return writes
		}
	case *ssa.UnOp:
		if i.Op == token.MUL {
			if writesThrough(i) {
				return writes
			}
			return reads
		}
	case *ssa.FieldAddr:
		return c.useOf(i, depth+1)
	case *ssa.IndexAddr:
		return c.useOf(i, depth+1)
	case *ssa.Call:
		if _, ok := syncapi.Classify(&i.Call, c.paths); ok {
			return noUse
		}
		if recv := i.Call.Signature().Recv(); recv != nil && len(i.Call.Args) > 0 && i.Call.Args[0] == addr {
			return calls
		}
	case *ssa.Slice:
		return reads
	}
	return noUse
}

// writesThrough reports whether the map or slice that was loaded is written.
func writesThrough(v ssa.Value) bool {
	switch v.Type().Underlying().(type) {
	case *types.Map:
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.MapUpdate:
				if ref.Map == v {
					return true
				}
			case *ssa.Call:
				if b, ok := ref.Call.Value.(*ssa.Builtin); ok && (b.Name() == "delete" || b.Name() == "clear") {
					return true
				}
			}
		}
	case *types.Slice:
		for _, ref := range *v.Referrers() {
			if ia, ok := ref.(*ssa.IndexAddr); ok {
				for _, r := range *ia.Referrers() {
					if st, ok := r.(*ssa.Store); ok && st.Addr == ia {
						return true
					}
				}
			}
		}
	}
	return false
}

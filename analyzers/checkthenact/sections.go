package checkthenact

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A split is a read in one critical section and a write of the same variable
// in a later one of the same lock.
type split struct {
	read, write   event
	first, second lockset.Held
}

// checkSections finds reads in one critical section on which w, in another one,
// depends.
func (c *checker) checkSections(f *function, w event, n need) {
	for _, r := range n.reads {
		if !c.sameVariable(r.event, w) {
			continue
		}
		if s, ok := c.split(r.event, w); ok && !c.reassigned(f, w.path) && !c.validated(f, s, n) {
			c.judge(f, s, r.decisions)
		}
	}
}

// reassigned reports whether the function changes what the variable is reached by.
func (c *checker) reassigned(f *function, p access.Path) bool {
	is, known := f.reassigned[p]
	if !known {
		is = c.locks.Reassigned(f.fn, p)
		f.reassigned[p] = is
	}
	return is
}

// sameVariable reports whether r reads what w writes.
func (c *checker) sameVariable(r, w event) bool {
	if r.path != w.path {
		return false
	}
	if w.key != nil {
		return r.kind == lookup && w.kind != store && c.sameKey(r.key, w.key)
	}
	return r.kind == load && w.kind == store && w.path.Exact()
}

// split returns the lock that is held at both events, in two sections; ok is
// false if there is none, or if another lock holds the two together.
func (c *checker) split(r, w event) (s split, ok bool) {
	for _, second := range w.held {
		if !second.Must || second.Mode != lockset.Write || second.Entry || !belongs(second.Path, w.path) {
			continue
		}
		for _, first := range r.held {
			if !first.Must || first.Path != second.Path {
				continue
			}
			if intersects(first.Sites, second.Sites) {
				return split{}, false
			}
			s, ok = split{r, w, first, second}, true
		}
	}
	return s, ok && !together(r.held, w.held)
}

// together reports whether a lock is held for writing from one place to the
// other, so that nothing comes between.
func together(a, b lockset.Set) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Lock == y.Lock && x.Mode == lockset.Write && x.Must && y.Must && (x.Entry && y.Entry || intersects(x.Sites, y.Sites)) {
				return true
			}
		}
	}
	return false
}

func intersects(a, b []ssa.Instruction) bool {
	return slices.ContainsFunc(a, func(i ssa.Instruction) bool { return slices.Contains(b, i) })
}

// belongs reports whether the lock is that of the object which v is part of:
// both are reached from the same root, or both are variables of one function
// or package.
func belongs(lock, v access.Path) bool {
	lr, vr := lock.Root(), v.Root()
	if lr == vr {
		return true
	}
	if lr.Kind != vr.Kind {
		return false
	}
	switch lr.Kind {
	case access.Global:
		return lr.Var.Pkg() == vr.Var.Pkg()
	case access.Local:
		return lr.Func() == vr.Func()
	}
	return false
}

// validated reports whether the function can know in the second section that
// what it read still holds, or whether it has claimed the right to write in the
// first one.
func (c *checker) validated(f *function, s split, n need) bool {
	// What is read again may be compared in ways that are not seen; but a
	// read that the write itself needs, as n in n -= 1, compares nothing.
	for _, site := range s.second.Sites {
		for _, i := range f.reads[part{site, s.write.path}] {
			e := f.events[i]
			if intersects(heldSites(e.held, s.second.Path), s.second.Sites) && c.sameOrPart(e, s.write) && !c.onlyFor(f, e, s.write) {
				return true
			}
		}
	}
	sites := s.first.Sites
	if s.first.Entry {
		sites = append(slices.Clip(sites), nil)
	}
	for _, site := range sites {
		for _, i := range f.writes[site] {
			e := f.events[i]
			inFirst := intersects(heldSites(e.held, s.first.Path), s.first.Sites) || s.first.Entry && heldAtEntry(e.held, s.first.Path)
			if inFirst && belongs(s.first.Path, e.path) && e.instr != s.write.instr {
				return true // a claim, such as busy = true
			}
		}
	}
	return c.decidesAnew(f, s, n)
}

// decidesAnew reports whether the function makes any decision in the second section
// by what it finds there. Who decides more often than is looked at is taken to do so.
func (c *checker) decidesAnew(f *function, s split, n need) bool {
	for _, site := range s.second.Sites {
		count := 0
		for d := n.within[site]; d != nil; d = d.outer {
			if !intersects(heldSites(f.held[d.branch], s.second.Path), s.second.Sites) {
				continue
			}
			if count++; count > maxDecisions {
				return true
			}
			if slices.ContainsFunc(s.second.Sites, func(site ssa.Instruction) bool {
				return f.fresh(d.branch, part{site, s.second.Path})
			}) {
				return true
			}
		}
	}
	return false
}

// fresh reports whether a condition depends on something that is found in the section
// of the lock at p.path that begins at p.site.
func (f *function) fresh(branch *ssa.If, p part) bool {
	key := condition{branch, p}
	is, known := f.isFresh[key]
	if !known {
		sites := []ssa.Instruction{p.site}
		is = operands(branch.Cond, func(i ssa.Instruction) bool {
			switch i.(type) {
			case *ssa.Call, *ssa.UnOp, *ssa.Lookup:
				return intersects(heldSites(f.held[i], p.path), sites)
			case *ssa.Next, *ssa.Select:
				return true
			}
			return false
		})
		f.isFresh[key] = is
	}
	return is
}

// A condition is that of a branch, looked at from a section.
type condition struct {
	branch  *ssa.If
	section part
}

func heldSites(set lockset.Set, p access.Path) []ssa.Instruction {
	for _, h := range set {
		if h.Path == p {
			return h.Sites
		}
	}
	return nil
}

func heldAtEntry(set lockset.Set, p access.Path) bool {
	return slices.ContainsFunc(set, func(h lockset.Held) bool { return h.Path == p && h.Entry })
}

// sameOrPart reports whether the read e tells something of what w writes.
func (c *checker) sameOrPart(e, w event) bool {
	if w.key != nil {
		return e.kind == lookup && e.path == w.path
	}
	return e.path == w.path
}

// onlyFor reports whether the value that e reads goes into what w writes and
// nowhere else.
func (c *checker) onlyFor(f *function, e, w event) bool {
	v, ok := e.instr.(ssa.Value)
	if !ok || w.value == nil || f.depends(w.value, e.instr) == independent {
		return false
	}
	for _, ref := range *v.Referrers() {
		if _, isBranch := ref.(*ssa.If); isBranch {
			return false
		}
		if b, isBin := ref.(*ssa.BinOp); isBin && control.IsBool(b.Type()) {
			return false
		}
	}
	return true
}

// judge takes note of s if the write depends on the read, and how.
func (c *checker) judge(f *function, s split, decisions *decisions) {
	if s.write.value != nil {
		switch f.depends(s.write.value, s.read.instr) {
		case computed:
			c.addSplit(f, s, "lost-update")
			return
		case copied:
			return // put back what was there
		}
	}
	if decisions != nil {
		c.addSplit(f, s, c.judgeDecision(f, s, decisions.decision))
	}
}

func (c *checker) addSplit(f *function, s split, key message.Key) {
	c.pairs = append(c.pairs, pair{f: f, read: s.read, write: s.write, key: key, gap: s.second.Sites[0], split: &s})
}

// judgeDecision returns the key of what s is if d decides on the write.
func (c *checker) judgeDecision(f *function, s split, d decision) message.Key {
	op, with, compared := d.comparison(f, s.read.instr)
	switch {
	case s.write.kind == remove:
		return "check-delete"
	case compared && ordering(op) && c.sameValue(with, s.write.value):
		return "lost-maximum"
	case compared && ordering(op) && c.adds(s.write):
		return "limit"
	case c.identity(s.write.value):
		return "two-objects"
	}
	return "check-then-act"
}

// sameValue reports whether what is written is what the read was compared with.
func (c *checker) sameValue(a, b ssa.Value) bool {
	if _, isConst := b.(*ssa.Const); isConst || b == nil {
		return false
	}
	return a == b || c.paths.Of(a) == c.paths.Of(b)
}

// adds reports whether the write changes the variable by an amount, such as
// n -= amount.
func (c *checker) adds(w event) bool {
	b, ok := w.value.(*ssa.BinOp)
	if !ok {
		return false
	}
	for _, x := range []ssa.Value{b.X, b.Y} {
		switch x := x.(type) {
		case *ssa.UnOp:
			if w.key == nil && c.paths.Of(x.X) == w.path {
				return true
			}
		case *ssa.Lookup:
			if w.key != nil && c.paths.Of(x.X) == w.path {
				return true
			}
		}
	}
	return false
}

// identity reports whether v is a new object of which it matters that there is one
// only: a lock or a channel, or a struct with one in it.
func (c *checker) identity(v ssa.Value) bool {
	if v == nil {
		return false
	}
	if mi, ok := v.(*ssa.MakeInterface); ok {
		v = mi.X
	}
	switch v := v.(type) {
	case *ssa.MakeChan:
		return true
	case *ssa.Alloc:
		return hasIdentity(v.Type().Underlying().(*types.Pointer).Elem(), 0)
	}
	return false
}

func hasIdentity(t types.Type, depth int) bool {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		switch n.Obj().Pkg().Path() {
		case "sync":
			return n.Obj().Name() != "Once" && n.Obj().Name() != "Pool"
		case "sync/atomic":
			return true
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return true
	case *types.Struct:
		for i := range u.NumFields() {
			if depth < 4 && hasIdentity(u.Field(i).Type(), depth+1) {
				return true
			}
		}
	case *types.Array:
		return hasIdentity(u.Elem(), depth+1)
	}
	return false
}

// checkDoubleChecked finds reads without the lock, of what is then read again and
// written by w with it.
func (c *checker) checkDoubleChecked(f *function, w event, n need) {
	if w.kind == remove || w.path.Root().Kind == access.OtherValue || len(c.locks.HeldAtEntry(f.fn)) > 0 {
		return
	}
	for _, r := range n.reads {
		if len(r.held) > 0 || !c.sameVariable(r.event, w) || r.decisions == nil || c.reassigned(f, w.path) {
			continue
		}
		lock, ok := c.owner(w)
		if !ok || !c.takenAfter(r.event, lock) {
			continue
		}
		if slices.ContainsFunc(n.reads, func(again basis) bool {
			return again.decisions != nil && again.kind == r.kind && c.sameVariable(again.event, w) &&
				intersects(heldSites(again.held, lock.Path), lock.Sites)
		}) {
			c.reportDoubleChecked(f, r.event, w, lock)
		}
	}
}

// owner returns the lock that w is made under, if it belongs to what is written.
func (c *checker) owner(w event) (lockset.Held, bool) {
	for _, h := range w.held {
		if h.Must && !h.Entry && h.Mode == lockset.Write && belongs(h.Path, w.path) {
			return h, true
		}
	}
	return lockset.Held{}, false
}

// takenAfter reports whether the lock is taken behind r wherever it is.
func (c *checker) takenAfter(r event, lock lockset.Held) bool {
	return !slices.ContainsFunc(lock.Sites, func(site ssa.Instruction) bool { return !control.Dominates(r.instr, site) })
}

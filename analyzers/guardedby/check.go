package guardedby

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

type checker struct {
	pass      *analysis.Pass
	report    *diagnostic.Reporter
	paths     *access.Paths
	locks     *lockset.Result
	contracts *contract.Result
	funcs     []*ssa.Function
	judge     *guard.Judge
}

// check judges the accesses of all variables that a lock seems to guard.
func (c *checker) check(guards []inferred) {
	byVar := make(map[*types.Var]inferred)
	for _, g := range guards {
		byVar[g.v] = g
	}
	guarded := make(map[*types.Var]bool)
	for v, all := range guard.ByVariable(c.judge.Accesses(func(v *types.Var) bool { return byVar[v].v != nil })) {
		guarded[v] = c.checkVariable(byVar[v], all)
	}
	if c.report.Tier() == config.Strict {
		c.checkUnguarded(guarded)
	}
}

// checkVariable reports the accesses of a variable without the lock that guards
// it. It reports whether the lock is believed to.
func (c *checker) checkVariable(g inferred, all []guard.Access) bool {
	verdict := c.judge.Variable(g.v, g.lock, all)
	if verdict == nil {
		return false
	}
	var kept []guard.Access
	for _, a := range verdict.Held {
		if g.sure[a.Instr] && a.Use != guard.NoUse && !c.judge.InTest(a.Instr.Parent()) {
			kept = append(kept, a)
		}
	}
	believed := c.believed(g, kept, verdict.Unheld)
	remarked := len(verdict.Wrong)+len(verdict.ReadLocked) > 0 && c.judge.Remarked(g.v)
	if remarked && believed == config.Default {
		believed = config.Strict
	}
	if believed != noBelief {
		if c.report.Tier() == config.Strict {
			c.checkHandedOut(g, kept)
		}
		for _, r := range verdict.ReadLocked {
			if g.sure[r.Instr] && c.writtenAlone(g, kept) {
				c.reportReadLocked(g, r, believed)
			}
		}
	}
	for _, w := range guard.OnePerFunction(verdict.Wrong) {
		tier := believed
		if len(kept) >= verdict.Unheld && c.tooLate(g, w, kept) {
			tier = config.Default
		}
		if tier == noBelief || onlyLeads(w.Instr) || c.otherOwner(g, w) || c.judge.Generated(w.Instr) {
			continue
		}
		opponent, sure, ok := c.opponent(w, kept)
		if !ok {
			continue
		}
		if w.Doubtful || !sure || remarked {
			tier = config.Strict
		}
		c.reportAccess(g, w, opponent, len(kept), verdict.Unheld, tier)
	}
	return believed != noBelief
}

// tooLate reports whether an access comes behind a critical section of its own
// function that it seems to belong to: it writes the variable, or the section uses
// the variable too.
func (c *checker) tooLate(g inferred, w guard.Violation, kept []guard.Access) bool {
	fn := w.Instr.Parent()
	flow := c.locks.Flow(fn)
	if flow == nil || w.Use != guard.Writes && !slices.ContainsFunc(kept, func(a guard.Access) bool { return a.Instr.Parent() == fn }) {
		return false
	}
	return slices.ContainsFunc(flow.Releases, func(r lockset.Release) bool {
		lock, _ := guard.Holder(r.Path)
		_, isCall := r.Instr.(*ssa.Call)
		return isCall && lock == g.lock.Var && belongs(r.Path, w.Object) && control.Dominates(r.Instr, w.Instr)
	})
}

// otherOwner reports whether w holds the lock of another type that belongs to its
// object: objects of this type are parts of several others, each with a lock of its
// own for them.
func (c *checker) otherOwner(g inferred, w guard.Violation) bool {
	return slices.ContainsFunc(c.judge.HeldBefore(w.Instr), func(h lockset.Held) bool {
		lock, _ := guard.Holder(h.Path)
		return lock != nil && belongs(h.Path, w.Object) && !c.together(lock, g.lock.Var)
	})
}

// together reports whether two locks are fields of one struct, or both at package
// level.
func (c *checker) together(a, b *types.Var) bool {
	if !a.IsField() || !b.IsField() {
		return a.IsField() == b.IsField()
	}
	for _, n := range syntax.Enclosing(c.pass.Files, a.Pos()) {
		if st, ok := n.(*ast.StructType); ok {
			return st.Pos() <= b.Pos() && b.Pos() < st.End()
		}
	}
	return false
}

// onlyLeads reports whether instr is only the way to the fields of a struct,
// which are variables of their own.
func onlyLeads(instr ssa.Instruction) bool {
	addr, ok := instr.(*ssa.FieldAddr)
	return ok && !slices.ContainsFunc(*addr.Referrers(), func(ref ssa.Instruction) bool {
		_, ok := ref.(*ssa.FieldAddr)
		return !ok
	})
}

// writtenAlone reports whether somebody writes the variable with the lock held
// for writing.
func (c *checker) writtenAlone(g inferred, kept []guard.Access) bool {
	return slices.ContainsFunc(kept, func(a guard.Access) bool {
		return a.Use == guard.Writes && slices.ContainsFunc(c.judge.HeldBefore(a.Instr), func(h lockset.Held) bool {
			v, _ := guard.Holder(h.Path)
			return v == g.lock.Var && h.Mode == lockset.Write
		})
	})
}

// Thresholds: how many accesses must hold the lock for it to be called the guard,
// how many there must be for each that does not to leave no doubt, and how many
// may not if the lock is known to be for this variable: where more do not, it is
// for some of its uses only.
const (
	minHeld   = 3
	minSure   = 4
	maxUnheld = 2
)

// noBelief is the tier of reports about a lock that is no guard.
const noBelief config.Tier = ""

// believed returns the tier for reports about a guard: nearly all accesses hold
// the lock, or of a few accesses half do, and one that writes takes it for this
// variable alone.
func (c *checker) believed(g inferred, kept []guard.Access, unheld int) config.Tier {
	writes, alone := false, false
	for _, a := range kept {
		writes = writes || a.Use != guard.Reads
		alone = alone || a.Use == guard.Writes && g.alone[a.Instr]
	}
	switch {
	case !writes:
		return noBelief
	case len(kept) >= minHeld && len(kept) >= minSure*unheld, alone && unheld <= maxUnheld && len(kept) >= unheld:
		return config.Default
	case len(kept) >= minHeld:
		return config.Strict
	}
	return noBelief
}

// opponent returns an access under the lock that may come at the same time as
// w, from elsewhere, one of the two being a write. It is not sure if it is a write
// that is made once, when the object is first used, or if w is part of the end of
// the object, and nobody in the package is known to use it then.
func (c *checker) opponent(w guard.Violation, kept []guard.Access) (_ guard.Access, sure, ok bool) {
	ends := w.Ends()
	var found guard.Access
	for _, use := range []guard.Use{guard.Writes, guard.Calls, guard.Reads} {
		if use == guard.Reads && w.Use != guard.Writes {
			break
		}
		for _, a := range kept {
			if a.Use != use || c.prepared(a, w) || c.own(a, w) || headerOnly(w.Instr) && onlyContent(a) {
				continue
			}
			meets, spawned := c.judge.MayMeet(a, w)
			if !meets {
				continue
			}
			if (use == guard.Reads || !c.firstTime(a)) && (spawned || !ends) {
				return a, true, true
			}
			if !ok {
				found, ok = a, true
			}
		}
	}
	return found, false, ok
}

// own reports whether w reads what a has written right before, in the same call.
func (c *checker) own(a guard.Access, w guard.Violation) bool {
	return w.Use == guard.Reads && a.Instr.Parent() == w.Instr.Parent() && control.Dominates(a.Instr, w.Instr)
}

// headerOnly reports whether an access only asks whether the map, slice or pointer
// that the variable holds is nil.
func headerOnly(instr ssa.Instruction) bool {
	loads := []ssa.Instruction{instr}
	if addr, ok := instr.(*ssa.FieldAddr); ok {
		loads = *addr.Referrers()
	}
	for _, l := range loads {
		load, ok := l.(*ssa.UnOp)
		if !ok {
			return false
		}
		for _, ref := range *load.Referrers() {
			cmp, ok := ref.(*ssa.BinOp)
			if !ok || !access.IsNil(cmp.X) && !access.IsNil(cmp.Y) {
				return false
			}
		}
	}
	return true
}

// onlyContent reports whether a write changes what the map or slice holds, and not
// the variable.
func onlyContent(a guard.Access) bool {
	addr, ok := a.Instr.(*ssa.FieldAddr)
	if !ok {
		return guard.ChangesContent(a)
	}
	return guard.ChangesContent(a) && !slices.ContainsFunc(*addr.Referrers(), func(ref ssa.Instruction) bool {
		st, ok := ref.(*ssa.Store)
		return ok && st.Addr == addr
	})
}

// prepared reports whether the write a has been made before w for certain, and
// is not made again: its function, which is called on every way to w, asks first
// whether it has to do anything.
func (c *checker) prepared(a guard.Access, w guard.Violation) bool {
	if !c.firstTime(a) {
		return false
	}
	if c.judge.CalledBefore(a.Instr.Parent(), w.Instr) {
		return true
	}
	return slices.ContainsFunc(w.Way.Calls, func(s guard.Site) bool {
		return !s.Spawns && c.judge.CalledBefore(a.Instr.Parent(), s.Instr)
	})
}

// firstTime reports whether a write is behind a test of a field of the same
// object that the same function also writes.
func (c *checker) firstTime(a guard.Access) bool {
	fn := a.Instr.Parent()
	for _, b := range fn.Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || b == a.Instr.Block() || !b.Dominates(a.Instr.Block()) {
			continue
		}
		for _, addr := range loaded(br.Cond, 0) {
			if p := c.paths.Of(addr); p.HasPrefix(a.Object) && c.stores(fn, p) {
				return true
			}
		}
	}
	return false
}

// loaded lists the addresses from which v is computed.
func loaded(v ssa.Value, depth int) []ssa.Value {
	if depth > 4 {
		return nil
	}
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return []ssa.Value{v.X}
		}
		return loaded(v.X, depth+1)
	case *ssa.BinOp:
		return append(loaded(v.X, depth+1), loaded(v.Y, depth+1)...)
	}
	return nil
}

func (c *checker) stores(fn *ssa.Function, p access.Path) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if st, ok := instr.(*ssa.Store); ok && c.paths.Of(st.Addr) == p {
				return true
			}
		}
	}
	return false
}

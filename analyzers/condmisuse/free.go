package condmisuse

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file tells where the lock of a condition variable is certainly not held, and
// what may acquire it.

// free reports whether the lock is certainly not held at at: not by the function
// itself, nor by any of those who call it, nor by those outside of the package who
// may. above are the functions that are asked about already.
func (s *search) free(at ssa.Instruction, above []*ssa.Function) bool {
	fn := at.Parent()
	if len(above) > 2*maxDepth || s.promised(fn) || !s.freeIn(fn, at) {
		return false
	}
	if slices.Contains(above, fn) {
		return true
	}
	above = append(slices.Clip(above), fn)
	calls, all := s.c.locks.Callers(fn)
	for _, call := range calls {
		if !call.Spawns && !s.free(call.Instr, above) {
			return false
		}
	}
	if all || s.c.changes.literalSetOff(fn) {
		return true
	}
	if fn.Parent() != nil || s.c.changes.values[fn] || s.c.exportedLock(s.cond) || s.c.leftHeld(s.cond) {
		return false
	}
	var invokes []ssa.CallInstruction
	if fn.Signature.Recv() != nil {
		invokes = s.c.changes.invokes[fn.Name()]
	}
	for _, instr := range invokes {
		if _, spawns := instr.(*ssa.Go); !spawns && !s.free(instr, above) {
			return false
		}
	}
	return len(invokes) > 0 || token.IsExported(fn.Name()) || fn.Name() == "main" || strings.HasPrefix(fn.Name(), "init#")
}

// freeIn reports whether fn itself does not hold the lock at at.
func (s *search) freeIn(fn *ssa.Function, at ssa.Instruction) bool {
	mine := func(h lockset.Held) bool { return s.isLock(h.Path) }
	if s.foreign() && slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			call, ok := instr.(ssa.CallInstruction)
			return ok && locksByName(call.Common())
		})
	}) {
		return false
	}
	if _, deferred := at.(*ssa.Defer); !deferred {
		return !slices.ContainsFunc(s.c.locks.HeldBefore(at), mine)
	}
	// It is executed when the function returns, with whatever is held then.
	held := false
	s.c.locks.Walk(fn, func(_ ssa.Instruction, set lockset.Set) { held = held || slices.ContainsFunc(set, mine) })
	return !held
}

// foreign reports whether the lock of the condition variable may be of a type that
// package sync does not know, so that it is not seen where it is locked.
func (s *search) foreign() bool {
	return s.cond.lockers == nil || slices.ContainsFunc(s.cond.lockers, func(l locker) bool { return l.foreign })
}

// locksByName reports whether a call, by the name of the function, may acquire a
// lock that package sync does not know.
func locksByName(call *ssa.CallCommon) bool {
	name := ""
	if call.IsInvoke() {
		name = call.Method.Name()
	} else if fn := call.StaticCallee(); fn != nil {
		name = fn.Name()
	}
	return strings.Contains(name, "Lock") || strings.Contains(name, "lock") && !strings.Contains(name, "nlock")
}

// promised reports whether the name or the comment of fn says that its callers hold
// a lock which may be that of the condition variable.
func (s *search) promised(fn *ssa.Function) bool {
	if strings.Contains(fn.Name(), "Locked") {
		return true
	}
	obj, _ := access.Declared(fn).Object().(*types.Func)
	says := s.c.contracts.Func(obj)
	return says != nil && (says.Ignore || len(says.Requires)+len(says.Acquires)+len(says.Releases) > 0)
}

// decidedUnderLock reports whether a branch that was taken with the lock held
// decides that at is executed. What it has seen then, such as that somebody waits,
// may make sure that the signal is not too early.
func (s *search) decidedUnderLock(at ssa.Instruction) bool {
	for b := at.Block(); b.Idom() != nil; b = b.Idom() {
		d := b.Idom()
		br, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok || !decides(d, at.Block()) {
			continue
		}
		found := false
		inspect(br.Cond, func(v ssa.Value) {
			if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
				found = found || slices.ContainsFunc(s.c.locks.HeldBefore(load), func(h lockset.Held) bool { return s.isLock(h.Path) })
			}
			if call, ok := v.(*ssa.Call); ok {
				if callee := s.c.locks.Callee(&call.Call); callee != nil && s.acquires(callee) {
					found = true
				}
			}
		})
		if found {
			return true
		}
	}
	return false
}

// isLock reports whether p may be the lock of the condition variable.
func (s *search) isLock(p access.Path) bool { return s.c.mayBeLock(s.cond, p) }

// mayBeLock is mayBeOf, for condition variables whose lock is not known either: any
// lock may be theirs.
func (c *checker) mayBeLock(cond *cond, p access.Path) bool {
	if cond.escaped || cond.lockers == nil || slices.ContainsFunc(cond.lockers, func(l locker) bool { return !l.place.Known() }) {
		return true
	}
	return mayBeOf(cond, lockset.Lock{Path: p})
}

// mayLock reports whether a call of a function that is not known may acquire the
// lock.
func (s *search) mayLock(instr ssa.CallInstruction) bool {
	common := instr.Common()
	if locksByName(common) {
		return true
	}
	if common.IsInvoke() {
		return slices.ContainsFunc(s.c.funcs, func(fn *ssa.Function) bool {
			return fn.Signature.Recv() != nil && fn.Name() == common.Method.Name() && s.acquires(fn)
		})
	}
	if _, static := common.Value.(*ssa.Function); !static {
		return true
	}
	for _, arg := range common.Args {
		if fn := s.c.locks.Callee(&ssa.CallCommon{Value: arg}); fn != nil && s.acquires(fn) {
			return true
		}
	}
	return false
}

// acquires reports whether fn, or a function that it calls, may acquire the lock.
func (s *search) acquires(fn *ssa.Function) bool {
	if got, ok := s.cond.acquires[fn]; ok {
		return got
	}
	if s.cond.acquires == nil {
		s.cond.acquires = make(map[*ssa.Function]bool)
	}
	s.cond.acquires[fn] = false // of a recursive call
	got := false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || got {
				continue
			}
			if _, spawns := instr.(*ssa.Go); spawns {
				continue
			}
			common := call.Common()
			if op, ok := syncapi.Classify(common, s.c.locks.Paths); ok {
				switch op.Kind {
				case syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock:
					got = s.isLock(op.Path(s.c.locks.Paths))
					continue
				}
				if op.Callback == nil || op.Async {
					continue
				}
				common = &ssa.CallCommon{Value: op.Callback}
			}
			if callee := s.c.locks.Callee(common); callee != nil {
				got = s.acquires(callee)
			}
		}
	}
	s.cond.acquires[fn] = got
	return got
}

// private reports whether the object that is changed is new, and nobody else has it
// yet.
func (c *checker) private(ch *change) bool {
	root := ch.path.Root()
	switch root.Kind {
	case access.Local, access.OtherValue:
	default:
		return false
	}
	v := root.Value
	if v.Parent() != ch.instr.Parent() || v.Referrers() == nil {
		return false
	}
	return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		if !givesAway(ref, v) {
			return false
		}
		return ref.Block() == ch.instr.Block() && slices.Index(ref.Block().Instrs, ref) < slices.Index(ref.Block().Instrs, ch.instr) ||
			ref.Block() != ch.instr.Block() && control.From(ref.Block(), ch.instr.Block(), nil) ||
			lockset.InLoop(ref.Block(), lockset.InnermostLoop(ch.instr.Block()))
	})
}

// givesAway reports whether ref makes v known to others.
func givesAway(ref ssa.Instruction, v ssa.Value) bool {
	switch ref := ref.(type) {
	case *ssa.Store:
		return ref.Val == v
	case *ssa.FieldAddr, *ssa.UnOp, *ssa.DebugRef, *ssa.BinOp, *ssa.Field:
		return false
	}
	return true
}

package wrongunlock

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// uses is what all functions of the package together do with their locks.
type uses struct {
	acquired map[placeMode]bool
	// escaped are the places of locks whose address goes where its uses are
	// not seen: into another variable, a call, an interface value.
	escaped map[access.Place]bool
	// left are the places of locks that goroutines acquire and leave locked,
	// for another goroutine to unlock.
	left map[access.Place]bool
}

type placeMode struct {
	access.Place
	mode lockset.Mode
}

func collectUses(fns []*ssa.Function, locks *lockset.Result) *uses {
	u := &uses{acquired: make(map[placeMode]bool), escaped: make(map[access.Place]bool), left: make(map[access.Place]bool)}
	var ops []*ssa.Value
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				ops = instr.Operands(ops[:0])
				u.add(instr, ops, locks.Paths)
				u.addValues(instr, ops, locks)
			}
		}
		u.addLeft(fn, locks)
	}
	return u
}

// addValues notes the locks that functions acquire which instr uses as values:
// who calls them is not seen.
func (u *uses) addValues(instr ssa.Instruction, ops []*ssa.Value, locks *lockset.Result) {
	var call ssa.CallCommon
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		call = *instr.Common()
	case *ssa.MakeClosure:
		u.escapeAcquired(instr, locks)
		return
	}
	for _, op := range ops {
		if fn, ok := (*op).(*ssa.Function); ok && call.Value != fn {
			u.escapeAcquired(fn, locks)
		}
	}
}

func (u *uses) escapeAcquired(v ssa.Value, locks *lockset.Result) {
	fn := locks.Callee(&ssa.CallCommon{Value: v})
	if fn == nil {
		return
	}
	for _, ef := range locks.Effects(fn) {
		if ef.Acquires {
			u.escaped[ef.Path.Place()] = true
		}
	}
}

// addLeft notes the locks that fn, if a goroutine starts with it, acquires
// without releasing them itself.
func (u *uses) addLeft(fn *ssa.Function, locks *lockset.Result) {
	flow := locks.Flow(fn)
	if flow == nil {
		return
	}
	if calls, _ := locks.Callers(fn); !slices.ContainsFunc(calls, func(c lockset.Caller) bool { return c.Spawns }) {
		return
	}
	released := make(map[ssa.Instruction]bool)
	for _, r := range flow.Releases {
		for _, site := range r.Sites {
			released[site] = true
		}
	}
	// What gives up its caller's lock first has its own releases among these.
	gives := make(map[access.Place]bool)
	for _, r := range flow.Unmatched {
		gives[r.Path.Place()] = true
	}
	leave := func(site ssa.Instruction, p access.Place) {
		if !released[site] && !gives[p] {
			u.left[p] = true
		}
	}
	for _, x := range flow.Exits {
		for _, held := range x.Held {
			for _, site := range held.Sites {
				leave(site, held.Path.Place())
			}
		}
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				switch op, _ := syncapi.Classify(call.Common(), locks.Paths); op.Kind {
				case syncapi.Lock, syncapi.RLock:
					leave(instr, op.Path(locks.Paths).Place())
				}
			}
		}
	}
}

func (u *uses) add(instr ssa.Instruction, ops []*ssa.Value, paths *access.Paths) {
	var receiver ssa.Value
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		if op, ok := syncapi.Classify(instr.Common(), paths); ok && op.On != nil {
			receiver = op.On
			u.acquire(op.Kind, op.Path(paths).Place())
		}
	case *ssa.MakeClosure:
		if op, ok := syncapi.ClassifyValue(instr, paths); ok && op.On != nil {
			receiver = op.On
			u.acquire(op.Kind, op.Path(paths).Place())
			switch op.Kind {
			case syncapi.Lock, syncapi.RLock:
				u.escaped[op.Path(paths).Place()] = true // who calls it is not seen
			}
		}
	case *ssa.MakeInterface:
		u.escapeEmbedded(instr.X.Type())
	case *ssa.UnOp, *ssa.DebugRef, *ssa.FieldAddr, *ssa.Phi:
		return
	}
	st, isStore := instr.(*ssa.Store)
	for _, op := range ops {
		v := *op
		if v == nil || v == receiver || !syncapi.IsLock(v.Type()) || isStore && v == st.Addr {
			continue
		}
		if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn.(*ssa.Function).Synthetic == "" {
			continue // captured, and seen there
		}
		u.escaped[paths.Of(v).Place()] = true
		if isStore {
			if _, fresh := paths.Origin(st.Val).(*ssa.Alloc); !fresh {
				u.escaped[paths.Of(st.Addr).Place()] = true
			}
		}
	}
}

func (u *uses) acquire(k syncapi.Kind, p access.Place) {
	switch k {
	case syncapi.Lock, syncapi.TryLock:
		u.acquired[placeMode{p, lockset.Write}] = true
	case syncapi.RLock, syncapi.TryRLock:
		u.acquired[placeMode{p, lockset.Read}] = true
	case syncapi.RLocker, syncapi.CondWait:
		u.escaped[p] = true
	}
}

// escapeEmbedded notes that an interface value can reach the lock that t
// embeds.
func (u *uses) escapeEmbedded(t types.Type) {
	for _, p := range access.Promoting(t, "Lock") {
		u.escaped[p] = true
	}
}

package condmisuse

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A change is an instruction that changes what a condition looks at.
type change struct {
	kind  leafKind
	instr ssa.Instruction
	pos   token.Pos
	path  access.Path // as that of a leaf
	// behind are the places from which control goes on once it is made: behind the
	// instruction; where the instruction only waits for it, behind that.
	behind []point
	// signals is set if the change itself calls Signal or Broadcast of the condition
	// variable at this path, as context.AfterFunc(ctx, c.Broadcast) does.
	signals access.Path
	// async is set if the instruction only tells which function is to be called
	// then, by a new goroutine.
	async bool
}

// A point is a place in a function: before the i-th instruction of a block.
type point struct {
	block *ssa.BasicBlock
	i     int
}

// changes are all changes of variables of a package, by place; those of contexts
// have the zero Place.
type changes struct {
	paths *access.Paths
	locks *lockset.Result
	by    map[access.Place][]*change
	// vague are the types of structs that are assigned as a whole, and the places
	// whose address goes where assignments are not seen.
	vagueTypes  map[types.Type]bool
	vaguePlaces map[access.Place]bool
	// invokes are the calls of methods of interfaces, by the name of the method,
	// and values the functions that go as values where calls of them are not seen.
	invokes map[string][]ssa.CallInstruction
	values  map[*ssa.Function]bool
}

// collectChanges lists the changes in the functions of the package.
func (c *checker) collectChanges() *changes {
	cs := &changes{
		paths: c.locks.Paths, locks: c.locks,
		by:          make(map[access.Place][]*change),
		vagueTypes:  make(map[types.Type]bool),
		vaguePlaces: make(map[access.Place]bool),
		invokes:     make(map[string][]ssa.CallInstruction),
		values:      make(map[*ssa.Function]bool),
	}
	var ops []*ssa.Value
	for _, fn := range c.funcs {
		for _, b := range fn.Blocks {
			for i, instr := range b.Instrs {
				cs.add(instr, point{b, i + 1})
				ops = instr.Operands(ops[:0])
				cs.addVague(instr, ops)
				cs.addValues(instr, ops)
			}
		}
	}
	return cs
}

// addValues notes the functions that are used as values, and the calls of methods
// of interfaces.
func (cs *changes) addValues(instr ssa.Instruction, ops []*ssa.Value) {
	call, isCall := instr.(ssa.CallInstruction)
	if isCall && call.Common().IsInvoke() {
		name := call.Common().Method.Name()
		cs.invokes[name] = append(cs.invokes[name], call)
	}
	for i, op := range ops {
		fn, ok := (*op).(*ssa.Function)
		if !ok || isCall && i == 0 && !call.Common().IsInvoke() {
			continue
		}
		if v, ok := instr.(ssa.Value); isCall && cs.setsOff(call, fn) || ok && !isCall && cs.onlySetOff(v) {
			continue
		}
		cs.values[access.Declared(fn)] = true
		// The closure of a bound method, such as s.notify.
		if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" {
			if method := fn.Prog.FuncValue(obj.Origin()); method != nil {
				cs.values[method] = true
			}
		}
	}
}

// note adds a change, unless it cannot be of a leaf.
func (cs *changes) note(ch change) {
	place := ch.path.Place()
	if ch.kind == done {
		place = access.Place{}
	} else if !place.Known() {
		return
	}
	if !ch.pos.IsValid() {
		ch.pos = ch.instr.Pos()
	}
	cs.by[place] = append(cs.by[place], &ch)
}

// onlySetOff reports whether nothing else is done with the function value v than to
// have a new goroutine call it: by a go statement, or as time.AfterFunc does.
func (cs *changes) onlySetOff(v ssa.Value) bool {
	return v.Referrers() != nil && !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		call, ok := ref.(ssa.CallInstruction)
		return !ok || !cs.setsOff(call, v)
	})
}

// literalSetOff reports whether fn is a function literal that only new goroutines
// call.
func (cs *changes) literalSetOff(fn *ssa.Function) bool {
	if fn.Parent() == nil || fn.Referrers() == nil || len(*fn.Referrers()) == 0 {
		return false
	}
	return !slices.ContainsFunc(*fn.Referrers(), func(ref ssa.Instruction) bool {
		if mc, ok := ref.(*ssa.MakeClosure); ok {
			return !cs.onlySetOff(mc)
		}
		call, ok := ref.(ssa.CallInstruction)
		return !ok || !cs.setsOff(call, fn)
	})
}

func (cs *changes) setsOff(call ssa.CallInstruction, v ssa.Value) bool {
	if _, ok := call.(*ssa.Go); ok && call.Common().Value == v {
		return true
	}
	op, _ := syncapi.Classify(call.Common(), cs.paths)
	return op.Async && op.Callback == v
}

func (cs *changes) changed(kind leafKind, instr ssa.Instruction, path access.Path, next point) {
	cs.note(change{kind: kind, instr: instr, path: path, behind: []point{next}})
}

func (cs *changes) add(instr ssa.Instruction, next point) {
	paths := cs.paths
	loaded := func(kind leafKind, v ssa.Value) {
		if addr, ok := loadedFrom(paths.Of(v)); ok {
			cs.changed(kind, instr, addr, next)
		}
	}
	switch instr := instr.(type) {
	case *ssa.Store:
		switch instr.Addr.(type) {
		case *ssa.FieldAddr, *ssa.Global, *ssa.Alloc, *ssa.FreeVar:
			cs.changed(memory, instr, paths.Of(instr.Addr), next)
		default:
			if _, ok := instr.Val.Type().Underlying().(*types.Struct); !ok {
				cs.changed(memory, instr, paths.Of(instr.Addr), next)
			}
		}
		if _, ok := instr.Val.Type().Underlying().(*types.Struct); ok {
			cs.vagueTypes[instr.Val.Type()] = true
		}
	case *ssa.MapUpdate:
		loaded(memory, instr.Map)
	case *ssa.Send:
		loaded(channel, instr.Chan)
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			cs.addDone(instr, instr.X, token.NoPos, next)
		}
	case *ssa.Select:
		for i, st := range instr.States {
			b := caseBlock(instr, i)
			if b == nil {
				continue
			}
			if st.Dir == types.RecvOnly {
				cs.addDone(instr, st.Chan, st.Pos, point{b, 0})
			} else if addr, ok := loadedFrom(paths.Of(st.Chan)); ok {
				cs.note(change{kind: channel, instr: instr, pos: st.Pos, path: addr, behind: []point{{b, 0}}})
			}
		}
	case ssa.CallInstruction:
		cs.addCall(instr, next, loaded)
	}
}

// loadedFrom returns the address that a value of the given path was loaded from.
func loadedFrom(p access.Path) (addr access.Path, ok bool) {
	if p.Last().Kind != access.Deref {
		return access.Path{}, false
	}
	return p.Parent()
}

// addDone notes a receive from the channel of a context.
func (cs *changes) addDone(instr ssa.Instruction, ch ssa.Value, pos token.Pos, next point) {
	call, ok := cs.paths.Origin(ch).(*ssa.Call)
	if !ok {
		return
	}
	if op, _ := syncapi.Classify(&call.Call, cs.paths); op.Kind == syncapi.ContextDone {
		for _, ctx := range cs.withParents(op.On) {
			cs.note(change{kind: done, instr: instr, pos: pos, path: cs.paths.Of(ctx), behind: []point{next}})
		}
	}
}

// withParents returns a context and those that it was derived from, whose
// cancellation is its own.
func (cs *changes) withParents(ctx ssa.Value) []ssa.Value {
	list := []ssa.Value{ctx}
	for len(list) < maxDepth {
		x, ok := cs.paths.Origin(list[len(list)-1]).(*ssa.Extract)
		if !ok {
			break
		}
		call, ok := x.Tuple.(*ssa.Call)
		if !ok {
			break
		}
		if op, _ := syncapi.Classify(&call.Call, cs.paths); op.Kind != syncapi.ContextNew || len(op.Args) == 0 {
			break
		}
		list = append(list, call.Call.Args[0])
	}
	return list
}

// caseBlock returns where control goes if the i-th case of a select statement is
// chosen, nil if that is not seen.
func caseBlock(sel *ssa.Select, i int) *ssa.BasicBlock {
	if len(sel.States) == 1 && sel.Blocking {
		return sel.Block()
	}
	for _, ref := range *sel.Referrers() {
		x, ok := ref.(*ssa.Extract)
		if !ok || x.Index != 0 {
			continue
		}
		for _, ref := range *x.Referrers() {
			cmp, ok := ref.(*ssa.BinOp)
			if !ok || cmp.Op != token.EQL {
				continue
			}
			if k, ok := cmp.Y.(*ssa.Const); !ok || k.Int64() != int64(i) {
				continue
			}
			for _, ref := range *cmp.Referrers() {
				if br, ok := ref.(*ssa.If); ok {
					return br.Block().Succs[0]
				}
			}
		}
	}
	return nil
}

func (cs *changes) addCall(instr ssa.CallInstruction, next point, loaded func(leafKind, ssa.Value)) {
	paths := cs.paths
	common := instr.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "delete", "clear":
			loaded(memory, common.Args[0])
		case "close":
			loaded(channel, common.Args[0])
		}
		return
	}
	op, _ := syncapi.Classify(common, paths)
	switch op.Kind {
	case syncapi.AtomicStore, syncapi.AtomicRMW, syncapi.AtomicCAS:
		cs.changed(memory, instr, atomicPath(op, paths), next)
	case syncapi.ContextWait:
		if len(op.Args) != 2 {
			return
		}
		ch := change{kind: done, instr: instr, async: true}
		if sig, ok := syncapi.ClassifyValue(op.Callback, paths); ok {
			if sig.Kind != syncapi.CondSignal && sig.Kind != syncapi.CondBroadcast {
				return
			}
			ch.signals = sig.Path(paths)
		} else if fn := cs.locks.Callee(&ssa.CallCommon{Value: op.Callback}); fn != nil && len(fn.Blocks) > 0 {
			ch.behind = []point{{fn.Blocks[0], 0}}
		}
		for _, ctx := range cs.withParents(op.Args[0]) {
			ch.path = paths.Of(ctx)
			cs.note(ch)
		}
	}
}

// addVague notes addresses of variables that go where assignments are not seen.
func (cs *changes) addVague(instr ssa.Instruction, ops []*ssa.Value) {
	switch instr := instr.(type) {
	case *ssa.UnOp, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.DebugRef:
		return
	case *ssa.MakeClosure:
		if instr.Fn.(*ssa.Function).Synthetic == "" {
			return // what is captured is seen there
		}
	case *ssa.Store:
		ops = []*ssa.Value{&instr.Val}
	case ssa.CallInstruction:
		if op, ok := syncapi.Classify(instr.Common(), cs.paths); ok {
			switch op.Kind {
			case syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicRMW, syncapi.AtomicCAS:
				return
			}
		}
	}
	for _, op := range ops {
		switch v := (*op).(type) {
		case *ssa.FieldAddr, *ssa.Global, *ssa.Alloc, *ssa.FreeVar:
			if p := cs.paths.Of(v).Place(); p.Known() {
				cs.vaguePlaces[p] = true
			}
		}
	}
}

// of lists the changes of a leaf.
func (cs *changes) of(l leaf) []*change {
	if l.kind == done {
		return cs.by[access.Place{}]
	}
	var list []*change
	for _, ch := range cs.by[l.place()] {
		if ch.kind == l.kind {
			list = append(list, ch)
		}
	}
	return list
}

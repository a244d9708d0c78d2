package checkthenact

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// An event is one access of memory that goroutines may share: a load or store of a
// variable, a lookup, update or deletion of a map's element, or an operation of
// sync/atomic or sync.Map.
type event struct {
	instr ssa.Instruction
	kind  eventKind
	// path is the address of the variable, or of what the atomic operation or
	// the operation of a sync.Map is made on; for an element of a map, the map.
	path  access.Path
	key   ssa.Value // of an element of a map or sync.Map, else nil
	value ssa.Value // what is written, nil if that is not one value
	held  lockset.Set
	name  string // the method, of atomics and sync.Map
}

type eventKind uint8

const (
	load eventKind = iota
	store
	lookup
	update
	remove
	atomicLoad
	atomicStore
	atomicOther
	mapLoad
	mapStore
	mapDelete
	mapOther
)

// A function is what the checks ask of one function.
type function struct {
	fn     *ssa.Function
	events []event
	held   map[ssa.Instruction]lockset.Set // at conditional branches and calls
	locks  bool                            // some lock is held somewhere
	at     map[ssa.Instruction]int         // the event of an instruction
	within map[ssa.Instruction][]int       // the events in the section that begins at an acquisition
	tests  map[*ssa.If][]int               // the events that a branch depends on; see readsFor
}

// readsFor lists the events that w depends on, by its value or by a branch on the
// way to it, in their order.
func (f *function) readsFor(w event) []event {
	var found []int
	if w.value != nil {
		found = f.eventsOf(w.value)
	}
	for b := w.instr.Block(); b != nil; b = b.Idom() {
		d, ok := controls(b)
		if !ok {
			continue
		}
		test, known := f.tests[d.branch]
		if !known {
			test = f.eventsOf(d.branch.Cond)
			f.tests[d.branch] = test
		}
		found = append(found, test...)
	}
	slices.Sort(found)
	var reads []event
	for _, i := range slices.Compact(found) {
		reads = append(reads, f.events[i])
	}
	return reads
}

func (f *function) eventsOf(v ssa.Value) []int {
	var found []int
	for _, instr := range sources(v) {
		if i, ok := f.at[instr]; ok {
			found = append(found, i)
		}
	}
	return found
}

// inSections lists the events in sections that begin at one of the sites.
func (f *function) inSections(sites ...ssa.Instruction) []event {
	var found []int
	for _, site := range sites {
		found = append(found, f.within[site]...)
	}
	slices.Sort(found)
	var events []event
	for _, i := range slices.Compact(found) {
		events = append(events, f.events[i])
	}
	return events
}

func (c *checker) collect(fn *ssa.Function) *function {
	f := &function{
		fn: fn, held: make(map[ssa.Instruction]lockset.Set), at: make(map[ssa.Instruction]int),
		within: make(map[ssa.Instruction][]int), tests: make(map[*ssa.If][]int),
	}
	c.locks.Walk(fn, func(instr ssa.Instruction, held lockset.Set) {
		f.locks = f.locks || len(held) > 0
		e := event{instr: instr, held: held}
		switch instr := instr.(type) {
		case *ssa.If:
			f.held[instr] = held
			return
		case *ssa.UnOp:
			f.held[instr] = held
			if instr.Op != token.MUL {
				return
			}
			e.kind, e.path = load, c.paths.Of(instr.X)
		case *ssa.Store:
			e.kind, e.path, e.value = store, c.paths.Of(instr.Addr), instr.Val
		case *ssa.Lookup:
			f.held[instr] = held
			if _, ok := instr.X.Type().Underlying().(*types.Map); !ok {
				return
			}
			e.kind, e.path, e.key = lookup, c.paths.Of(instr.X), instr.Index
		case *ssa.MapUpdate:
			e.kind, e.path, e.key, e.value = update, c.paths.Of(instr.Map), instr.Key, instr.Value
		case *ssa.Call:
			f.held[instr] = held
			if !c.classify(instr, &e) {
				return
			}
		default:
			return
		}
		if e.path.IsValid() && !c.private(fn, e.path) {
			f.at[instr] = len(f.events)
			for _, h := range held {
				for _, site := range h.Sites {
					f.within[site] = append(f.within[site], len(f.events))
				}
			}
			f.events = append(f.events, e)
			if v, object := variable(e); v != nil && (e.kind == atomicStore || e.kind == atomicOther) {
				c.atomics = append(c.atomics, guard.Access{Var: v, Instr: e.instr, Use: guard.Writes, Object: object})
			}
		}
	})
	return f
}

func (c *checker) classify(call *ssa.Call, e *event) bool {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		if b.Name() != "delete" {
			return false
		}
		e.kind, e.path, e.key = remove, c.paths.Of(call.Call.Args[0]), call.Call.Args[1]
		return true
	}
	op, ok := syncapi.Classify(&call.Call, c.paths)
	if !ok {
		return false
	}
	args := op.Args
	e.path, e.name = op.Path(c.paths), op.Func.Name()
	switch op.Kind {
	case syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicRMW, syncapi.AtomicCAS:
		if op.On == nil && len(args) > 0 {
			e.path, args = c.paths.Of(args[0]), args[1:]
		}
		e.kind = atomicOther
		switch {
		case op.Kind == syncapi.AtomicLoad:
			e.kind = atomicLoad
		case op.Kind == syncapi.AtomicStore:
			e.kind = atomicStore
		}
		if e.kind != atomicLoad && len(args) > 0 {
			e.value = args[len(args)-1]
		}
		return true
	case syncapi.MapRead, syncapi.MapWrite, syncapi.MapRMW:
		e.kind = mapOther
		switch op.Func.Name() {
		case "Load":
			e.kind, e.key = mapLoad, args[0]
		case "Store":
			e.kind, e.key, e.value = mapStore, args[0], args[1]
		case "Delete":
			e.kind, e.key = mapDelete, args[0]
		}
		return true
	}
	return false
}

// private reports whether what is at p cannot be shared, as far as the path
// tells: a variable of the function itself.
func (c *checker) private(fn *ssa.Function, p access.Path) bool {
	r := p.Root()
	return r.Kind == access.Local && r.Func() == fn
}

// sameKey reports whether a and b are the same key of a map, whatever has
// happened between them.
func (c *checker) sameKey(a, b ssa.Value) bool {
	if a == b {
		return true
	}
	a, b = c.paths.Origin(a), c.paths.Origin(b)
	if a == b {
		return true
	}
	ka, ok := a.(*ssa.Const)
	if kb, ok2 := b.(*ssa.Const); ok && ok2 {
		return ka.Value == kb.Value || ka.Value != nil && kb.Value != nil && ka.Value.ExactString() == kb.Value.ExactString()
	}
	p := c.paths.Of(a)
	return p == c.paths.Of(b) && p.Exact() && p.Last().Kind == access.Deref
}

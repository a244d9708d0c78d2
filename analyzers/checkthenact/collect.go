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
	reads  map[part][]int                  // loads and lookups
	writes map[ssa.Instruction][]int       // stores, updates and removals in the section of an acquisition
	closes []ssa.CallInstruction           // of channels
	other  map[access.Path]bool            // variables with operations such as CompareAndSwap
	bases
}

// A part is what a critical section does to one variable. The section is that of an
// acquisition, or of what was held when the function was entered if site is nil.
type part struct {
	site ssa.Instruction
	path access.Path
}

// add takes note of an event.
func (f *function) add(e event) {
	i := len(f.events)
	f.events = append(f.events, e)
	f.at[e.instr] = i
	f.other[e.path] = f.other[e.path] || e.kind == atomicOther
	for _, h := range e.held {
		sites := h.Sites
		if h.Entry {
			sites = append(slices.Clip(sites), nil)
		}
		for _, site := range sites {
			switch e.kind {
			case load, lookup:
				p := part{site, e.path}
				f.reads[p] = append(f.reads[p], i)
			case store, update, remove:
				f.writes[site] = append(f.writes[site], i)
			}
		}
	}
}

func (c *checker) collect(fn *ssa.Function) *function {
	f := &function{
		fn: fn, held: make(map[ssa.Instruction]lockset.Set), at: make(map[ssa.Instruction]int),
		reads: make(map[part][]int), writes: make(map[ssa.Instruction][]int), other: make(map[access.Path]bool),
	}
	c.locks.Walk(fn, func(instr ssa.Instruction, held lockset.Set) {
		f.locks = f.locks || len(held) > 0
		if call, ok := instr.(ssa.CallInstruction); ok && isClose(call) {
			f.closes = append(f.closes, call)
		}
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
			f.add(e)
			if v, object := variable(e); v != nil && (e.kind == atomicStore || e.kind == atomicOther) {
				c.atomics = append(c.atomics, guard.Access{Var: v, Instr: e.instr, Use: guard.Writes, Object: object})
			}
		}
	})
	f.base()
	return f
}

func isClose(call ssa.CallInstruction) bool {
	b, ok := call.Common().Value.(*ssa.Builtin)
	return ok && b.Name() == "close"
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

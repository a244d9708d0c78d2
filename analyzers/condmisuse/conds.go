package condmisuse

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A cond is what the package does with the condition variables of one place.
// Where one is copied to another place the two become one.
type cond struct {
	places  []access.Place
	waits   []wait
	signals bool // Signal or Broadcast is called
	// calls are those of Signal and Broadcast; wakes has also what makes function
	// values of them.
	calls   []ssa.CallInstruction
	wakes   []ssa.Instruction
	escaped bool // it goes where its uses are not seen
	made    bool // by NewCond
	maybe   bool // it is compared, with nil if with anything
	lockers []locker
	// acquires tells which functions may acquire its lock, as far as was asked.
	acquires map[*ssa.Function]bool
}

// A wait is a call of Wait.
type wait struct {
	call *ssa.Call
	path access.Path // of the condition variable
}

// A locker is what is known of the L of a condition variable.
type locker struct {
	place access.Place // of the lock; the zero Place if it is not known
	read  bool         // it locks for reading
	// foreign is set if it is of no type of package sync, so that it is not seen
	// where it is locked.
	foreign bool
	text    string
}

// conds are the condition variables of a package, by place.
type conds struct {
	paths *access.Paths
	by    map[access.Place]*cond
	nils  []*ssa.Call // of NewCond(nil)
	// anonymous is set if a captured condition variable is signalled of which
	// it is not known which one is captured. Others of unknown place have escaped.
	anonymous bool
	// unseen are the places of locks that are acquired where it is not seen: by
	// a function value, or by what is given the lock.
	unseen map[access.Place]bool
	// unknownWaits are those on condition variables of unknown place.
	unknownWaits []wait
}

func collect(fns []*ssa.Function, locks *lockset.Result) *conds {
	cs := &conds{paths: locks.Paths, by: make(map[access.Place]*cond), unseen: make(map[access.Place]bool)}
	var ops []*ssa.Value
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				ops = instr.Operands(ops[:0])
				cs.add(instr, ops)
				cs.addUnseen(instr, ops, locks)
			}
		}
	}
	return cs
}

// list returns the condition variables in source order, and last those of
// unknown place as one.
func (cs *conds) list() []*cond {
	var all []*cond
	for _, c := range cs.by {
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *cond) int { return cmp.Compare(a.decl(), b.decl()) })
	return append(all, &cond{waits: cs.unknownWaits, escaped: true})
}

// absent reports whether there is none, and those who would use it know.
func (c *cond) absent() bool { return c.maybe && !c.made && !c.escaped && c.lockers == nil }

func (c *cond) decl() token.Pos {
	first := c.places[0].Decl()
	for _, p := range c.places {
		first = min(first, p.Decl())
	}
	return first
}

// at returns the condition variables of a place.
func (cs *conds) at(p access.Place) *cond {
	c := cs.by[p]
	if c == nil {
		c = &cond{places: []access.Place{p}}
		cs.by[p] = c
	}
	return c
}

// place returns where the condition variable lives that v is, or points to.
func (cs *conds) place(v ssa.Value) access.Place { return cs.placeOf(cs.paths.Of(v)) }

func (cs *conds) placeOf(p access.Path) access.Place {
	if p := p.Place(); p.Known() {
		return p
	}
	// A register that holds the result of NewCond is as good as a variable. What
	// another function returns may be kept elsewhere too.
	if call, ok := p.Root().Value.(*ssa.Call); ok && p.Len() == 0 {
		if op, _ := syncapi.Classify(&call.Call, cs.paths); op.Kind == syncapi.CondNew {
			return access.Place{Local: call}
		}
	}
	return access.Place{}
}

func (cs *conds) add(instr ssa.Instruction, ops []*ssa.Value) {
	var receiver ssa.Value
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		if op, ok := syncapi.Classify(instr.Common(), cs.paths); ok {
			receiver = op.On
			cs.operation(instr, op)
		}
	case *ssa.MakeClosure:
		if op, ok := syncapi.ClassifyValue(instr, cs.paths); ok && op.On != nil {
			receiver = op.On
			cs.operation(instr, op)
		} else if instr.Fn.(*ssa.Function).Synthetic == "" {
			return // what is captured is seen there
		}
	case *ssa.Store:
		cs.store(instr)
		return
	case *ssa.MakeInterface:
		cs.escapeEmbedded(instr.X.Type())
	case *ssa.BinOp:
		if p := cs.place(instr.X); p.Known() && isCond(instr.X.Type()) {
			cs.at(p).maybe = true
		}
		return
	case *ssa.UnOp, *ssa.DebugRef, *ssa.FieldAddr, *ssa.Field:
		return
	}
	for _, op := range ops {
		if v := *op; v != nil && v != receiver && isCond(v.Type()) {
			cs.escape(v)
		}
	}
}

// addUnseen notes the locks that instr lets others acquire.
func (cs *conds) addUnseen(instr ssa.Instruction, ops []*ssa.Value, locks *lockset.Result) {
	switch instr := instr.(type) {
	case *ssa.MakeClosure:
		if op, ok := syncapi.ClassifyValue(instr, cs.paths); ok && op.On != nil {
			cs.unseen[op.Path(cs.paths).Place()] = true
		} else if fn := locks.Callee(&ssa.CallCommon{Value: instr}); fn != nil {
			for _, ef := range locks.Effects(fn) {
				cs.unseen[ef.Path.Place()] = true
			}
		}
	case ssa.CallInstruction:
		if _, ok := syncapi.Classify(instr.Common(), cs.paths); ok || locks.Callee(instr.Common()) != nil {
			return
		}
		for _, op := range ops {
			if v := *op; v != nil && isSync(v.Type(), "Mutex", "RWMutex", "Locker") {
				cs.unseen[cs.paths.Of(v).Place()] = true
			}
		}
	}
}

func (cs *conds) escape(v ssa.Value) {
	if p := cs.place(v); p.Known() {
		cs.at(p).escaped = true
	}
}

func (cs *conds) operation(instr ssa.Instruction, op syncapi.Op) {
	switch op.Kind {
	case syncapi.CondNew:
		call, ok := instr.(*ssa.Call)
		if !ok || len(op.Args) != 1 {
			return
		}
		if c, ok := cs.paths.Origin(op.Args[0]).(*ssa.Const); ok && c.IsNil() {
			cs.nils = append(cs.nils, call)
		}
		c := cs.at(access.Place{Local: call})
		c.made = true
		c.lockers = append(c.lockers, cs.locker(op.Args[0]))
	case syncapi.CondWait, syncapi.CondSignal, syncapi.CondBroadcast:
		path := op.Path(cs.paths)
		p := cs.placeOf(path)
		if op.Kind != syncapi.CondWait {
			cs.anonymous = cs.anonymous || !p.Known() && path.Root().Kind == access.FreeVar
			if p.Known() {
				cs.at(p).signals = true
				cs.at(p).wakes = append(cs.at(p).wakes, instr)
				if call, ok := instr.(ssa.CallInstruction); ok {
					cs.at(p).calls = append(cs.at(p).calls, call)
				}
			}
			return
		}
		call, ok := instr.(*ssa.Call)
		switch w := (wait{call, path}); {
		case ok && p.Known():
			cs.at(p).waits = append(cs.at(p).waits, w)
		case ok:
			cs.unknownWaits = append(cs.unknownWaits, w)
		case p.Known():
			cs.at(p).escaped = true
		}
	}
}

func (cs *conds) locker(v ssa.Value) locker {
	o := cs.paths.Origin(v)
	if call, ok := o.(*ssa.Call); ok {
		if op, ok := syncapi.Classify(&call.Call, cs.paths); ok && op.Kind == syncapi.RLocker {
			p := op.Path(cs.paths)
			return locker{place: p.Place(), read: true, text: cs.paths.Text(p)}
		}
	}
	p := cs.paths.Of(o)
	if !isSync(o.Type(), "Mutex", "RWMutex", "Locker") {
		return locker{foreign: true, text: cs.paths.Text(p)}
	}
	if storedElsewhere(o) {
		return locker{text: cs.paths.Text(p)} // what it locks has another name
	}
	return locker{place: p.Place(), text: cs.paths.Text(p)}
}

// storedElsewhere reports whether a new lock is also kept in a variable or field,
// by whose name it goes then.
func storedElsewhere(lock ssa.Value) bool {
	alloc, ok := lock.(*ssa.Alloc)
	return ok && slices.ContainsFunc(*alloc.Referrers(), func(ref ssa.Instruction) bool {
		st, ok := ref.(*ssa.Store)
		return ok && st.Val == lock
	})
}

// store follows assignments of condition variables, and of their L.
func (cs *conds) store(st *ssa.Store) {
	addr := cs.paths.Of(st.Addr)
	if syncapi.IsCondLocker(addr.Last().Field) {
		parent, _ := addr.Parent()
		if p := cs.placeOf(parent); p.Known() {
			c := cs.at(p)
			c.lockers = append(c.lockers, cs.locker(st.Val))
		}
		return
	}
	if !isCond(st.Val.Type()) {
		return
	}
	if c, ok := st.Val.(*ssa.Const); ok && c.Value == nil {
		return
	}
	to, from := addr.Place(), cs.place(st.Val)
	switch {
	case !to.Known():
		cs.escape(st.Val)
	case !from.Known():
		cs.at(to).escaped = true
	default:
		cs.unite(to, from)
	}
}

func (cs *conds) unite(p, q access.Place) {
	a, b := cs.at(p), cs.at(q)
	if a == b {
		return
	}
	a.places = append(a.places, b.places...)
	a.waits = append(a.waits, b.waits...)
	a.lockers = append(a.lockers, b.lockers...)
	a.calls = append(a.calls, b.calls...)
	a.wakes = append(a.wakes, b.wakes...)
	a.signals = a.signals || b.signals
	a.escaped = a.escaped || b.escaped
	a.made = a.made || b.made
	a.maybe = a.maybe || b.maybe
	for _, place := range b.places {
		cs.by[place] = a
	}
}

// escapeEmbedded notes that an interface value can reach the condition
// variable that t embeds.
func (cs *conds) escapeEmbedded(t types.Type) {
	for _, p := range access.Promoting(t, "Broadcast") {
		cs.at(p).escaped = true
	}
}

// isCond reports whether t is sync.Cond or leads to one through pointers.
func isCond(t types.Type) bool { return isSync(t, "Cond") }

// isSync reports whether t is one of the named types of package sync, or leads
// to one through pointers.
func isSync(t types.Type, names ...string) bool {
	for range 3 {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
	}
	return syncapi.Is(t, names...)
}

package goroutine

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file says which locks are certainly held at a point.
//
// It is the opposite of holdLocks, which serves the question what a lock may
// keep apart: there, doubt makes a lock held; here, it makes it not held. A
// state is a set of acquisitions; where ways meet, only locks held on all of
// them remain. Ways out of a panic are not followed into the caller. A lock is
// dropped
//   - by a release of what may be the same lock,
//   - where its object is made anew, since the next one is another lock,
//   - by a call of code that is not seen and could release it,
//   - by a recursive call and one that a limit cut off,
//
// and is left out altogether if some goroutine releases it that has not
// acquired it: it is handed over, or serves as a semaphore. TryLock makes
// nothing certain. A sync.Once counts as a lock that Do holds while its
// function runs.

// A Lock is the lock that an operation works on.
type Lock struct {
	Object *Object
	Path   Path       // from Object to the lock
	Var    *types.Var // the field or package-level variable that holds the lock, or the pointer to it; nil if not known
	Name   string     // as the source of the operation has it; "" if there is no name
	// Certain says that this is one lock, whenever the operation is executed
	// while the activations around it last: not one of many in a list, and
	// not one that may have been replaced.
	Certain bool
}

// Decl returns the position of the declaration of what holds the lock, or of the
// object that it is in.
func (l *Lock) Decl() token.Pos {
	switch {
	case l.Var != nil:
		return l.Var.Pos()
	case l.Object.Value != nil:
		return l.Object.Value.Pos()
	}
	return token.NoPos
}

// An Acquisition is a point where a goroutine acquires a lock, or calls Do of
// a sync.Once.
type Acquisition struct {
	Point PointID
	Frame *Frame
	Instr ssa.Instruction // the call, perhaps a deferred one
	Lock  Lock
	Read  bool // in read mode
	Try   bool // TryLock: may fail
	Once  bool // Do of a sync.Once

	keys  []hubKey
	alone bool // one lock of one object, though there may be many such objects
}

// Same reports whether two acquisitions are of one lock.
func (a *Acquisition) Same(b *Acquisition) bool {
	return a.Lock.Certain && b.Lock.Certain && a.Once == b.Once && a.Lock.Object == b.Lock.Object && a.Lock.Path == b.Lock.Path
}

// Thread is the goroutine that acquires.
func (a *Acquisition) Thread() *Thread { return a.Frame.Thread }

// mustHold is the result of the analysis.
type mustHold struct {
	at    map[PointID][]*Acquisition // every acquisition of a point
	order []*Acquisition
	holds [][]*Acquisition // by point, before it; sorted by Point
	known []bool           // the point can be reached
	fresh map[PointID][]*Object
	loose map[hubKey][]PointID // releases by goroutines that did not acquire before
}

// Acquisitions lists where locks are acquired, in a fixed order.
func (x *Exploration) Acquisitions() []*Acquisition {
	if x.findHolds(); x.must == nil {
		return nil
	}
	return x.must.order
}

// MustHold lists the acquisitions of the locks that are certainly held at a
// point, in the order of their points.
func (x *Exploration) MustHold(p PointID) []*Acquisition {
	if x.findHolds(); x.must == nil || int(p) >= len(x.must.holds) {
		return nil
	}
	held := x.must.holds[p]
	if len(x.must.loose) > 0 {
		held = slices.DeleteFunc(slices.Clone(held), func(h *Acquisition) bool { return len(x.must.loose[h.keys[0]]) > 0 })
	}
	return held
}

func (x *Exploration) findHolds() {
	if x.giveUp || x.must != nil {
		return
	}
	x.findOps()
	m := &mustHold{at: make(map[PointID][]*Acquisition), fresh: make(map[PointID][]*Object), loose: make(map[hubKey][]PointID)}
	x.must = m
	for id := range x.ops {
		x.findAcquisitions(PointID(id))
	}
	if len(m.order) == 0 {
		return
	}
	objects := make(map[*Object]bool)
	for _, a := range m.order {
		if o := a.Lock.Object; !objects[o] {
			objects[o] = true
			for o := o; ; o = o.Parent.Obj {
				for _, p := range x.Made(o) {
					m.fresh[p] = append(m.fresh[p], a.Lock.Object)
				}
				if o.Kind != Contents {
					break
				}
			}
		}
	}
	x.solveHolds()
	x.findLoose()
}

// findAcquisitions adds the acquisitions of one point.
func (x *Exploration) findAcquisitions(id PointID) {
	m, p := x.must, x.points[id]
	for _, o := range x.ops[id] {
		if o.family != lockFamily || !o.acquire {
			continue
		}
		if a := x.acquisition(id, p.Frame, p.Instr, o); a != nil {
			m.at[id] = append(m.at[id], a)
			m.order = append(m.order, a)
		}
	}
	call, ok := p.Instr.(*ssa.Call)
	if !ok {
		return
	}
	once, ok := x.pkg.classify(call)
	if !ok || once.Kind != syncapi.OnceDo || once.On == nil {
		return
	}
	o := op{family: onceLock, acquire: true, on: x.receiver(p.Frame, once.On, once), typ: pointee(once.On.Type())}
	if a := x.acquisition(id, p.Frame, call, o); a != nil {
		a.Once = true
		m.order = append(m.order, a)
		// What Do calls runs with the once held.
		for _, e := range x.calls[callKey{p.Frame, call}] {
			start := x.entry[e.frame]
			m.at[start] = append(m.at[start], a)
		}
	}
}

func (x *Exploration) acquisition(id PointID, f *Frame, instr ssa.Instruction, o op) *Acquisition {
	if o.on == nil || len(o.on.list) == 0 || o.on.many {
		return nil
	}
	a := &Acquisition{Point: id, Frame: f, Instr: instr, Read: o.read, Try: o.kind == syncapi.TryLock || o.kind == syncapi.TryRLock}
	for i, t := range o.on.list {
		a.keys = append(a.keys, hubKey{family: o.family, obj: t.Obj, path: contentPath(t.Path)})
		if v := x.lockVar(t); i == 0 {
			a.Lock = Lock{Object: t.Obj, Path: t.Path, Var: v, Name: x.lockName(x.points[id])}
		} else if a.Lock.Var != v {
			a.Lock.Var = nil
		}
	}
	slices.SortFunc(a.keys, func(k, l hubKey) int {
		return cmp.Or(cmp.Compare(k.obj.order, l.obj.order), cmp.Compare(k.path, l.path))
	})
	a.alone = len(a.keys) == 1 && x.alone(o.on.list[0])
	a.Lock.Certain = a.alone && !x.Mixed(o.on.list[0].Obj) && !x.scattered(o.on.list[0].Obj)
	return a
}

// scattered reports whether o stands for the objects of several goroutines of
// one kind, kept where the goroutines can mix them up.
func (x *Exploration) scattered(o *Object) bool {
	if o.Frame == nil || o.Frame.Thread == nil || x.single(o.Frame.Thread) {
		return false
	}
	mixed := false
	x.HeldBy(o, func(holder *Object, _ Path) {
		if holder.Frame == nil || holder.Frame.Thread == nil {
			mixed = true
			return
		}
		t := holder.Frame.Thread
		for t != nil && t != o.Frame.Thread {
			t = t.Parent
		}
		mixed = mixed || t == nil
	})
	return mixed
}

// alone reports whether a target is one lock of its object, which has not
// taken the place of another.
func (x *Exploration) alone(t Target) bool {
	if isElement(t.Path) {
		return false
	}
	// A cell that was filled before the exploration began may hold something
	// else until it is written here.
	replaced := false
	x.HeldBy(t.Obj, func(holder *Object, path Path) {
		if holder.open() && !(t.Obj.Kind == Contents && t.Obj.Parent.Obj == holder && contentPath(t.Obj.Parent.Path) == path) {
			replaced = replaced || !x.initialised(holder, path)
		}
	})
	return !replaced
}

// initialised reports whether a cell has one value from the start, by the
// declaration of a package-level variable.
func (x *Exploration) initialised(holder *Object, path Path) bool {
	g, ok := holder.Value.(*ssa.Global)
	return ok && holder.Kind == Global && path == "" && len(x.pkg.initStores[g]) == 1 && len(x.heap.cells[cellKey{holder, path}].list) == 1
}

// lockVar is the field or package-level variable that a target is, or that
// holds the only pointer to it.
func (x *Exploration) lockVar(t Target) *types.Var {
	if v := fieldAt(t.Obj.Type, t.Path); v != nil || t.Path != "" {
		return v
	}
	switch t.Obj.Kind {
	case Global:
		v, _ := t.Obj.Value.(*ssa.Global).Object().(*types.Var)
		return v
	case Contents:
		return x.lockVar(t.Obj.Parent)
	case Allocated:
		return x.holderVar(t.Obj, 0)
	}
	return nil
}

// maxBoxes bounds the interfaces around a lock: the Locker of a sync.Cond.
const maxBoxes = 3

// holderVar is the only variable that points to o. A condition variable on a
// lock that has another name does not count.
func (x *Exploration) holderVar(o *Object, depth int) *types.Var {
	var found, cond *types.Var
	many := false
	x.HeldBy(o, func(holder *Object, path Path) {
		v := fieldAt(holder.Type, path)
		switch {
		case depth >= maxBoxes:
			return
		case path == "" && holder.Kind == Boxed:
			v = x.holderVar(holder, depth+1)
		case path == "" && holder.Kind == Global:
			v, _ = holder.Value.(*ssa.Global).Object().(*types.Var)
		case syncapi.IsCondLocker(v):
			cond = x.lockVar(Target{Obj: holder, Path: path[:strings.LastIndex(string(path), ".")]})
			return
		}
		if v != nil {
			many = many || found != nil && found != v
			found = v
		}
	})
	switch {
	case many:
		return nil
	case found == nil:
		return cond
	}
	return found
}

func (x *Exploration) solveHolds() {
	m := x.must
	m.holds, m.known = make([][]*Acquisition, len(x.points)), make([]bool, len(x.points))
	var work []PointID
	for _, t := range x.Threads {
		work = append(work, x.entry[t.Entry])
		m.known[x.entry[t.Entry]] = true
	}
	for len(work) > 0 {
		id := work[len(work)-1]
		work = work[:len(work)-1]
		if x.unwinding[id] {
			continue
		}
		out := x.holdStep(id, m.holds[id])
		for _, s := range x.succs[id] {
			next := out
			if m.known[s] {
				if next = common(m.holds[s], out); slices.Equal(next, m.holds[s]) {
					continue
				}
			}
			m.known[s], m.holds[s] = true, next
			work = append(work, s)
		}
	}
}

// common are the locks of both sets. Of two acquisitions of one lock it keeps
// that of the lower point, and one in write mode only if both are.
func common(a, b []*Acquisition) []*Acquisition {
	var out []*Acquisition
	for _, h := range a {
		for _, g := range b {
			if h == g {
				out = append(out, h)
			} else if slices.Equal(h.keys, g.keys) {
				keep := h
				if h.Read != g.Read && g.Read || h.Read == g.Read && g.Point < h.Point {
					keep = g
				}
				out = append(out, keep)
			}
		}
	}
	return out
}

// holdStep is what is held behind a point.
func (x *Exploration) holdStep(id PointID, held []*Acquisition) []*Acquisition {
	m := x.must
	drop := func(gone func(*Acquisition) bool) {
		if slices.ContainsFunc(held, gone) {
			held = slices.DeleteFunc(slices.Clone(held), gone)
		}
	}
	for _, o := range m.fresh[id] {
		drop(func(h *Acquisition) bool { return h.Lock.Object == o })
	}
	for _, o := range x.ops[id] {
		if o.release && o.on != nil && (o.family == lockFamily || o.family == onceLock) {
			keys := x.released(o)
			drop(func(h *Acquisition) bool { return intersect(h.keys, keys) })
		}
	}
	x.dropUnseen(id, drop)
	for _, a := range m.at[id] {
		if a.Try || slices.ContainsFunc(held, func(h *Acquisition) bool { return slices.Equal(h.keys, a.keys) }) {
			continue
		}
		held = append(slices.Clone(held), a)
	}
	return held
}

// released are the locks that a release may release: the one that it names,
// or all of which it might be one.
func (x *Exploration) released(o op) []hubKey {
	if len(o.on.list) > 0 && !o.on.many {
		var keys []hubKey
		for _, k := range o.keys {
			if k.obj != nil {
				keys = append(keys, k)
			}
		}
		return keys
	}
	keys := slices.Clone(o.keys)
	for _, a := range x.must.order {
		keys = append(keys, a.keys...)
	}
	return keys
}

// dropUnseen drops what a call that is not followed could release.
func (x *Exploration) dropUnseen(id PointID, drop func(func(*Acquisition) bool)) {
	p := x.points[id]
	call, ok := p.Instr.(ssa.CallInstruction)
	if !ok {
		return
	}
	key := callKey{p.Frame, call}
	if x.opaque[key] || x.recursive[key] {
		drop(func(*Acquisition) bool { return true })
		return
	}
	common := call.Common()
	if _, known := x.pkg.classify(call); known || !x.isOutside(p.Frame, call) || x.pkg.quiet(common) {
		return
	}
	if sig := common.Signature(); !common.IsInvoke() && common.StaticCallee() == nil && sig.Params().Len()+sig.Results().Len() == 0 {
		drop(func(*Acquisition) bool { return true }) // perhaps mu.Unlock itself
		return
	}
	for _, arg := range common.Args {
		if _, isFunc := arg.Type().Underlying().(*types.Signature); isFunc {
			drop(func(h *Acquisition) bool { return h.Lock.Object.leaked })
		}
		for _, t := range x.value(p.Frame, arg, "").list {
			drop(func(h *Acquisition) bool {
				return h.Lock.Object == t.Obj && (h.Lock.Path == t.Path || h.Lock.Var == nil || h.Lock.Var.Exported() || h.Lock.Var.Pkg() != x.pkg.SSA.Pkg.Pkg)
			})
		}
	}
}

// findLoose finds the locks that are released by a goroutine that does not
// acquire them before.
func (x *Exploration) findLoose() {
	m := x.must
	for id := range x.ops {
		if !m.known[id] {
			continue
		}
		for _, o := range x.ops[id] {
			if o.family != lockFamily || !o.release || o.on == nil {
				continue
			}
			for _, k := range o.keys {
				if k.obj != nil && !x.acquiresBefore(PointID(id), k) {
					m.loose[k] = append(m.loose[k], PointID(id))
				}
			}
		}
	}
}

// acquiresBefore reports whether the goroutine of p may have acquired the lock
// k on a way to p.
func (x *Exploration) acquiresBefore(p PointID, k hubKey) bool {
	if slices.ContainsFunc(x.must.holds[p], func(h *Acquisition) bool { return slices.Contains(h.keys, k) }) {
		return true
	}
	for _, a := range x.must.order {
		if a.Thread() == x.thread(p) && slices.Contains(a.keys, k) {
			if _, ok := x.way(a.Point, p, nil); ok {
				return true
			}
		}
	}
	return false
}

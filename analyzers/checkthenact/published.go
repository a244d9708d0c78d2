package checkthenact

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// Writes to objects that other goroutines have.
//
// An object is published by an atomic store, by a store in a variable under the
// variable's lock, or by sending it on a channel: each of them is there for other
// goroutines. From then on a write without a lock is a race with whoever reads the
// same field. Of the atomic store nothing more is asked. Otherwise the package must
// show a reader, which gets the object from the same variable or channel, has
// neither waited for anything nor asked the object whether it is ready, and can come
// at the same time.

// A late is a write to an object behind its publication, or to what an atomic load
// gave to this goroutine and gives to others.
type late struct {
	f     *function
	at    ssa.Instruction // the publication, or the load
	key   message.Key
	path  access.Path // of the variable or channel
	typ   types.Type  // of the object
	write ssa.Instruction
	field *types.Var // that is written; nil if it is an element of a map
}

// checkPublished finds writes to objects that the function has published.
func (c *checker) checkPublished(f *function) {
	for _, p := range f.events {
		switch p.kind {
		case atomicStore, atomicOther:
			c.checkStored(f, p)
		case atomicLoad:
			c.checkLoaded(f, p)
		case store, update:
			if c.underLock(p) {
				for _, v := range stored(p.value) {
					c.checkLate(f, p.instr, v, p.path, "late-store")
				}
			}
		}
	}
	for _, b := range f.fn.Blocks {
		for _, instr := range b.Instrs {
			if send, ok := instr.(*ssa.Send); ok {
				c.checkLate(f, send, send.X, c.paths.Of(send.Chan), "late-send")
			}
		}
	}
}

// checkStored finds writes to an object that the function made, behind an atomic
// store of it.
func (c *checker) checkStored(f *function, p event) {
	v := made(p.value)
	if v == nil {
		return
	}
	for _, w := range writesThrough(v, 0) {
		if control.Dominates(p.instr, w) && len(c.locks.HeldBefore(w)) == 0 {
			c.reportPublished(f, p, w, v)
			break
		}
	}
}

// checkLoaded takes note of writes to what an atomic load returns.
func (c *checker) checkLoaded(f *function, p event) {
	v := target(p.instr)
	if v == nil {
		return
	}
	c.loaded[v], c.loaded[p.instr.(ssa.Value)] = p, p
	for _, w := range writesThrough(v, 0) {
		if len(c.locks.HeldBefore(w)) == 0 && !f.other[p.path] {
			c.lates = append(c.lates, late{f, p.instr, "loaded-write", p.path, v.Type(), w, fieldOf(w)})
			break
		}
	}
}

// checkLate takes note of writes to a field of an object that the function made,
// behind the instruction at that published it.
func (c *checker) checkLate(f *function, at ssa.Instruction, object ssa.Value, path access.Path, key message.Key) {
	v, ok := made(object).(*ssa.Alloc)
	if !ok || !path.IsValid() {
		return
	}
	for _, w := range writesThrough(v, 0) {
		if field := fieldOf(w); field != nil && control.Dominates(at, w) && len(c.locks.HeldBefore(w)) == 0 {
			c.lates = append(c.lates, late{f, at, key, path, v.Type(), w, field})
			break
		}
	}
}

// stored lists the values that a store of v puts in a variable: v, or what is
// appended to a slice.
func stored(v ssa.Value) []ssa.Value {
	if call, ok := v.(*ssa.Call); ok {
		if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			return access.Appended(call.Call.Args[1])
		}
	}
	return []ssa.Value{v}
}

// underLock reports whether a store is made under the lock of its variable.
func (c *checker) underLock(p event) bool {
	for _, h := range p.held {
		if h.Must && belongs(h.Path, p.path) {
			return true
		}
	}
	return false
}

// made returns the object that the function made and v is, nil if it is none.
func made(v ssa.Value) ssa.Value {
	if mi, ok := v.(*ssa.MakeInterface); ok {
		v = mi.X
	}
	switch v := v.(type) {
	case *ssa.MakeMap, *ssa.MakeSlice:
		return v
	case *ssa.Alloc:
		if v.Heap {
			return v
		}
	}
	return nil
}

// target returns the pointer, map or slice that an atomic load yields, behind a type
// assertion, nil if it yields anything else.
func target(load ssa.Instruction) ssa.Value {
	v, ok := load.(ssa.Value)
	if !ok {
		return nil
	}
	if types.IsInterface(v.Type()) {
		for _, ref := range *v.Referrers() {
			if as, ok := ref.(*ssa.TypeAssert); ok {
				v = as
				break
			}
		}
	}
	if _, ok := v.Type().(*types.Tuple); ok {
		for _, ref := range *v.Referrers() {
			if e, ok := ref.(*ssa.Extract); ok && e.Index == 0 {
				v = e
			}
		}
	}
	switch v.Type().Underlying().(type) {
	case *types.Pointer, *types.Map:
		return v
	}
	return nil
}

// writesThrough returns the writes to what v points to.
func writesThrough(v ssa.Value, depth int) []ssa.Instruction {
	if depth > 4 || v.Referrers() == nil {
		return nil
	}
	var ws []ssa.Instruction
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == v {
				ws = append(ws, ref)
			}
		case *ssa.MapUpdate:
			if ref.Map == v {
				ws = append(ws, ref)
			}
		case *ssa.Call:
			if b, ok := ref.Call.Value.(*ssa.Builtin); ok && (b.Name() == "delete" || b.Name() == "clear") && ref.Call.Args[0] == v {
				ws = append(ws, ref)
			}
		case *ssa.FieldAddr:
			ws = append(ws, writesThrough(ref, depth+1)...)
		case *ssa.IndexAddr:
			if ref.X == v {
				ws = append(ws, writesThrough(ref, depth+1)...)
			}
		}
	}
	return ws
}

// fieldOf returns the field that a write stores to, nil if it is not a field.
func fieldOf(w ssa.Instruction) *types.Var {
	if st, ok := w.(*ssa.Store); ok {
		if fa, ok := st.Addr.(*ssa.FieldAddr); ok {
			return access.FieldVar(fa.X.Type(), fa.Field)
		}
	}
	return nil
}

// judgeLates reports the late writes for which there is a reader.
func (c *checker) judgeLates(judge *guard.Judge) {
	if len(c.lates) == 0 {
		return
	}
	wanted := make(map[*types.Var]bool)
	for _, l := range c.lates {
		wanted[l.field] = true
	}
	reads := make(map[*types.Var][]guard.Access)
	for _, a := range judge.Accesses(func(v *types.Var) bool { return wanted[v] }) {
		if a.Use == guard.Reads || a.Use == guard.Writes {
			reads[a.Var] = append(reads[a.Var], a)
		}
	}
	for _, l := range c.lates {
		v, object := variable(event{path: l.path})
		if v == nil || judge.InTest(l.f.fn) || judge.Generated(l.write) || judge.Excused(l.at) || judge.Excused(l.write) || judge.Remarked(v) {
			continue
		}
		way, ok := judge.Reached(l.at, object)
		if !ok {
			continue
		}
		w := guard.Violation{Access: guard.Access{Var: v, Instr: l.write, Use: guard.Writes, Object: object}, Way: way}
		turns := w
		if l.key == "late-send" {
			turns.Object = access.Path{} // that it sends is known
		}
		if len(judge.HeldOn(w)) > 0 || judge.InDoubt(turns) {
			continue
		}
		if reader := c.reader(judge, l, w, c.readsOf(l, v, reads)); reader != nil {
			c.reportLate(l, reader)
		}
	}
}

// readsOf lists the reads of what a late write writes, in objects that come from
// the variable v.
func (c *checker) readsOf(l late, v *types.Var, reads map[*types.Var][]guard.Access) []guard.Access {
	var found []guard.Access
	if l.field != nil {
		for _, a := range reads[l.field] {
			if a.Instr != l.write && c.comesFrom(a.Object, v) {
				found = append(found, a)
			}
		}
		return found
	}
	for m, load := range c.loaded {
		if from, object := variable(load); from == v {
			for _, ref := range *m.Referrers() {
				switch ref.(type) {
				case *ssa.Lookup, *ssa.Range:
					found = append(found, guard.Access{Var: v, Instr: ref, Use: guard.Reads, Object: object})
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b guard.Access) int { return int(position(a.Instr) - position(b.Instr)) })
	return found
}

// comesFrom reports whether an object was found in the variable v, or received from
// the channel that it holds.
func (c *checker) comesFrom(object access.Path, v *types.Var) bool {
	if _, from := c.handOver(object); from.IsValid() {
		source, _ := variable(event{path: from})
		return source == v
	}
	return object.Root().Var == v || slices.ContainsFunc(object.Selectors(), func(s access.Selector) bool { return s.Field == v })
}

// handOver returns the atomic load or the receive that an object comes of, and the
// path of the variable or channel; none if it comes of neither.
func (c *checker) handOver(object access.Path) (at ssa.Instruction, from access.Path) {
	v := object.Root().Value
	if load, ok := c.loaded[v]; ok {
		return load.instr, load.path
	}
	if e, ok := v.(*ssa.Extract); ok && e.Index == 0 {
		v = e.Tuple
	}
	if rcv, ok := v.(*ssa.UnOp); ok && rcv.Op == token.ARROW {
		return rcv, c.paths.Of(rcv.X)
	}
	return nil, access.Path{}
}

// reader returns a read that can come at the same time as a late write.
func (c *checker) reader(judge *guard.Judge, l late, w guard.Violation, reads []guard.Access) ssa.Instruction {
	for _, a := range reads {
		fn := a.Instr.Parent()
		if judge.InTest(fn) || judge.Excused(a.Instr) || c.asked(a) || !c.reached(judge, a) {
			continue
		}
		if fn == l.f.fn {
			if judge.MeetsItself(w) {
				return a.Instr
			}
			continue
		}
		if meets, _ := judge.MayMeet(a, w); meets {
			return a.Instr
		}
	}
	return nil
}

// reached reports whether a read comes to an object that others have, and has not
// waited for anything since it got the object.
func (c *checker) reached(judge *guard.Judge, a guard.Access) bool {
	at, object := a.Instr, a.Object
	if from, path := c.handOver(object); path.IsValid() {
		if judge.WaitsBetween(from, at) {
			return false
		}
		at = from
		_, object = variable(event{path: path})
	}
	_, ok := judge.Reached(at, object)
	return ok
}

// asked reports whether a read is made only if something else in the object says
// so: who writes may have set that last.
func (c *checker) asked(a guard.Access) bool {
	for b := a.Instr.Block(); b != nil; b = b.Idom() {
		d, ok := controls(b)
		if ok && operands(d.branch.Cond, func(i ssa.Instruction) bool {
			switch i := i.(type) {
			case *ssa.UnOp:
				return i.Op == token.MUL && c.paths.Of(i.X).HasPrefix(a.Object) && c.paths.Of(i.X).LastField() != a.Var
			case *ssa.Call:
				return slices.ContainsFunc(i.Call.Args, func(arg ssa.Value) bool { return c.paths.Of(arg).HasPrefix(a.Object) })
			}
			return false
		}) {
			return true
		}
	}
	return false
}

func typeName(t types.Type) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.TypeString(t, func(*types.Package) string { return "" })
}

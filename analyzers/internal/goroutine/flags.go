package goroutine

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
)

// This file is about variables by which goroutines tell each other, under a lock,
// how far they are: whether a goroutine has been started, whether it is to keep
// away. Simulation does not know what variables hold, so two points that such a
// flag keeps apart seem to be reached together.
//
// A flag proves something only if it is looked at and set with a lock held: what
// was seen without may be out of date at once.

// A flag is a variable that is looked at on every way to a point, which is only
// reached if the variable is zero, or only if it is not.
type flag struct {
	cell    cellKey
	nonzero bool
	load    PointID
}

// flagsBefore lists the flags that decide that an instruction is reached, in its
// activation and in those that lead to it.
func (x *Exploration) flagsBefore(f *Frame, instr ssa.Instruction) []flag {
	var flags []flag
	for ; f != nil && instr != nil; f, instr = f.Caller, f.Site {
		for _, br := range x.conds(f, nil, instr) {
			b := br.Block()
			holds := control.From(b.Succs[0], instr.Block(), b)
			if holds == control.From(b.Succs[1], instr.Block(), b) {
				continue
			}
			if fl, ok := x.flagOf(f, br.Cond, holds); ok {
				flags = append(flags, fl)
			}
		}
		if f.Thread.Entry == f {
			break
		}
	}
	return flags
}

// flagOf is the flag that v looks at, if v compares a variable with zero; holds
// tells whether v is true.
func (x *Exploration) flagOf(f *Frame, v ssa.Value, holds bool) (flag, bool) {
	switch v := v.(type) {
	case *ssa.BinOp:
		if (v.Op == token.EQL || v.Op == token.NEQ) && isZero(v.Y) {
			return x.flagOf(f, v.X, holds == (v.Op == token.NEQ))
		}
	case *ssa.UnOp:
		if v.Op == token.NOT {
			return x.flagOf(f, v.X, !holds)
		}
		load, ok := x.at[Point{f, v}]
		if v.Op != token.MUL || !ok {
			break
		}
		n := x.value(f, v.X, "")
		if len(n.list) != 1 || n.many {
			break
		}
		if t := n.list[0]; !isElement(t.Path) && !x.Mixed(t.Obj) && !x.foreign(t) {
			return flag{cell: cellKey{t.Obj, t.Path}, nonzero: holds, load: load}, true
		}
	}
	return flag{}, false
}

// isZero reports whether v is the zero value of its type.
func isZero(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	if !ok {
		return false
	}
	if c.Value == nil {
		return true
	}
	switch c.Value.Kind() {
	case constant.Bool:
		return !constant.BoolVal(c.Value)
	case constant.Int, constant.Float:
		return constant.Sign(c.Value) == 0
	case constant.String:
		return constant.StringVal(c.Value) == ""
	}
	return false
}

// A setting is a store to a flag.
type setting struct {
	point PointID
	// zero is set if it stores zero, sure if it is known whether it does.
	zero, sure bool
}

// settings lists the stores to a flag; ok is false if there may be others.
func (x *Exploration) settings(cell cellKey) (list []setting, ok bool) {
	for id, p := range x.points {
		st, isStore := p.Instr.(*ssa.Store)
		if !isStore {
			continue
		}
		n := x.value(p.Frame, st.Addr, "")
		for _, t := range n.list {
			switch {
			case t.Obj != cell.obj:
			case t.Path == cell.path:
				_, isConst := st.Val.(*ssa.Const)
				list = append(list, setting{PointID(id), isZero(st.Val), isConst || certainlySet(st.Val)})
			case isPrefix(t.Path, cell.path):
				return nil, false
			}
		}
		if n.many && types.Identical(st.Val.Type(), x.cellType(cell)) {
			return nil, false
		}
	}
	return list, true
}

// certainlySet reports whether v is not nil.
func certainlySet(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Alloc, *ssa.MakeChan, *ssa.MakeMap, *ssa.MakeSlice, *ssa.MakeClosure, *ssa.MakeInterface:
		return true
	case *ssa.Call:
		if fn := v.Call.StaticCallee(); fn != nil && fn.Pkg != nil {
			name := fn.Pkg.Pkg.Path() + "." + fn.Name()
			return name == "errors.New" || name == "fmt.Errorf"
		}
	case *ssa.UnOp:
		// A package's error variables, such as io.EOF, are not nil.
		g, ok := v.X.(*ssa.Global)
		return ok && v.Op == token.MUL && types.IsInterface(v.Type()) && strings.HasPrefix(strings.ToLower(g.Name()), "e")
	}
	return false
}

func (x *Exploration) cellType(cell cellKey) types.Type {
	if v := fieldAt(cell.obj.Type, cell.path); v != nil {
		return v.Type()
	}
	if cell.obj.Type != nil {
		return cell.obj.Type
	}
	return types.Typ[types.Invalid]
}

func isPrefix(p, q Path) bool {
	return len(p) < len(q) && q[:len(p)] == p
}

// started reports whether who waits knows, by a flag that was looked at with the lock
// held, that one of the goroutines which end the wait has been started or has had
// the lock: whoever sets the flag starts one while it holds the lock, or is one
// itself. Where the flag is not set, the one that waits may start one, or go another
// way.
func (d *deadlock) started(unstarted, locking []*Thread) bool {
	x := d.x
	ends := make(map[PointID]bool) // where one is started
	for _, t := range unstarted {
		if at, ok := x.spawnOf[t]; ok && x.thread(at) == d.w.Thread() {
			ends[at] = true
		}
	}
	flagged := false
	for _, f := range x.Frames {
		if f.Thread != d.w.Thread() {
			continue
		}
		for _, b := range f.Fn.Blocks {
			br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
			if !ok {
				continue
			}
			fl, ok := x.flagOf(f, br.Cond, true)
			if !ok || !holds(x.must.holds[fl.load], d.held) || !d.tells(fl.cell, unstarted, locking) {
				continue
			}
			set := b.Succs[0]
			if !fl.nonzero {
				set = b.Succs[1]
			}
			if len(set.Preds) == 1 {
				flagged, ends[x.starts[f][set.Index]] = true, true
			}
		}
	}
	if !flagged {
		return false
	}
	for _, p := range x.failures(d.w.Frame, d.w.Instr) {
		ends[p] = true
	}
	_, otherwise := x.way(d.held.Point, d.w.Point, ends)
	return !otherwise
}

// tells reports whether a flag is only set by those who start one of the goroutines,
// or are one and need the lock no more.
func (d *deadlock) tells(cell cellKey, unstarted, locking []*Thread) bool {
	settings, ok := d.x.settings(cell)
	any := false
	for _, s := range settings {
		if !s.sure || !s.zero {
			any = true
			ok = ok && (d.startsOne(s.point, unstarted) || d.past(s.point, locking))
		}
	}
	return ok && any
}

// past reports whether a goroutine of the given ones that is at p comes to what ends the
// wait without needing the lock again.
func (d *deadlock) past(p PointID, locking []*Thread) bool {
	t := d.x.thread(p)
	if !slices.Contains(locking, t) {
		return false
	}
	for need := range d.needs(t) {
		if _, ok := d.x.way(p, need, nil); ok {
			return false
		}
	}
	for _, c := range d.w.Cases {
		for _, e := range c.Counterparts {
			if _, ok := d.x.way(p, e, nil); ok && d.x.thread(e) == t {
				return true
			}
		}
	}
	return false
}

// failures lists the ends of functions that return an error, where an instruction
// is only reached if they do not.
func (x *Exploration) failures(f *Frame, instr ssa.Instruction) []PointID {
	var ends []PointID
	for ; f != nil && instr != nil; f, instr = f.Caller, f.Site {
		for _, br := range x.conds(f, nil, instr) {
			cmp, ok := br.Cond.(*ssa.BinOp)
			if !ok || cmp.Op != token.EQL && cmp.Op != token.NEQ || !isZero(cmp.Y) {
				continue
			}
			b := br.Block()
			if control.From(b.Succs[0], instr.Block(), b) != (cmp.Op == token.EQL) {
				continue
			}
			call, index := resultOf(cmp.X)
			for _, e := range x.calls[callKey{f, call}] {
				ends = append(ends, x.returnsSet(e.frame, index)...)
			}
		}
		if f.Thread.Entry == f {
			break
		}
	}
	return ends
}

// returnsSet lists where the blocks of an activation start that return a result that
// is certainly not nil.
func (x *Exploration) returnsSet(f *Frame, index int) []PointID {
	var ends []PointID
	for _, b := range f.Fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && index < len(ret.Results) && certainlySet(ret.Results[index]) {
			ends = append(ends, x.starts[f][b.Index])
		}
	}
	return ends
}

// justStored returns the value that was stored, just before, where load reads it;
// nil if that is not seen. Named results are read so that deferred functions can see.
func justStored(load *ssa.UnOp) ssa.Value {
	instrs := load.Block().Instrs
	for i := slices.Index(instrs, ssa.Instruction(load)) - 1; i >= 0; i-- {
		switch instr := instrs[i].(type) {
		case *ssa.Store:
			if instr.Addr == load.X {
				return instr.Val
			}
		case ssa.CallInstruction:
			return nil
		}
	}
	return nil
}

// resultOf returns the call, and the number of its result, that v is.
func resultOf(v ssa.Value) (call ssa.Instruction, index int) {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		v = justStored(load)
	}
	if x, ok := v.(*ssa.Extract); ok {
		v, index = x.Tuple, x.Index
	}
	if c, ok := v.(*ssa.Call); ok {
		return c, index
	}
	return nil, 0
}

func holds(held []*Acquisition, a *Acquisition) bool {
	for _, h := range held {
		if h == a {
			return true
		}
	}
	return false
}

// startsOne reports whether one of the goroutines is started wherever p is passed,
// without the lock being released in between.
func (d *deadlock) startsOne(p PointID, threads []*Thread) bool {
	x := d.x
	for _, t := range threads {
		at, ok := x.spawnOf[t]
		if !ok || x.thread(at) != x.thread(p) {
			continue
		}
		for _, h := range x.must.holds[p] {
			if !sameLock(h, d.held) || !holds(x.must.holds[at], h) {
				continue
			}
			_, without := x.way(h.Point, p, pointSet([]PointID{at}))
			_, after := x.way(p, x.exit[t.Parent.Entry], pointSet([]PointID{at}))
			if !without || !after {
				return true
			}
		}
	}
	return false
}

// startedWith reports whether the goroutine t, which comes to one of the given points and
// is started at the point at, has been started if there is something to wait for at w:
// who makes the channel starts the goroutine as well, before he gives back the lock.
func (d *deadlock) startedWith(t *Thread, at PointID, ends []PointID, w *Wait) bool {
	x := d.x
	some := false
	for _, c := range w.Cases {
		if !slices.ContainsFunc(c.Counterparts, func(p PointID) bool { return slices.Contains(ends, p) }) {
			continue
		}
		for _, target := range c.targets {
			made := x.Made(target.Obj)
			if len(made) == 0 || slices.ContainsFunc(made, func(m PointID) bool { return !d.startsBehind(m, at, t) }) {
				return false
			}
			some = true
		}
	}
	return some
}

// startsBehind reports whether who passes m goes on to at, where t is started, with
// the lock held all the time.
func (d *deadlock) startsBehind(m, at PointID, t *Thread) bool {
	x := d.x
	if x.thread(m) != x.thread(at) || !slices.ContainsFunc(x.must.holds[m], func(h *Acquisition) bool {
		return sameLock(h, d.held) && !(h.Read && d.held.Read) && holds(x.must.holds[at], h)
	}) {
		return false
	}
	_, without := x.way(m, x.exit[t.Parent.Entry], pointSet([]PointID{at}))
	return !without
}

func sameLock(a, b *Acquisition) bool {
	return a.Same(b) || a.alone && b.alone && len(a.keys) == 1 && a.keys[0] == b.keys[0]
}

// keptAway reports whether a goroutine cannot stand at a while d.w waits because of
// a flag: it has seen, with a second lock held that it holds until it has passed a,
// that the flag is not set, and who waits has set it before with that lock held.
func (d *deadlock) keptAway(a *Acquisition) bool {
	x := d.x
	for _, fl := range x.flagsBefore(a.Frame, a.Instr) {
		if fl.nonzero {
			continue
		}
		for _, gate := range x.must.holds[a.Point] {
			if sameLock(gate, d.held) || !holds(x.must.holds[fl.load], gate) {
				continue
			}
			if d.setBefore(fl.cell, gate) {
				return true
			}
		}
	}
	return false
}

// setBefore reports whether the goroutine that waits has set a flag, for good, on
// every way to the wait, with the lock of gate held.
func (d *deadlock) setBefore(cell cellKey, gate *Acquisition) bool {
	x := d.x
	settings, ok := x.settings(cell)
	if !ok {
		return false
	}
	sets := make(map[PointID]bool)
	for _, s := range settings {
		if !s.sure || s.zero {
			continue
		}
		for _, h := range x.must.holds[s.point] {
			if sameLock(h, gate) && !(h.Read && gate.Read) {
				sets[s.point] = true
			}
		}
	}
	if len(sets) == 0 {
		return false
	}
	for _, s := range settings {
		for set := range sets {
			if (!s.sure || s.zero) && !x.over(s.point, set) {
				return false
			}
		}
	}
	start := x.entry[d.w.Thread().Entry]
	if d.w.Thread().Parent == nil {
		start = x.entry[x.Frames[0]]
	}
	_, without := x.way(start, d.w.Point, sets)
	return !without
}

// over reports whether p is passed before q if at all: whether the goroutine of p is
// that of q, or one that has started it, and does not come to p from there.
func (x *Exploration) over(p, q PointID) bool {
	for t := x.thread(q); t != x.thread(p); t = t.Parent {
		if t.Parent == nil {
			return false
		}
		at, ok := x.spawnOf[t]
		if t.Kind == Caller {
			at, ok = x.exit[t.Parent.Entry], true
		}
		if !ok {
			return false
		}
		q = at
	}
	_, ok := x.way(q, p, nil)
	return !ok
}

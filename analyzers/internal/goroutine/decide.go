package goroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// This file judges whether a goroutine can take a branch behind which it does not end
// the wait: only if what decides that is news to it. Whoever started the other
// goroutine only if a flag is set waits for it only if the flag is set; so branches
// on what was known before say nothing.

// decides tells what decided that control takes an edge; ok is false if it may have been
// decided before.
func (v *departure) decides(e edge) (how Departure, because ssa.Instruction, ok bool) {
	x := v.x
	if v.many && v.cuts.points[e.from] && v.tooFew() {
		return Satisfied, x.points[e.from].Instr, true
	}
	br, succ := x.branchAt(e)
	if br == nil {
		return 0, nil, false
	}
	f := x.points[e.to].Frame
	return v.news(f, br.Cond, succ == 0, 0)
}

// news tells whether a condition says something that was not known when the search began.
func (v *departure) news(f *Frame, cond ssa.Value, holds bool, depth int) (Departure, ssa.Instruction, bool) {
	if depth > 4 {
		return 0, nil, false
	}
	switch c := cond.(type) {
	case *ssa.UnOp:
		if c.Op == token.NOT {
			return v.news(f, c.X, !holds, depth+1)
		}
	case *ssa.BinOp:
		if sel, i, ok := selected(c); ok {
			if holds && v.x.meets(f, sel.States[i], v.w) { // there are more who wait
				return Satisfied, sel, v.chosen(f, sel, i, holds) && !v.x.elects(v.w)
			}
			return Chose, sel, v.chosen(f, sel, i, holds)
		}
		if (c.Op == token.EQL || c.Op == token.NEQ) && isZero(c.Y) && access.IsError(c.X.Type()) {
			instr, ok := v.source(f, c.X, depth+1)
			return Failed, instr, ok && holds == (c.Op == token.NEQ) && !v.told(f, c.X, 0)
		}
	case *ssa.Extract:
		// Whether a channel is closed, or a receive was from one.
		if recv, ok := c.Tuple.(*ssa.UnOp); ok && recv.Op == token.ARROW && c.Index == 1 {
			own := v.cuts.points[v.x.at[Point{f, recv}]] // closed for who sends too
			return Failed, recv, v.reaches(f, recv) && (holds || !own && v.closes(f, recv) && v.unanswered(f, recv))
		}
	}
	because, ok := v.learned(f, cond, 0)
	return Learned, because, ok && because != nil
}

// learned reports whether a value depends on nothing but constants and on what functions of
// other packages have returned behind the start that the goroutine has not called before; because
// is one of the calls. What it has received does not count: whoever sent it may know that it is
// the last.
func (v *departure) learned(f *Frame, val ssa.Value, depth int) (because ssa.Instruction, ok bool) {
	if depth > 6 {
		return nil, false
	}
	all := func(vals ...ssa.Value) (ssa.Instruction, bool) {
		for _, a := range vals {
			b, ok := v.learned(f, a, depth+1)
			if !ok {
				return nil, false
			}
			if b != nil {
				because = b
			}
		}
		return because, true
	}
	switch s := val.(type) {
	case *ssa.Const:
		return nil, true
	case *ssa.BinOp:
		return all(s.X, s.Y)
	case *ssa.Convert:
		return all(s.X)
	case *ssa.ChangeType:
		return all(s.X)
	case *ssa.Extract:
		return all(s.Tuple)
	case *ssa.UnOp:
		switch s.Op {
		case token.ARROW, token.MUL:
			return nil, false
		}
		return all(s.X)
	case *ssa.Call:
		fn := s.Call.StaticCallee()
		if fn == nil || fn.Blocks != nil || !v.reaches(f, s) || v.calledBefore(fn) {
			return nil, false
		}
		_, ok := all(s.Call.Args...)
		return s, ok
	}
	return nil, false
}

// calledBefore reports whether the function has been called when the search begins.
func (v *departure) calledBefore(fn *ssa.Function) bool {
	x := v.x
	for id, p := range x.points {
		call, ok := p.Instr.(ssa.CallInstruction)
		if !ok || call.Common().StaticCallee() != fn {
			continue
		}
		if _, ok := x.way(PointID(id), v.start, nil); ok {
			return true
		}
	}
	return false
}

// chosen reports whether a select may go the way of a case, or past it, while the wait
// lasts.
func (v *departure) chosen(f *Frame, sel *ssa.Select, i int, holds bool) bool {
	x := v.x
	at, ok := x.at[Point{f, sel}]
	if !ok || !v.ahead[at] {
		return false
	}
	if holds {
		return v.comes(f, sel.States[i])
	}
	if !sel.Blocking && i == len(sel.States)-1 {
		return true
	}
	for j := i + 1; j < len(sel.States); j++ {
		if !x.meets(f, sel.States[j], v.w) && v.comes(f, sel.States[j]) {
			return true
		}
	}
	return !sel.Blocking
}

// comes reports whether a case of a select may come about.
func (v *departure) comes(f *Frame, st *ssa.SelectState) bool {
	w := &Wait{Frame: f, Known: true}
	v.x.chanCase(w, st.Chan, st.Dir == types.SendOnly)
	if len(w.Cases) == 0 {
		return false // on a nil channel
	}
	c := w.Cases[0]
	return !w.Known || c.Send && c.Buffered || v.occurs(c.Counterparts)
}

// occurs reports whether one of the operations may be done while the wait lasts; by the
// goroutine that waits, only if it goes on to wait. What ends the wait for good is not done by
// then, such as a close of the channel that is waited for.
func (v *departure) occurs(ops []PointID) bool {
	last := v.x.lasting(v.w, ops)
	return slices.ContainsFunc(ops, func(p PointID) bool {
		if _, sends := v.x.points[p].Instr.(*ssa.Send); last[p] && !sends && !v.x.isSelect(p) {
			return false
		}
		return v.during[p] && (v.x.thread(p) != v.w.Thread() || v.toward[p])
	})
}

// source is the call or receive that an error comes from, if it comes behind the start.
func (v *departure) source(f *Frame, val ssa.Value, depth int) (ssa.Instruction, bool) {
	if depth > 8 {
		return nil, false
	}
	x := v.x
	switch s := val.(type) {
	case *ssa.Extract:
		return v.source(f, s.Tuple, depth+1)
	case *ssa.Call:
		at, ok := x.at[Point{f, s}]
		return s, ok && v.ahead[at]
	case *ssa.UnOp:
		switch s.Op {
		case token.ARROW:
			return s, v.reaches(f, s) && v.others(f, s)
		case token.MUL:
			if st := justStored(s); st != nil {
				return v.source(f, st, depth+1)
			}
			if fa, ok := s.X.(*ssa.FieldAddr); ok {
				if st := onlyStore(fa.X); st != nil {
					return v.source(f, st.Val, depth+1)
				}
			}
		}
	case *ssa.Field:
		return v.source(f, s.X, depth+1)
	case *ssa.Phi:
		var first ssa.Instruction
		for _, e := range s.Edges {
			if isZero(e) {
				continue
			}
			instr, ok := v.source(f, e, depth+1)
			if !ok {
				return nil, false
			}
			if first == nil {
				first = instr
			}
		}
		return first, first != nil
	}
	return nil, false
}

// told reports whether a value, as it is or in a struct, is sent to the goroutine that waits before
// it comes to its wait: that one knows it then too.
func (v *departure) told(f *Frame, val ssa.Value, depth int) bool {
	refs := val.Referrers()
	if refs == nil || depth > 3 {
		return false
	}
	for _, ref := range *refs {
		switch r := ref.(type) {
		case *ssa.Send:
			if r.X == val && v.heard(f, r, r.Chan) {
				return true
			}
		case *ssa.Select:
			for _, st := range r.States {
				if st.Send == val && v.heard(f, r, st.Chan) {
					return true
				}
			}
		case *ssa.Store:
			if fa, ok := r.Addr.(*ssa.FieldAddr); ok && r.Val == val && v.toldStruct(f, fa.X, depth+1) {
				return true
			}
		case *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.ChangeType, *ssa.Phi:
			if v.told(f, r.(ssa.Value), depth+1) {
				return true
			}
		}
	}
	return false
}

// toldStruct is told for the struct at an address.
func (v *departure) toldStruct(f *Frame, addr ssa.Value, depth int) bool {
	alloc, ok := addr.(*ssa.Alloc)
	return ok && slices.ContainsFunc(*alloc.Referrers(), func(ref ssa.Instruction) bool {
		load, ok := ref.(*ssa.UnOp)
		return ok && v.told(f, load, depth)
	})
}

// heard reports whether the goroutine that waits may receive what is sent before it comes to its
// wait.
func (v *departure) heard(f *Frame, send ssa.Instruction, ch ssa.Value) bool {
	x := v.x
	if !v.reaches(f, send) {
		return false
	}
	for _, t := range x.value(f, ch, "").list {
		for _, r := range x.waits.recvs[t.Obj] {
			if x.thread(r) != v.w.Thread() {
				continue
			}
			if _, ok := x.way(r, v.w.Point, nil); ok {
				return true
			}
		}
	}
	return false
}

// onlyStore returns the only store into the local variable at an address.
func onlyStore(addr ssa.Value) *ssa.Store {
	alloc, ok := addr.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var only *ssa.Store
	for _, ref := range *alloc.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == alloc {
			if only != nil {
				return nil
			}
			only = st
		}
	}
	return only
}

// reaches reports whether the search has come to an instruction.
func (v *departure) reaches(f *Frame, instr ssa.Instruction) bool {
	p, ok := v.x.at[Point{f, instr}]
	return ok && v.ahead[p]
}

// closes reports whether the channel of a receive may be closed while the wait lasts.
func (v *departure) closes(f *Frame, recv *ssa.UnOp) bool {
	w := &Wait{Frame: f, Known: true}
	v.x.chanCase(w, recv.X, false)
	if len(w.Cases) == 0 {
		return false
	}
	var closes []PointID
	for _, cp := range w.Cases[0].Counterparts {
		if v.x.Closes(cp) {
			closes = append(closes, cp)
		}
	}
	return !w.Known || v.occurs(closes)
}

// tooFew reports whether there are more goroutines that wait than this one lets go on.
func (v *departure) tooFew() bool {
	x := v.x
	if len(v.cuts.edges) > 0 || x.threadMany(v.thread, v.made) {
		return false
	}
	t := v.w.Thread()
	many := x.threadMany(t, v.made)
	if _, without := x.way(x.entry[t.Entry], x.exit[t.Entry], pointSet([]PointID{v.w.Point})); many && without {
		return false // not all of them send
	}
	for p := range v.cuts.points {
		if x.Repeats(p) {
			return false
		}
	}
	n, room := 0, 0
	for _, t := range v.w.Cases[0].targets {
		n = max(n, x.times(t.Obj, v.w.Point, nil))
		size, _ := x.capacity(t.Obj)
		room = max(room, size)
	}
	if n == unbounded {
		return many
	}
	return n > len(v.cuts.points)+room
}

// others reports whether, when a value with an error was received, others may still want to
// send: the one that sent it may know that it was the last.
func (v *departure) others(f *Frame, recv *ssa.UnOp) bool {
	p := v.x.at[Point{f, recv}]
	return !v.cuts.points[p] || v.x.threadMany(v.w.Thread(), v.made)
}

// unanswered reports whether the goroutine can receive from the channel again without a
// counterpart of the wait in between. A worker that answers each job has answered all of them when
// there are no more.
func (v *departure) unanswered(f *Frame, recv *ssa.UnOp) bool {
	at, ok := v.x.at[Point{f, recv}]
	if !ok {
		return false
	}
	if len(v.cuts.edges) > 0 || !v.x.Repeats(at) {
		return true
	}
	for _, next := range v.x.succs[at] {
		if _, ok := v.x.way(next, at, v.cuts.points); ok {
			return true
		}
	}
	return false
}

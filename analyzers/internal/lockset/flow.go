package lockset

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// An exitKind says from where a deferred or other call is made.
type exitKind uint8

const (
	inside    exitKind = iota // the body
	returning                 // the deferred calls of a return
	panicking                 // the deferred calls of a panic
)

// A funcInfo is what is known of one function.
type funcInfo struct {
	fn      *ssa.Function
	busy    bool
	recurs  bool // calls a function that was under analysis
	summary *Summary
	acts    [][]*action // per block; nil if nothing in fn touches a lock
	in      [][]state   // per block, what holds at its start
	lost    bool        // too many states: some of in are collapsed
	flow    Flow
	entry   []Lock // held by every caller
}

const maxStates = 16

// analyze computes the states of a function until they no longer change, then
// walks over it once more to record what a check can ask about.
func (e *engine) analyze(info *funcInfo) {
	fn := info.fn
	if len(fn.Blocks) == 0 {
		return
	}
	info.acts = e.decode(fn)
	if info.acts == nil {
		return
	}
	info.in = make([][]state, len(fn.Blocks))
	order := postorder(fn)
	work := newWorklist(fn, order)
	info.in[0] = []state{{}}
	work.add(fn.Blocks[0])
	for budget := maxVisits(len(order)); budget > 0; budget-- {
		b := work.next()
		if b == nil {
			break
		}
		if budget == 1 {
			info.lost = true
		}
		e.flowOut(info, b, nil, func(succ *ssa.BasicBlock, s state) {
			if info.addState(succ, s) {
				work.add(succ)
			}
		})
	}
	rec := &recorder{info: info}
	for _, b := range fn.Blocks {
		if info.in[b.Index] != nil {
			e.flowOut(info, b, rec, func(*ssa.BasicBlock, state) {})
		}
	}
	info.summary = rec.summary()
}

// maxVisits bounds the block visits that the states of a function may take to
// settle: generously for one of ordinary size, and for thousands of blocks,
// where loops around loops could take that often, no more than its size allows.
func maxVisits(blocks int) int { return min(64*blocks, 4096+8*blocks) }

// postorder returns the blocks of fn that can be reached, callees of edges
// first; a worklist takes them from the end.
func postorder(fn *ssa.Function) []*ssa.BasicBlock {
	seen := make([]bool, len(fn.Blocks))
	var order []*ssa.BasicBlock
	type frame struct {
		b    *ssa.BasicBlock
		next int
	}
	stack := []frame{{b: fn.Blocks[0]}}
	seen[0] = true
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if f.next == len(f.b.Succs) {
			order = append(order, f.b)
			stack = stack[:len(stack)-1]
			continue
		}
		succ := f.b.Succs[f.next]
		f.next++
		if !seen[succ.Index] {
			seen[succ.Index] = true
			stack = append(stack, frame{b: succ})
		}
	}
	return order
}

// A worklist holds the blocks to visit, those first that are last in the
// postorder.
type worklist struct {
	order []*ssa.BasicBlock
	place []int // of a block in order, by its index
	dirty []bool
	last  int // no place behind it is dirty
}

func newWorklist(fn *ssa.Function, order []*ssa.BasicBlock) *worklist {
	w := &worklist{order: order, place: make([]int, len(fn.Blocks)), dirty: make([]bool, len(order))}
	for i, b := range order {
		w.place[b.Index] = i
	}
	return w
}

func (w *worklist) add(b *ssa.BasicBlock) {
	i := w.place[b.Index]
	w.dirty[i] = true
	w.last = max(w.last, i)
}

// next takes a block off the list; nil if there is none.
func (w *worklist) next() *ssa.BasicBlock {
	for ; w.last >= 0; w.last-- {
		if w.dirty[w.last] {
			w.dirty[w.last] = false
			return w.order[w.last]
		}
	}
	return nil
}

// addState adds s to what holds at the start of b; it reports whether that
// changed anything.
func (info *funcInfo) addState(b *ssa.BasicBlock, s state) bool {
	states := info.in[b.Index]
	for i, old := range states {
		if old.same(s) {
			m, changed := old.merge(s)
			if changed {
				states[i] = m
			}
			return changed
		}
	}
	if len(states) >= maxStates {
		info.lost = true
		c := collapse(append(slices.Clip(states), s))
		if len(states) == 1 && states[0].same(c) {
			return false
		}
		info.in[b.Index] = []state{c}
		return true
	}
	info.in[b.Index] = append(states, s)
	return true
}

// flowOut takes the states at the start of b through its actions and hands
// the state of each edge to out.
func (e *engine) flowOut(info *funcInfo, b *ssa.BasicBlock, rec *recorder, out func(*ssa.BasicBlock, state)) {
	states := slices.Clone(info.in[b.Index])
	for _, a := range info.acts[b.Index] {
		var lost bool
		states, lost = bound(e.stepAll(a, states, rec))
		info.lost = info.lost || lost
	}
	if rec != nil {
		e.recordExit(rec, b, states)
	}
	for k, succ := range b.Succs {
		for _, s := range states {
			if s, ok := e.edge(s, states, b, k, rec); ok {
				out(succ, s)
			}
		}
	}
}

// maxLevels bounds the locks that a state says something of. Code that a person
// wrote holds a handful at a time.
const maxLevels = 64

// bound lets go of what states say of too many locks, those that came first;
// it tells whether it did.
func bound(states []state) (_ []state, lost bool) {
	for i := range states {
		if n := len(states[i].levels); n > maxLevels {
			lost = true
			states[i].levels = states[i].levels[n-maxLevels:]
		}
	}
	return states, lost
}

func (e *engine) stepAll(a *action, states []state, rec *recorder) []state {
	var next []state
	for _, s := range states {
		next = append(next, e.step(a, s, inside, rec)...)
	}
	if len(next) > 2*maxStates {
		next = []state{collapse(next)}
	}
	return next
}

// step applies one action to one state.
func (e *engine) step(a *action, s state, at exitKind, rec *recorder) []state {
	e.recordTakings(rec, a, s, at)
	if a.kind != actCall { // which of its outcomes are possible, the old values tell
		s = e.forgetChanged(a, s)
	}
	switch a.kind {
	case actAcquire:
		return []state{e.effect(s, effect{Lock: a.lock, n: 1}, a.instr, rec)}
	case actRelease:
		return []state{e.effect(s, effect{Lock: a.lock, n: -1}, a.instr, rec)}
	case actTry:
		call, ok := a.instr.(*ssa.Call)
		if !ok {
			return []state{s}
		}
		if judged(call) {
			return []state{e.effect(s, effect{Lock: a.lock, n: 1, maybe: true}, a.instr, nil)}
		}
		cond := e.exprs.of(call)
		got := e.effect(s, effect{Lock: a.lock, n: 1}, a.instr, nil)
		return []state{got.learn(fact{cond: cond, val: true}), s.learn(fact{cond: cond, val: false})}
	case actCall:
		return e.call(a, s, at, rec)
	case actImported:
		return e.callImported(a, s, rec)
	case actRun:
		for _, ef := range e.rebaseEffects(a.effects, a) {
			s = e.effect(s, ef, a.instr, rec)
		}
	case actDefer:
		if a.deferred != nil {
			s.defers = s.defers.push(a)
		}
	case actDefers:
		return e.runDefers(a, s, rec)
	case actEnd:
		return nil
	case actStore:
		s = e.store(s, a.store)
	case actHand:
		for _, ef := range a.effects {
			s = s.unfree(func(p access.Path) bool { return p == ef.Path || e.mayAlias(p, ef.Path) })
			for _, mode := range []Mode{Write, Read} {
				if lv, ok := s.level(Lock{Path: ef.Path, Mode: mode}); ok {
					lv.handed = true
					s = s.with(lv)
				}
			}
		}
	case actEscape:
		if rec != nil {
			for _, ef := range a.effects {
				rec.info.flow.escaped = append(rec.info.flow.escaped, ef.Lock)
			}
		}
	}
	return []state{s}
}

// runDefers applies the deferred calls, last first.
func (e *engine) runDefers(a *action, s state, rec *recorder) []state {
	at := returning
	if _, ok := a.instr.(*ssa.Panic); ok {
		at = panicking
	}
	rec.leave(a.instr)
	last := s.defers
	s.defers = nil
	states := []state{s}
	for d := last; d != nil; d = d.under {
		var next []state
		for _, s := range states {
			next = append(next, e.step(d.deferred, s, at, rec)...)
		}
		states, _ = bound(next)
	}
	return states
}

// effect applies the net change of one lock, made at instr.
func (e *engine) effect(s state, ef effect, instr ssa.Instruction, rec *recorder) state {
	lv, held := s.level(ef.Lock)
	lv.Lock = ef.Lock
	if ef.n > 0 {
		s = s.unfree(func(p access.Path) bool { return p == ef.Path })
		if held && lv.n > 0 && !lv.maybe && ef.Mode == Write && !ef.maybe {
			rec.relock(instr, lv)
		}
		switch {
		case ef.maybe && lv.n <= 0:
			lv.n, lv.maybe, lv.sites = lv.n+1, true, []ssa.Instruction{instr}
		case ef.maybe:
		case lv.n <= 0 && !lv.maybe:
			lv.n++
			lv.sites = nil
			if lv.n > 0 {
				lv.sites = []ssa.Instruction{instr}
			}
		case lv.maybe && lv.n < 0:
			lv.n, lv.maybe = 0, false
		case ef.Mode == Write && lv.maybe:
			// Had it been held, this call would not have returned.
			lv.n, lv.maybe, lv.handed, lv.sites = 1, false, false, []ssa.Instruction{instr}
		default:
			if lv.maybe = false; ef.Mode == Read {
				lv.n = min(lv.n+1, maxLevel)
			}
			lv.sites = union(lv.sites, []ssa.Instruction{instr})
		}
		lv.handed = lv.handed || ef.handed
		return s.with(lv)
	}

	if !held || lv.n <= 0 {
		if after, wrong := e.misrelease(s, ef, instr, rec); wrong {
			return after
		}
		// Perhaps a held lock by another name.
		for _, other := range s.levels {
			if other.n > 0 && other.Mode == ef.Mode && e.mayAlias(other.Path, ef.Path) {
				rec.release(instr, other)
				other.n, other.maybe = 0, false
				return s.with(other)
			}
		}
		rec.unmatched(instr, ef.Lock)
		s = s.free(ef, instr, nil)
		lv.n, lv.maybe = minLevel, ef.maybe
		return s.with(lv)
	}
	rec.release(instr, lv)
	if ef.maybe {
		lv.maybe = true
		return s.with(lv)
	}
	lv.n--
	if lv.n == 0 {
		if !lv.maybe && !lv.handed {
			s = s.free(ef, instr, lv.sites)
		}
		lv.maybe = false
	}
	return s.with(lv)
}

// mayAlias reports whether two different paths may be one lock, which they
// may if the same field holds them, or if what holds one is not known.
func (e *engine) mayAlias(p, q access.Path) bool {
	f, g := ownField(p), ownField(q)
	return f == nil && !isVariable(p) || g == nil && !isVariable(q) || f != nil && f == g || syncapi.IsCondLocker(f) || syncapi.IsCondLocker(g)
}

// ownField returns the field that is, or points to, the lock at p.
func ownField(p access.Path) *types.Var {
	if p.Last().Kind == access.Deref {
		p, _ = p.Parent()
	}
	return p.Last().Field
}

// isVariable reports whether p is the address of a package-level or local
// variable.
func isVariable(p access.Path) bool {
	k := p.Root().Kind
	return p.Len() == 0 && (k == access.Global || k == access.Local)
}

// store forgets what an assignment changes and learns what it makes true.
func (e *engine) store(s state, st *ssa.Store) state {
	switch st.Addr.(type) {
	case *ssa.Alloc, *ssa.FreeVar, *ssa.FieldAddr, *ssa.Global:
	default:
		return s
	}
	loc := e.paths.Select(e.paths.Of(st.Addr), access.Selector{Kind: access.Deref})
	s = s.unfree(func(p access.Path) bool { return p.HasPrefix(loc) || goesThrough(p, loc) })
	isTrue, isNil, kind := e.valueFacts(s, st.Val)
	if len(s.facts) > 0 {
		s = e.exprs.forget(s, func(p access.Path) bool { return p.HasPrefix(loc) })
	}
	x := e.exprs.pathExpr(loc)
	switch kind {
	case factBool:
		s = s.learn(fact{cond: x, val: isTrue, stored: true})
	case factNil:
		s = s.learn(fact{cond: e.exprs.bin(token.EQL, x, e.exprs.nilConst()), val: isNil, stored: true})
	case factConst:
		s = s.learn(fact{cond: e.exprs.bin(token.EQL, x, e.exprs.of(st.Val)), val: true, stored: true})
	}
	return s
}

type factKind uint8

const (
	factNone factKind = iota
	factBool
	factNil
	factConst
)

// valueFacts tells what is known of a value that is assigned or chosen by a
// phi.
func (e *engine) valueFacts(s state, v ssa.Value) (isTrue, isNil bool, kind factKind) {
	switch t := v.Type().Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsBoolean != 0 {
			if val, ok := e.truth(s, v); ok {
				return val, false, factBool
			}
		} else if c, ok := v.(*ssa.Const); ok && c.Value != nil {
			return false, false, factConst
		}
	case *types.Pointer, *types.Interface, *types.Signature, *types.Slice, *types.Map, *types.Chan:
		if val, ok := e.nilness(s, v); ok {
			return false, val, factNil
		}
	}
	return false, false, factNone
}

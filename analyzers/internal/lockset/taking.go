package lockset

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file tells which locks a function takes on its way, whether or not it
// gives them back: the other half of a summary, next to the net effect. Where a
// lock is taken, directly or in a call of any depth, with others held, that is
// an [Edge] of the order of locks; where it is held already it is a [Reentry].
//
// Both are "may" with respect to the path (some path of the function takes the
// lock with the other one held) and "must" on that path: a lock that is held
// perhaps, or whose release was left to code that is not seen, makes neither.
// What a callee takes only under a condition that contradicts what the
// caller knows is left out.

// A Class is what the locks of all instances of a type have in common: the field
// or package-level variable that holds the lock, or the local variable. The
// zero Class is that of locks of which it is not known.
type Class struct {
	Var   *types.Var
	Local ssa.Value
}

// Known reports whether c is a class.
func (c Class) Known() bool { return c != Class{} }

// Decl returns the position of the declaration of what c names.
func (c Class) Decl() token.Pos { return access.Place(c).Decl() }

// ClassOf returns the class of the lock at p. A field of a type that is a lock
// and nothing else does not count: such a type is a lock by another name, and the
// field that holds it gives the class.
func ClassOf(p access.Path) Class {
	for p.Len() > 0 {
		last := p.Last()
		parent, _ := p.Parent()
		if last.Kind == access.Field && !(onlyField(last.Field, parent) && hasField(parent)) {
			return Class{Var: last.Field}
		}
		p = parent
	}
	switch r := p.Root(); r.Kind {
	case access.Global:
		return Class{Var: r.Var}
	case access.Local:
		return Class{Local: r.Value}
	}
	return Class{}
}

// hasField reports whether a field or a variable leads to p.
func hasField(p access.Path) bool {
	return p.LastField() != nil || p.Root().Kind == access.Global
}

// onlyField reports whether f, which is selected from what owner leads to, is
// the only field of its type.
func onlyField(f *types.Var, owner access.Path) bool {
	o := owner.LastField()
	var t types.Type
	switch {
	case o != nil:
		t = o.Type()
	case owner.Root().Var != nil:
		t = owner.Root().Var.Type()
	default:
		return false
	}
	for range 3 { // a pointer, an element of a slice or map
		switch u := t.Underlying().(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		}
	}
	s, ok := t.Underlying().(*types.Struct)
	return ok && s.NumFields() == 1 && s.Field(0).Origin() == f
}

// A Taking is a lock that a function takes, itself or through calls.
type Taking struct {
	Lock  // in the function's terms; the path is not valid if it has no name for the lock
	Class Class
	// Part is the part of a variable that the lock is, as [access.Paths.Part] has it,
	// if the function has no name for it.
	Part access.Path
	// Chain leads to the call of Lock: the calls on the way, then Lock itself.
	Chain []ssa.Instruction
	// Far is set if the last of Chain calls a function of another package, which
	// takes the lock.
	Far   *Far
	freed []Lock // the locks of its callers that it has released by then
	alone bool   // nobody else can have the lock, or wait for it
	facts []fact // what is known on that path
}

// Far is the part of a chain of calls that is in other packages.
type Far struct {
	Path  string // the functions on the way, as a message names them
	Place string // the file and line of the call of Lock
}

// A Reentry is the taking of a lock that is held already.
type Reentry struct {
	Lock        // as it is taken
	Held  level // as it is held
	Chain []ssa.Instruction
	Far   *Far
}

// HeldMode is the mode in which the lock is held.
func (r *Reentry) HeldMode() Mode { return r.Held.Mode }

// Sites are where the function acquired the lock.
func (r *Reentry) Sites() []ssa.Instruction { return r.Held.sites }

// An Edge says that one lock is taken while another is held.
type Edge struct {
	From      Lock // held; in the function's terms
	FromClass Class
	Sites     []ssa.Instruction // where From was acquired
	To        Lock              // taken; the path is not valid if the function has no name for it
	ToClass   Class
	ToPart    access.Path       // see [Taking.Part]
	Chain     []ssa.Instruction // to the call of Lock that takes To
	Far       *Far
	Also      []Lock // what else is held
}

// maxTakings bounds the locks that a function is said to take.
const maxTakings = 48

// maxChain bounds the calls on the way to a lock.
const maxChain = 12

// An entered is a function that a call runs before it returns.
type entered struct {
	fn    *ssa.Function   // nil if it is in another package: takes are in the caller's terms
	call  *ssa.CallCommon // with the arguments that fn's parameters are
	takes []Taking
	// under are the locks that the callee holds when it calls fn, which it was
	// given, in the caller's terms, and via the calls that lead there.
	under []level
	via   []ssa.Instruction
}

// A paramCall is a call of a parameter of a function by that function, or by one that
// it passes the parameter to.
type paramCall struct {
	param int
	under []level // the locks that are held
	via   []ssa.Instruction
}

// maxRuns bounds the calls of parameters that a function is said to make.
const maxRuns = 8

// Takes returns the locks that fn takes.
func (r *Result) Takes(fn *ssa.Function) []Taking {
	if info := r.funcs[access.Declared(fn)]; info != nil && info.summary != nil {
		return info.summary.takes
	}
	return nil
}

// entriesOf returns the functions that the call of a.callee runs and that take
// locks: the callee, and functions that it is given and calls. runs are the
// parameters of the caller that it passes on to be called.
func (e *engine) entriesOf(a *action) (list []entered, runs []paramCall) {
	sum := e.summary(a.callee)
	if len(sum.takes) > 0 {
		list = append(list, entered{fn: a.callee, call: a.call, takes: sum.takes})
	}
	for _, r := range sum.runs {
		if r.param >= len(a.call.Args) || len(r.via) >= maxChain {
			continue
		}
		var under []level
		for _, lv := range r.under {
			if p, ok := e.paths.Rebase(lv.Path, a.callee, a.call); ok {
				lv.Path = p
				under = append(under, lv)
			}
		}
		arg := a.call.Args[r.param]
		if fn, call := e.callee(&ssa.CallCommon{Value: arg}); fn != nil {
			if takes := e.summary(fn).takes; len(takes) > 0 {
				list = append(list, entered{fn: fn, call: call, takes: takes, under: under, via: r.via})
			}
		} else if i := paramIndex(e.paths.Origin(arg), a.instr.Parent()); i >= 0 {
			runs = append(runs, paramCall{param: i, under: under, via: r.via})
		}
	}
	return list, runs
}

// paramIndex returns which parameter of fn v is, or -1.
func paramIndex(v ssa.Value, fn *ssa.Function) int {
	p, ok := v.(*ssa.Parameter)
	if !ok || p.Parent() != fn {
		return -1
	}
	return slices.Index(fn.Params, p)
}

// onlyMethod returns the method that a call through an interface reaches if
// the package has exactly one type that implements the interface.
func (e *engine) onlyMethod(t types.Type, m *types.Func) *ssa.Function {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || m.Pkg() != e.pkg || iface.NumMethods() == 0 {
		return nil
	}
	key := methodKey{iface, m}
	if fn, ok := e.methods[key]; ok {
		return fn
	}
	var only *ssa.Function
	count := 0
	scope := e.pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 || !types.Implements(types.NewPointer(named), iface) {
			continue
		}
		count++
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), false, m.Pkg(), m.Name())
		if f, ok := obj.(*types.Func); ok {
			if fn := e.prog.FuncValue(f); e.funcs[fn] != nil {
				only = fn
			}
		}
	}
	if count != 1 {
		only = nil
	}
	e.methods[key] = only
	return only
}

type methodKey struct {
	iface *types.Interface
	m     *types.Func
}

// recordTakings notes the locks that a takes in state s, which is that before it.
func (e *engine) recordTakings(rec *recorder, a *action, s state, at exitKind) {
	if rec == nil {
		return
	}
	if a.kind == actAcquire {
		rec.take(e, s, nil, Taking{Lock: a.lock, Class: ClassOf(a.lock.Path), Chain: []ssa.Instruction{a.instr}})
		return
	}
	for _, en := range a.enters {
		if en.fn == nil {
			for _, t := range en.takes {
				t.Chain = []ssa.Instruction{a.instr}
				rec.take(e, s, nil, t)
			}
			continue
		}
		call := &action{kind: actCall, instr: a.instr, call: en.call, callee: en.fn}
		for _, t := range en.takes {
			if len(t.Chain) >= maxChain || e.contradicts(s, &Outcome{facts: t.facts}, call, at) {
				continue
			}
			in := Taking{Lock: Lock{Mode: t.Mode}, Class: t.Class, Part: t.Part, Far: t.Far, alone: t.alone, Chain: slices.Concat([]ssa.Instruction{a.instr}, en.via, t.Chain)}
			if t.Path.IsValid() {
				if p, ok := e.paths.Rebase(t.Path, en.fn, en.call); ok {
					in.Path = p
					if c := ClassOf(p); c.Known() {
						in.Class = c
					}
				} else {
					in.Part = e.paths.Part(t.Path)
				}
			}
			in.facts = e.rebaseFacts(t.facts, en)
			for _, l := range t.freed {
				if p, ok := e.paths.Rebase(l.Path, en.fn, en.call); ok {
					in.freed = append(in.freed, Lock{Path: p, Mode: l.Mode})
				}
			}
			rec.take(e, s, en.under, in)
		}
	}
	for _, r := range a.runs {
		if len(rec.sum.runs) < maxRuns {
			r.under = append(slices.Clip(r.under), s.held()...)
			r.via = append([]ssa.Instruction{a.instr}, r.via...)
			rec.sum.runs = append(rec.sum.runs, r)
		}
	}
}

// rebaseFacts expresses what a callee knows in terms of the caller.
func (e *engine) rebaseFacts(facts []fact, en entered) []fact {
	var out []fact
	for _, f := range facts {
		if id := e.exprs.rebase(f.cond, en.fn, en.call); id != 0 {
			out = append(out, fact{cond: id, val: f.val, stored: f.stored})
		}
	}
	return out
}

// held returns the locks that are held for certain.
func (s state) held() []level {
	var held []level
	for _, lv := range s.levels {
		if lv.n > 0 && !lv.maybe && !lv.handed {
			held = append(held, lv)
		}
	}
	return held
}

// take notes t, taken in state s with the locks under held as well.
func (r *recorder) take(e *engine, s state, under []level, t Taking) {
	held := slices.DeleteFunc(append(s.held(), under...), func(lv level) bool { return slices.Contains(t.freed, lv.Lock) })
	for _, lv := range s.levels {
		if lv.n < 0 && !slices.Contains(t.freed, lv.Lock) {
			t.freed = append(slices.Clip(t.freed), lv.Lock)
		}
	}
	released := false
	if t.Path.IsValid() {
		t.alone = t.alone || e.lastReference(t.Path, t.Chain[0])
		for _, mode := range []Mode{Write, Read} {
			lv, _ := s.level(Lock{Path: t.Path, Mode: mode})
			released = released || lv.n < 0
		}
	}
	for _, lv := range held {
		if t.Path.IsValid() && lv.Path == t.Path {
			r.info.flow.Reentries = append(r.info.flow.Reentries, Reentry{Lock: t.Lock, Held: lv, Chain: t.Chain, Far: t.Far})
			continue
		}
		c := ClassOf(lv.Path)
		if t.alone || !c.Known() || !t.Class.Known() || r.full(Edge{From: lv.Lock, To: t.Lock, ToClass: t.Class, ToPart: t.Part}) {
			continue
		}
		var also []Lock
		for _, other := range held {
			if other.Lock != lv.Lock && other.Path != t.Path {
				also = append(also, other.Lock)
			}
		}
		r.addEdge(Edge{From: lv.Lock, FromClass: c, Sites: lv.sites, To: t.Lock, ToClass: t.Class, ToPart: t.Part, Chain: t.Chain, Far: t.Far, Also: also})
	}
	if released {
		return // the caller's: given back before it is taken again
	}
	if !e.visible(t.Path, r.info.fn) {
		if e.unshared(r.info.fn, t.Path, t.Chain[0], false) {
			return
		}
		if t.Path.IsValid() {
			t.Path, t.Part = access.Path{}, e.paths.Part(t.Path)
		}
	}
	if !t.Path.IsValid() && !t.Class.Known() {
		return
	}
	t.facts = append(slices.Clip(s.facts), t.facts...)
	for i := range r.sum.takes {
		old := &r.sum.takes[i]
		if old.Lock == t.Lock && old.Class == t.Class && old.Part == t.Part {
			old.facts = slices.DeleteFunc(slices.Clone(old.facts), func(f fact) bool { return !slices.Contains(t.facts, f) })
			old.freed = slices.DeleteFunc(slices.Clone(old.freed), func(l Lock) bool { return !slices.Contains(t.freed, l) })
			old.alone = old.alone && t.alone
			if len(t.Chain) < len(old.Chain) {
				old.Chain, old.Far = t.Chain, t.Far
			}
			return
		}
	}
	if len(r.sum.takes) < maxTakings {
		r.sum.takes = append(r.sum.takes, t)
	}
}

// An edgeKey is what two edges have in common that are one.
type edgeKey struct {
	from, to Lock
	class    Class
	part     access.Path
}

// addEdge adds an edge unless there is one of the same locks; of two the one
// with fewer other locks held, then with the shorter chain, says more.
func (r *recorder) addEdge(edge Edge) {
	f := &r.info.flow
	key := edgeKey{edge.From, edge.To, edge.ToClass, edge.ToPart}
	i, ok := r.edges[key]
	switch {
	case !ok:
		if r.edges == nil {
			r.edges = make(map[edgeKey]int)
		}
		r.edges[key] = len(f.Edges)
		f.Edges = append(f.Edges, edge)
	default:
		old := &f.Edges[i]
		if len(edge.Also) < len(old.Also) || len(edge.Also) == len(old.Also) && len(edge.Chain) < len(old.Chain) {
			*old = edge
		}
	}
}

// full reports whether there is no room for a new edge.
func (r *recorder) full(edge Edge) bool {
	if len(r.edges) < maxEdges {
		return false
	}
	r.info.lost = true
	_, ok := r.edges[edgeKey{edge.From, edge.To, edge.ToClass, edge.ToPart}]
	return !ok
}

// maxEdges bounds the edges of one function.
const maxEdges = 512

// PathAt returns the path of the lock that an instruction acquires or releases
// by itself.
func (r *Result) PathAt(instr ssa.Instruction) (p access.Path, ok bool) {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return access.Path{}, false
	}
	op, ok := syncapi.Classify(call.Common(), r.paths)
	if !ok || op.On == nil {
		return access.Path{}, false
	}
	return op.Path(r.paths), true
}

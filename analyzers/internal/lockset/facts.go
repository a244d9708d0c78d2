package lockset

import (
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// This file carries summaries to the packages that import this one.
//
// What crosses is little: functions that another package can call and that leave
// locks other than they found them, take locks that the caller can name (those of
// a parameter, the receiver, or a package-level variable), or make objects with
// locks. A package without
// such functions exports nothing. Conditions do not cross; a lock that is taken
// only under a condition which the caller might know to be false is left out.
//
// Everything is by name, since a driver may read the types of the exporting
// package from export data, where none of its own objects are.

// Exports is the package fact of this engine.
type Exports struct {
	Funcs []FuncFact // in the order of their names
}

// AFact makes Exports a fact.
func (*Exports) AFact() {}

func (x *Exports) String() string {
	var parts []string
	for i := range x.Funcs {
		parts = append(parts, x.Funcs[i].String())
	}
	return "locks: " + strings.Join(parts, "; ")
}

// find returns the summary of a function, nil if it has none.
func (x *Exports) find(name string) *FuncFact {
	i, ok := slices.BinarySearchFunc(x.Funcs, name, func(f FuncFact, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return nil
	}
	return &x.Funcs[i]
}

// A FuncFact is the summary of one function.
type FuncFact struct {
	Name     string        // as [types.Func.FullName] has it
	Outcomes []OutcomeFact // none if the function has no net effect
	Takes    []TakeFact
	Makes    []int // the results that are new objects with locks, if not nil, which nobody else has
}

func (f *FuncFact) String() string {
	var parts []string
	for _, o := range f.Outcomes {
		var effects []string
		for _, ef := range o.Effects {
			verb := " acquires "
			if ef.N < 0 {
				verb = " releases "
			}
			effects = append(effects, verb+ef.Lock.String())
		}
		parts = append(parts, strings.Join(effects, ","))
	}
	for _, t := range f.Takes {
		parts = append(parts, " takes "+t.Lock.String())
	}
	for _, i := range f.Makes {
		parts = append(parts, " makes result "+strconv.Itoa(i))
	}
	return f.Name + strings.Join(parts, " or")
}

// An OutcomeFact is one way in which a function returns.
type OutcomeFact struct {
	Effects []EffectFact
	Results []ResultFact
}

// An EffectFact is the net change of one lock.
type EffectFact struct {
	Lock LockFact
	N    int8 // positive if the lock is acquired, negative if it is released
}

// A ResultFact says what is known of one result.
type ResultFact struct {
	Index        int
	Nilable, Val bool
}

// A TakeFact is a lock that a function takes on its way.
type TakeFact struct {
	Lock LockFact
	// Path names the functions on the way as a message does, and Place is the
	// file and line of the call of Lock.
	Path, Place string
}

// A LockFact names a lock.
type LockFact struct {
	Param  int    // the parameter that leads to it, the receiver being the first; -1 for a variable
	Global string // of a variable: its name, with the path of its package
	Steps  []string
	Read   bool
}

func (l LockFact) String() string {
	s := l.Global
	if l.Param >= 0 {
		s = "#" + strconv.Itoa(l.Param)
	}
	for _, step := range l.Steps {
		switch step {
		case deref:
			s = "(*" + s + ")"
		case elem:
			s += "[…]"
		default:
			s += "." + step
		}
	}
	if l.Read {
		s += " for reading"
	}
	return s
}

// Steps that are no fields.
const (
	deref = "*"
	elem  = "[]"
)

// exports returns what other packages need to know; nil if that is nothing.
func (r *Result) exports(fset *token.FileSet, funcs []*ssa.Function) *Exports {
	x := new(Exports)
	for _, fn := range funcs {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() || fn.Parent() != nil {
			continue
		}
		info := r.funcs[fn]
		if info == nil || info.summary == nil {
			continue
		}
		f := FuncFact{Name: obj.FullName(), Outcomes: r.outcomeFacts(fn, info.summary), Takes: r.takeFacts(fset, fn, info.summary), Makes: r.makeFacts(fn)}
		if len(f.Outcomes) > 0 || len(f.Takes) > 0 || len(f.Makes) > 0 {
			x.Funcs = append(x.Funcs, f)
		}
	}
	if len(x.Funcs) == 0 {
		return nil
	}
	slices.SortFunc(x.Funcs, func(a, b FuncFact) int { return strings.Compare(a.Name, b.Name) })
	return x
}

// outcomeFacts returns the ways in which fn returns, if it has an effect on locks
// that its callers can rely on: the same whichever way it returns, or one that
// the results tell.
func (r *Result) outcomeFacts(fn *ssa.Function, sum *Summary) []OutcomeFact {
	if sum.neutral() {
		return nil
	}
	var outs []*Outcome
	for i := range sum.Outcomes {
		if o := &sum.Outcomes[i]; !o.panics {
			outs = append(outs, o)
		}
	}
	for i, o := range outs {
		for _, other := range outs[i+1:] {
			if !sameEffects(o.effects, other.effects) && !distinct(o.results, other.results) {
				return nil
			}
		}
	}
	var facts []OutcomeFact
	any := false
	for _, o := range outs {
		var f OutcomeFact
		for _, ef := range o.effects {
			lock, ok := lockFact(fn, ef.Lock)
			if !ok || ef.result != 0 || ef.handed || ef.maybe || r.escaping[ClassOf(ef.Path)] {
				return nil // not to be named, or not to be relied on
			}
			f.Effects = append(f.Effects, EffectFact{Lock: lock, N: ef.n})
			any = true
		}
		for _, rf := range o.results {
			f.Results = append(f.Results, ResultFact{Index: rf.index, Nilable: rf.nilable, Val: rf.val})
		}
		facts = append(facts, f)
	}
	if !any {
		return nil
	}
	return facts
}

func (r *Result) makeFacts(fn *ssa.Function) []int {
	var list []int
	results := fn.Signature.Results()
	for i := range results.Len() {
		if p, ok := results.At(i).Type().Underlying().(*types.Pointer); ok && hasLock(p.Elem(), 0) && r.makes(fn, i) {
			list = append(list, i)
		}
	}
	return list
}

// distinct reports whether a result tells two outcomes apart.
func distinct(a, b []resultFact) bool {
	return slices.ContainsFunc(a, func(f resultFact) bool {
		return slices.Contains(b, resultFact{index: f.index, nilable: f.nilable, val: !f.val})
	})
}

func (r *Result) takeFacts(fset *token.FileSet, fn *ssa.Function, sum *Summary) []TakeFact {
	var facts []TakeFact
	for _, t := range sum.takes {
		if t.alone || slices.ContainsFunc(t.facts, func(f fact) bool { return !f.stored }) {
			continue
		}
		lock, ok := lockFact(fn, t.Lock)
		if !ok {
			continue
		}
		last := t.Chain[len(t.Chain)-1]
		place := fset.Position(last.Pos())
		f := TakeFact{Lock: lock, Path: chainText(fn, t.Chain), Place: filepath.Base(place.Filename) + ":" + strconv.Itoa(place.Line)}
		if t.Far != nil {
			f.Path += ", which calls " + t.Far.Path
			f.Place = t.Far.Place
		}
		facts = append(facts, f)
	}
	return facts
}

// chainText names the functions that a chain of calls goes through, fn first.
func chainText(fn *ssa.Function, chain []ssa.Instruction) string {
	names := []string{fn.RelString(nil)}
	if fn.Pkg != nil {
		names[0] = fn.Pkg.Pkg.Name() + "." + fn.RelString(fn.Pkg.Pkg)
	}
	for _, instr := range chain[1:] {
		names = append(names, instr.Parent().Name())
	}
	return strings.Join(names, ", which calls ")
}

// lockFact names a lock of fn for other packages, if it can be named.
func lockFact(fn *ssa.Function, l Lock) (LockFact, bool) {
	if !l.Path.Exact() {
		return LockFact{}, false
	}
	f := LockFact{Param: -1, Read: l.Mode == Read}
	switch root := l.Path.Root(); root.Kind {
	case access.Param:
		f.Param = slices.IndexFunc(fn.Params, func(p *ssa.Parameter) bool { return p == root.Value })
		if f.Param < 0 {
			return LockFact{}, false
		}
	case access.Global:
		f.Global = globalName(root.Var)
	default:
		return LockFact{}, false
	}
	for _, sel := range l.Path.Selectors() {
		switch sel.Kind {
		case access.Field:
			f.Steps = append(f.Steps, sel.Field.Name())
		case access.Deref:
			f.Steps = append(f.Steps, deref)
		default:
			return LockFact{}, false
		}
	}
	return f, true
}

func globalName(v *types.Var) string { return fmt.Sprintf("%s.%s", v.Pkg().Path(), v.Name()) }

// imported resolves the facts of imported packages for calls in this one.
type imported struct {
	lookup  func(pkg *types.Package) *Exports // nil if it has none
	known   map[*types.Package]*Exports
	globals map[string]*types.Var // stand-ins for variables that export data lacks
}

// fact returns what is known of a function of another package; nil if nothing.
func (im *imported) fact(call *ssa.CallCommon) *FuncFact {
	fn := call.StaticCallee()
	if fn == nil || len(fn.Blocks) > 0 {
		return nil
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil {
		return nil
	}
	x, ok := im.known[obj.Pkg()]
	if !ok {
		x = im.lookup(obj.Pkg())
		im.known[obj.Pkg()] = x
	}
	if x == nil {
		return nil
	}
	return x.find(obj.Origin().FullName())
}

// path expresses the lock of a callee in terms of the caller.
func (e *engine) importedPath(l LockFact, pkg *types.Package, call *ssa.CallCommon) (access.Path, bool) {
	var p access.Path
	var t types.Type
	if l.Param >= 0 {
		if l.Param >= len(call.Args) {
			return access.Path{}, false
		}
		arg := call.Args[l.Param]
		p, t = e.paths.Of(arg), arg.Type()
	} else {
		v := e.imported.global(l.Global, pkg)
		p, t = e.paths.OfVar(v), v.Type()
	}
	for _, step := range l.Steps {
		if step == deref {
			p = e.paths.Select(p, access.Selector{Kind: access.Deref})
			continue
		}
		f := fieldNamed(t, step)
		if f == nil {
			return access.Path{}, false
		}
		p, t = e.paths.Select(p, access.Selector{Kind: access.Field, Field: f.Origin()}), f.Type()
	}
	return p, true
}

// global finds the variable of the given qualified name, or makes one that
// stands for it.
func (im *imported) global(name string, pkg *types.Package) *types.Var {
	if v, ok := im.globals[name]; ok {
		return v
	}
	dot := strings.LastIndexByte(name, '.')
	v, ok := pkg.Scope().Lookup(name[dot+1:]).(*types.Var)
	if !ok || globalName(v) != name {
		if name[:dot] != pkg.Path() {
			pkg = types.NewPackage(name[:dot], name[strings.LastIndexByte(name[:dot], '/')+1:dot])
		}
		v = types.NewVar(token.NoPos, pkg, name[dot+1:], types.NewStruct(nil, nil))
	}
	im.globals[name] = v
	return v
}

// fieldNamed returns the field of the struct that t is or points to.
func fieldNamed(t types.Type, name string) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range s.Fields() {
		if f.Name() == name {
			return f
		}
	}
	return nil
}

// decodeImported is the action of a call of a function of another package of
// which something is known.
func (e *engine) decodeImported(instr ssa.Instruction, call *ssa.CallCommon) *action {
	f := e.imported.fact(call)
	if f == nil {
		return nil
	}
	pkg := call.StaticCallee().Object().Pkg()
	a := &action{kind: actImported, instr: instr, call: call}
	for _, of := range f.Outcomes {
		var o Outcome
		for _, ef := range of.Effects {
			if p, ok := e.importedPath(ef.Lock, pkg, call); ok {
				o.effects = append(o.effects, effect{Lock: Lock{Path: p, Mode: ef.Lock.mode()}, n: ef.N})
			}
		}
		for _, rf := range of.Results {
			o.results = append(o.results, resultFact{index: rf.Index, nilable: rf.Nilable, val: rf.Val})
		}
		a.outcomes = append(a.outcomes, o)
	}
	var takes []Taking
	for _, tf := range f.Takes {
		if p, ok := e.importedPath(tf.Lock, pkg, call); ok {
			takes = append(takes, Taking{Lock: Lock{Path: p, Mode: tf.Lock.mode()}, Class: ClassOf(p), Far: &Far{Path: tf.Path, Place: tf.Place}})
		}
	}
	if takes != nil {
		a.enters = []entered{{takes: takes}}
	}
	if a.outcomes == nil && a.enters == nil {
		return nil
	}
	return a
}

func (l LockFact) mode() Mode {
	if l.Read {
		return Read
	}
	return Write
}

// callImported applies a call of a function of another package.
func (e *engine) callImported(a *action, s state, rec *recorder) []state {
	if a.outcomes == nil {
		return []state{s}
	}
	var out []state
	for _, o := range a.outcomes {
		next := s
		for _, ef := range o.effects {
			next = e.effect(next, ef, a.instr, rec)
		}
		out = append(out, e.learnResults(a, next, &o))
	}
	return out
}

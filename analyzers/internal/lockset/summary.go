package lockset

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// A Summary is what calling a function does to locks, in the function's own
// terms.
type Summary struct {
	// Outcomes are the ways in which it can return or panic.
	Outcomes []Outcome
	takes    []Taking
	runs     []paramCall
}

// An Outcome is one way in which a function can return or panic.
type Outcome struct {
	effects []effect
	// results say what is known of boolean and nilable results.
	results []resultFact
	// facts hold on return.
	facts []fact
	// panics is set if the function does not return but panics. That matters
	// to a function deferred by one that panics.
	panics bool
	// releasers are the effects of calling a function that is returned, by
	// the index of the result.
	releasers map[int][]effect
}

// An effect is the net change of one lock.
type effect struct {
	Lock
	n             int8 // positive: returns with the lock held; negative: releases the caller's
	maybe, handed bool
	// unsure is set, in a call, if the function has other outcomes that
	// nothing known there excludes, and that do not have the effect.
	unsure bool
	// result is the index, counted from 1, of the result that is, or leads to,
	// the object of the lock, and from that result's path; zero if the lock's
	// path means something to the caller without.
	result int
	from   access.Path
}

// A resultFact says that a boolean result is val, or that a nilable one is
// nil or not.
type resultFact struct {
	index int
	nilable,
	val bool
}

// NetEffect describes what a function does to a lock of its caller's.
type NetEffect struct {
	Lock
	Acquires bool // else it releases
	Always   bool // on every return, else on some
}

// Effects returns the net effects of calling fn, in fn's own terms; a path
// rooted at a parameter can be rebased to a call.
func (r *Result) Effects(fn *ssa.Function) []NetEffect {
	info := r.funcs[access.Declared(fn)]
	if info == nil {
		return nil
	}
	var effects []NetEffect
	outs := slices.DeleteFunc(slices.Clone(info.summary.Outcomes), func(o Outcome) bool { return o.panics })
	for _, o := range outs {
		for _, ef := range o.effects {
			if ef.result != 0 {
				continue
			}
			ne := NetEffect{Lock: ef.Lock, Acquires: ef.n > 0, Always: true}
			for _, other := range outs {
				ne.Always = ne.Always && slices.ContainsFunc(other.effects, func(g effect) bool {
					return g.Lock == ef.Lock && g.n*ef.n > 0 && !g.maybe
				})
			}
			if !slices.Contains(effects, ne) {
				effects = append(effects, ne)
			}
		}
	}
	return effects
}

var neutralSummary = &Summary{Outcomes: []Outcome{{}}}

// neutral reports whether a call changes nothing.
func (s *Summary) neutral() bool {
	for _, o := range s.Outcomes {
		if len(o.effects) > 0 || len(o.releasers) > 0 {
			return false
		}
	}
	return true
}

// summary returns what calling fn does, analysing it if need be. A call that
// recurs into a function under analysis is taken to change nothing.
func (e *engine) summary(fn *ssa.Function) *Summary {
	info := e.funcs[fn]
	if info == nil {
		return neutralSummary
	}
	if info.busy {
		for _, f := range e.stack[slices.Index(e.stack, info):] {
			f.recurs = true
		}
		return neutralSummary
	}
	if info.summary == nil {
		info.busy = true
		e.stack = append(e.stack, info)
		e.analyze(info)
		e.stack = e.stack[:len(e.stack)-1]
		info.busy = false
		if info.summary == nil {
			info.summary = neutralSummary
		}
	}
	return info.summary
}

// revisit looks again at the functions that come to themselves, now that it is
// known which locks their callees take; once for each of two that call each
// other. They keep what is known of their own effect.
func (e *engine) revisit(fns []*ssa.Function) {
	for range 2 {
		for _, fn := range fns {
			info := e.funcs[fn]
			if !info.recurs || !info.summary.neutral() {
				continue
			}
			known := info.summary
			info.flow, info.acts = Flow{}, nil
			e.stack = append(e.stack, info)
			e.analyze(info)
			e.stack = e.stack[:len(e.stack)-1]
			if !info.summary.neutral() {
				info.summary = known
			}
		}
	}
}

const maxOutcomes = 6

// addOutcome adds to the summary that the function returns, or panics, in
// state s at the given exit.
func (e *engine) addOutcome(sum *Summary, info *funcInfo, s state, exit ssa.Instruction) {
	o := Outcome{facts: s.facts}
	var results []ssa.Value
	switch exit := exit.(type) {
	case *ssa.Return:
		results = exit.Results
	case *ssa.Panic:
		o.panics = true
	}
	for _, lv := range s.levels {
		ef := effect{Lock: lv.Lock, n: lv.n, maybe: lv.maybe, handed: lv.handed}
		if visible := e.visible(lv.Path, info.fn); visible && lv.Path.Exact() || e.ofResult(&ef, results) || visible {
			o.effects = append(o.effects, ef)
			if ef.result != 0 && ef.from != ef.Path {
				// What has a lock is not nil.
				o.results = append(o.results, resultFact{index: ef.result - 1, nilable: true})
			}
		}
	}
	for i, r := range results {
		if f, ok := e.resultFact(s, i, r); ok && !slices.Contains(o.results, f) {
			o.results = append(o.results, f)
		}
		if efs := e.returned(info.fn, r); len(efs) > 0 {
			if o.releasers == nil {
				o.releasers = make(map[int][]effect)
			}
			o.releasers[i] = efs
		}
	}
	for i := range sum.Outcomes {
		old := &sum.Outcomes[i]
		if old.panics == o.panics && sameEffects(old.effects, o.effects) && (len(old.releasers) == 0) == (len(o.releasers) == 0) {
			old.results = slices.DeleteFunc(slices.Clone(old.results), func(f resultFact) bool { return !slices.Contains(o.results, f) })
			old.facts = slices.DeleteFunc(slices.Clone(old.facts), func(f fact) bool { return !slices.Contains(o.facts, f) })
			return
		}
	}
	if len(sum.Outcomes) < maxOutcomes {
		sum.Outcomes = append(sum.Outcomes, o)
		return
	}
	// Too many: the last stands for the rest, and nothing of it is sure.
	last := &sum.Outcomes[maxOutcomes-1]
	last.panics = last.panics && o.panics
	last.results, last.facts = nil, nil
	last.effects = slices.Clone(last.effects)
	for _, ef := range o.effects {
		if !slices.ContainsFunc(last.effects, func(g effect) bool { return g.Lock == ef.Lock }) {
			last.effects = append(last.effects, ef)
		}
	}
	for i := range last.effects {
		last.effects[i].maybe = true
	}
}

// does reports whether the outcome certainly has the effect.
func (o *Outcome) does(ef effect) bool {
	return slices.ContainsFunc(o.effects, func(g effect) bool { return g.Lock == ef.Lock && g.n*ef.n > 0 && !g.maybe })
}

func sameEffects(a, b []effect) bool {
	if len(a) != len(b) {
		return false
	}
	for _, ef := range a {
		if !slices.Contains(b, ef) {
			return false
		}
	}
	return true
}

// visible reports whether a path of fn means something to fn's callers.
func (e *engine) visible(p access.Path, fn *ssa.Function) bool {
	root := p.Root()
	switch root.Kind {
	case access.Param, access.Global, access.FreeVar:
		return true
	}
	f := root.Func()
	return f != nil && f != fn // an enclosing function's
}

// ofResult finds the result that leads to the lock of an effect.
func (e *engine) ofResult(ef *effect, results []ssa.Value) bool {
	for i, r := range results {
		if p := e.paths.Of(r); ef.Path.HasPrefix(p) {
			ef.result, ef.from = i+1, p
			return true
		}
	}
	return false
}

// returned returns the effects of calling the function that is returned as r.
func (e *engine) returned(fn *ssa.Function, r ssa.Value) []effect {
	if _, ok := r.Type().Underlying().(*types.Signature); !ok {
		return nil
	}
	if from, index := resultOf(e.paths.Origin(r)); from != nil {
		callee, call := e.callee(&from.Call)
		if callee == nil {
			return nil
		}
		var efs []effect
		for _, o := range e.summary(callee).Outcomes {
			for _, ef := range o.releasers[index] {
				if p, ok := e.paths.Rebase(ef.Path, callee, call); ok {
					ef.Path = p
					efs = append(efs, ef)
				}
			}
		}
		return efs
	}
	return e.releases(r)
}

// resultFact tells whether the result r of a return in state s is known to be
// true or false, nil or not.
func (e *engine) resultFact(s state, i int, r ssa.Value) (resultFact, bool) {
	switch t := r.Type().Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsBoolean != 0 {
			val, ok := e.truth(s, r)
			return resultFact{index: i, val: val}, ok
		}
	case *types.Pointer, *types.Interface, *types.Signature, *types.Slice, *types.Map, *types.Chan:
		val, ok := e.nilness(s, r)
		return resultFact{index: i, nilable: true, val: val}, ok
	}
	return resultFact{}, false
}

// truth returns the value of the boolean v in s.
func (e *engine) truth(s state, v ssa.Value) (val, ok bool) {
	lit := e.exprs.literal(v)
	val, ok = e.exprs.known(s, lit.cond)
	return val != lit.neg, ok
}

// nilness tells whether v is nil in s.
func (e *engine) nilness(s state, v ssa.Value) (isNil, ok bool) {
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil(), true
	case *ssa.MakeInterface, *ssa.Alloc, *ssa.MakeClosure, *ssa.Function, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice:
		return false, true
	case *ssa.Call:
		if fn := v.Call.StaticCallee(); fn != nil && fn.Pkg != nil {
			switch fn.Pkg.Pkg.Path() + "." + fn.Name() {
			case "errors.New", "fmt.Errorf":
				return false, true
			}
		}
	case *ssa.UnOp:
		// A package's error variables, such as io.EOF or ErrClosed, are not nil.
		if g, ok := v.X.(*ssa.Global); ok && v.Op == token.MUL && access.IsError(v.Type()) &&
			(strings.HasPrefix(strings.ToLower(g.Name()), "err") || g.Pkg != v.Parent().Pkg) {
			return false, true
		}
	}
	return e.exprs.known(s, e.exprs.isNil(v))
}

// call applies a call of a function with effects to s, one state per way in
// which it can return that does not contradict s.
func (e *engine) call(a *action, s state, at exitKind, rec *recorder) []state {
	var out []state
	var silent []effect // what some outcome releases
	outcomes := slices.DeleteFunc(slices.Clone(e.summary(a.callee).Outcomes), func(o Outcome) bool {
		return o.panics && at != panicking || e.contradicts(s, &o, a, at)
	})
	mixed := len(outcomes)
	for _, o := range outcomes {
		out = append(out, e.applyOutcome(a, s, &o, outcomes, rec))
		for _, ef := range o.effects {
			if ef.n < 0 {
				silent = append(silent, ef)
			}
		}
	}
	if len(out) == 0 {
		return []state{s}
	}
	// A function that releases only if something that is not known here holds:
	// nothing is said about its locks.
	if mixed > 1 {
		for i := range out {
			for _, ef := range e.rebaseEffects(silent, a) {
				out[i] = e.leave(out[i], ef.Lock)
			}
		}
	}
	return out
}

// leave says that nothing more is known of a held lock, or, if it is not known by
// this name, of those that it may be another name of.
func (e *engine) leave(s state, l Lock) state {
	if lv, ok := s.level(l); ok && lv.n > 0 {
		lv.handed = true
		return s.with(lv)
	}
	for _, lv := range s.levels {
		if lv.n > 0 && lv.Mode == l.Mode && e.mayAlias(lv.Path, l.Path) {
			lv.handed = true
			s = s.with(lv)
		}
	}
	return s
}

// all are the outcomes that are possible, o one of them.
func (e *engine) applyOutcome(a *action, s state, o *Outcome, all []Outcome, rec *recorder) state {
	effects := slices.Clone(o.effects)
	for i, ef := range effects {
		effects[i].unsure = slices.ContainsFunc(all, func(other Outcome) bool { return !other.does(ef) })
	}
	for _, ef := range e.rebaseEffects(effects, a) {
		s = e.effect(s, ef, a.instr, rec)
	}
	s = e.forgetChanged(a, s)
	for _, f := range o.facts {
		if f.stored {
			if id := e.exprs.rebase(f.cond, a.callee, a.call); id != 0 {
				s = s.learn(fact{cond: id, val: f.val, stored: true})
			}
		}
	}
	s = e.learnResults(a, s, o)
	call, ok := a.instr.(*ssa.Call)
	if !ok {
		return s
	}
	for i, efs := range o.releasers {
		if v := resultValue(call, i); v == nil || !e.followed(v) {
			for _, ef := range e.rebaseEffects(efs, a) {
				if lv, ok := s.level(ef.Lock); ok {
					lv.handed = true
					s = s.with(lv)
				}
			}
		}
	}
	return s
}

// learnResults adds what an outcome says about the results of the call.
func (e *engine) learnResults(a *action, s state, o *Outcome) state {
	call, ok := a.instr.(*ssa.Call)
	if !ok {
		return s
	}
	for _, f := range o.results {
		v := resultValue(call, f.index)
		if v == nil {
			continue
		}
		cond := e.exprs.of(v)
		if f.nilable {
			cond = e.exprs.isNil(v)
		}
		s = s.learn(fact{cond: cond, val: f.val})
	}
	return s
}

// resultValue returns the value of the i-th result of a call, nil if it is
// not used.
func resultValue(call *ssa.Call, i int) ssa.Value {
	if _, tuple := call.Type().(*types.Tuple); !tuple {
		return call
	}
	for _, ref := range *call.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == i {
			return x
		}
	}
	return nil
}

// contradicts reports whether an outcome cannot be that of a call in state s.
func (e *engine) contradicts(s state, o *Outcome, a *action, at exitKind) bool {
	for _, f := range o.facts {
		if f.stored {
			continue
		}
		if at != inside {
			// recover returns nil unless the function panics.
			if c := &e.exprs.list[f.cond]; c.kind == exprBin && c.op == token.EQL && c.b == e.exprs.nilConst() &&
				e.exprs.mentions(c.a, isRecover) {
				if f.val != (at == returning) {
					return true
				}
				continue
			}
		}
		id := e.exprs.rebase(f.cond, a.callee, a.call)
		if id == 0 {
			continue
		}
		if val, ok := e.exprs.known(s, id); ok && val != f.val {
			return true
		}
	}
	return false
}

func isRecover(p access.Path) bool {
	call, ok := p.Root().Value.(*ssa.Call)
	if !ok || p.Len() != 0 {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "recover"
}

// rebaseEffects expresses effects of the callee in terms of the caller.
func (e *engine) rebaseEffects(efs []effect, a *action) []effect {
	var out []effect
	for _, ef := range efs {
		if p, ok := e.rebase(ef, a); ok {
			ef.Path, ef.result, ef.from = p, 0, access.Path{}
			out = append(out, ef)
		}
	}
	return out
}

func (e *engine) rebase(ef effect, a *action) (access.Path, bool) {
	if ef.result == 0 {
		return e.paths.Rebase(ef.Path, a.callee, a.call)
	}
	call, ok := a.instr.(*ssa.Call)
	if !ok {
		return access.Path{}, false
	}
	v := resultValue(call, ef.result-1)
	if v == nil {
		return access.Path{}, false
	}
	return e.paths.Replace(ef.Path, ef.from, e.paths.Of(v))
}

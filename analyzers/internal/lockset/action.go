package lockset

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

type actionKind uint8

const (
	actAcquire actionKind = iota
	actRelease
	actTry      // acquire, if the result is true
	actCall     // call of a function of the package that has effects
	actEnter    // call of a function of the package that takes locks, but has no effects
	actImported // call of a function of another package of which a summary is known
	actRun      // call of a function that a function returned, which has effects
	actDefer    // remember deferred
	actDefers   // RunDefers, or a panic
	actStore    // assign to memory
	actHand     // give locks to code that is not seen
	actEscape   // a function value that releases locks goes where it is not followed
	actChange   // call of what changes variables, but no locks
	actEnd      // the call never returns, which the SSA form does not show
)

// An action is what an instruction means for locks. An instruction without
// one means nothing.
type action struct {
	kind     actionKind
	instr    ssa.Instruction
	lock     Lock
	call     *ssa.CallCommon
	callee   *ssa.Function
	enters   []entered   // of a call: what it runs that takes locks
	runs     []paramCall // of a call: the caller's parameters that are called by it
	outcomes []Outcome   // of actImported, in the caller's terms
	effects  []effect    // of actRun, in the function's own terms; of actHand and actEscape, the locks
	deferred *action     // of actDefer; nil if what is deferred has no effect
	store    *ssa.Store
	changes  []access.Path // of a call: variables that it may assign
}

// decode returns the actions of fn per block, nil if nothing in fn has an
// effect on locks.
func (e *engine) decode(fn *ssa.Function) [][]*action {
	any := false
	acts := make([][]*action, len(fn.Blocks))
	for i, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if a := e.decodeInstr(instr); a != nil {
				acts[i] = append(acts[i], a)
				switch a.kind {
				case actStore, actDefers, actHand, actChange, actEnd:
				case actDefer:
					any = any || a.deferred != nil
				default:
					any = true
				}
			}
		}
	}
	if !any {
		return nil
	}
	return acts
}

func (e *engine) decodeInstr(instr ssa.Instruction) *action {
	switch instr := instr.(type) {
	case *ssa.Call:
		// The SSA builder asks of methods of interfaces, such as those of
		// testing.TB, not whether they return.
		if instr.Call.IsInvoke() {
			if op, _ := syncapi.Classify(&instr.Call, e.paths); op.Kind == syncapi.TestFailNow {
				return &action{kind: actEnd, instr: instr}
			}
		}
		return e.changes(e.decodeCall(instr, &instr.Call), instr)
	case *ssa.Go:
		// What a new goroutine releases, it was given.
		a := e.decodeCall(instr, &instr.Call)
		if a != nil && a.kind == actRelease {
			return a
		}
		if a != nil && a.kind == actCall {
			var gives []effect
			for _, o := range e.summary(a.callee).Outcomes {
				for _, ef := range o.effects {
					if ef.n < 0 {
						gives = append(gives, ef)
					}
				}
			}
			if gives != nil {
				return &action{kind: actRun, instr: instr, call: a.call, callee: a.callee, effects: gives}
			}
		}
	case *ssa.Defer:
		a := &action{kind: actDefer, instr: instr}
		if d := e.decodeCall(instr, &instr.Call); d != nil {
			switch d.kind {
			case actAcquire, actRelease, actCall, actEnter, actImported, actRun, actTry, actHand:
				a.deferred = d
			}
		}
		if inRangeBody(instr) {
			return e.decodeOuterDefer(a)
		}
		return a
	case *ssa.RunDefers:
		return &action{kind: actDefers, instr: instr}
	case *ssa.Panic:
		return &action{kind: actDefers, instr: instr}
	case *ssa.Store:
		return &action{kind: actStore, instr: instr, store: instr}
	case *ssa.MakeClosure:
		return e.decodeClosure(instr)
	}
	return nil
}

// inRangeBody reports whether d is in the body of a range over a function,
// which is a function of its own whose defer statements are those of the
// function around it.
func inRangeBody(d *ssa.Defer) bool {
	return d.DeferStack != nil && strings.HasPrefix(d.Parent().Synthetic, "range-over-func")
}

// decodeOuterDefer treats the locks that a deferred call of the function around
// will release as handed to it.
func (e *engine) decodeOuterDefer(a *action) *action {
	d := a.deferred
	if d == nil {
		return nil
	}
	hand := &action{kind: actHand, instr: a.instr}
	switch d.kind {
	case actRelease:
		hand.effects = []effect{{Lock: d.lock, n: -1}}
	case actCall:
		for _, o := range e.summary(d.callee).Outcomes {
			hand.effects = append(hand.effects, e.rebaseEffects(o.effects, d)...)
		}
	case actRun:
		hand.effects = e.rebaseEffects(d.effects, d)
	}
	return hand
}

func (e *engine) decodeCall(instr ssa.Instruction, call *ssa.CallCommon) *action {
	if op, ok := syncapi.Classify(call, e.paths); ok {
		return e.decodeOp(instr, op)
	}
	if _, ok := call.Value.(*ssa.Builtin); ok {
		return nil
	}
	if callee, inner := e.callee(call); callee != nil {
		return e.decodeEntry(&action{kind: actCall, instr: instr, call: inner, callee: callee})
	}
	if a := e.decodeReleaser(instr, call); a != nil {
		return a
	}
	if a := e.decodeImported(instr, call); a != nil {
		return a
	}
	if a := e.decodeHand(instr, call); a != nil {
		return a
	}
	return e.decodeOpen(instr, call)
}

// decodeEntry completes the action of a call of a known function; nil if the
// call means nothing for locks.
func (e *engine) decodeEntry(a *action) *action {
	a.enters, a.runs = e.entriesOf(a)
	if !e.summary(a.callee).neutral() {
		return a
	}
	if a.enters == nil && a.runs == nil {
		return nil
	}
	a.kind = actEnter
	return a
}

// decodeOpen is the action of a call whose function is not known for certain: of
// an interface method that one type of the package has, or of a parameter.
func (e *engine) decodeOpen(instr ssa.Instruction, call *ssa.CallCommon) *action {
	if call.IsInvoke() {
		fn := e.onlyMethod(call.Value.Type(), call.Method)
		if fn == nil {
			return nil
		}
		inner := &ssa.CallCommon{Value: fn, Args: append([]ssa.Value{call.Value}, call.Args...)}
		a := &action{kind: actEnter, instr: instr, call: inner, callee: fn}
		if a.enters, a.runs = e.entriesOf(a); a.enters == nil && a.runs == nil {
			return nil
		}
		return a
	}
	if i := paramIndex(e.paths.Origin(call.Value), instr.Parent()); i >= 0 {
		return &action{kind: actEnter, instr: instr, runs: []paramCall{{param: i}}}
	}
	return nil
}

func (e *engine) decodeOp(instr ssa.Instruction, op syncapi.Op) *action {
	a := &action{instr: instr}
	switch op.Kind {
	case syncapi.Lock:
		a.kind = actAcquire
	case syncapi.RLock:
		a.kind, a.lock.Mode = actAcquire, Read
	case syncapi.TryLock:
		a.kind = actTry
	case syncapi.TryRLock:
		a.kind, a.lock.Mode = actTry, Read
	case syncapi.Unlock:
		a.kind = actRelease
	case syncapi.RUnlock:
		a.kind, a.lock.Mode = actRelease, Read
	case syncapi.OnceDo, syncapi.CallsBack, syncapi.MapRead:
		return e.decodeCallback(instr, op)
	default:
		return nil
	}
	a.lock.Path = op.Path(e.paths)
	// The Locker of rw.RLocker() locks rw for reading.
	if call, ok := e.paths.Origin(op.On).(*ssa.Call); ok {
		if inner, ok := syncapi.Classify(&call.Call, e.paths); ok && inner.Kind == syncapi.RLocker {
			a.lock = Lock{Path: inner.Path(e.paths), Mode: Read}
		}
	}
	return a
}

// decodeCallback treats a function that is called back at once as called
// here, as far as it releases locks.
func (e *engine) decodeCallback(instr ssa.Instruction, op syncapi.Op) *action {
	if op.Callback == nil {
		return nil
	}
	if op.Kind == syncapi.OnceDo {
		if efs := e.releases(op.Callback); efs != nil {
			return onceReleases(instr, efs)
		}
	}
	callee, call := e.callee(&ssa.CallCommon{Value: op.Callback})
	if callee == nil {
		return nil
	}
	return e.decodeEntry(&action{kind: actCall, instr: instr, call: call, callee: callee})
}

// onceReleases is the action of a call that releases locks, as efs has them,
// unless it was made before.
func onceReleases(instr ssa.Instruction, efs []effect) *action {
	efs = slices.Clone(efs)
	for i := range efs {
		efs[i].maybe = true
	}
	return &action{kind: actImported, instr: instr, outcomes: []Outcome{{effects: efs}}}
}

// onceFunc returns the function that v, a result of sync.OnceFunc, calls once; nil
// if v is none.
func (e *engine) onceFunc(v ssa.Value) ssa.Value {
	call, ok := e.paths.Origin(v).(*ssa.Call)
	if !ok {
		return nil
	}
	if op, ok := syncapi.Classify(&call.Call, e.paths); ok && op.Kind == syncapi.OnceFunc {
		return op.Callback
	}
	return nil
}

// callee returns the function of this package that a call calls, also through
// a method value or a variable that is assigned once, and the call as it would
// be written without these; nil if the function is not known or has no body here.
func (e *engine) callee(call *ssa.CallCommon) (*ssa.Function, *ssa.CallCommon) {
	if call.IsInvoke() {
		return nil, nil
	}
	switch v := e.paths.Origin(call.Value).(type) {
	case *ssa.Function:
		if fn := access.Declared(v); e.funcs[fn] != nil {
			return fn, call
		}
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		if e.funcs[fn] != nil {
			return fn, call
		}
		// The closure of a bound method, such as s.unlock.
		if obj, ok := fn.Object().(*types.Func); ok && len(v.Bindings) == 1 {
			if method := fn.Prog.FuncValue(obj.Origin()); method != nil && e.funcs[method] != nil {
				return method, &ssa.CallCommon{Value: method, Args: append([]ssa.Value{v.Bindings[0]}, call.Args...)}
			}
		}
	}
	return nil, nil
}

// decodeReleaser recognises the call of a function that another function
// returned, as in defer s.lock()().
func (e *engine) decodeReleaser(instr ssa.Instruction, call *ssa.CallCommon) *action {
	if call.IsInvoke() {
		return nil
	}
	if once := e.onceFunc(call.Value); once != nil {
		if efs := e.releases(once); efs != nil {
			return onceReleases(instr, efs)
		}
	}
	from, index := resultOf(e.paths.Origin(call.Value))
	if from == nil {
		return nil
	}
	callee, fromCall := e.callee(&from.Call)
	if callee == nil {
		return nil
	}
	for _, o := range e.summary(callee).Outcomes {
		if efs := o.releasers[index]; len(efs) > 0 {
			return &action{kind: actRun, instr: instr, call: fromCall, callee: callee, effects: efs}
		}
	}
	return nil
}

// resultOf returns the call, and the number of its result, that v is.
func resultOf(v ssa.Value) (*ssa.Call, int) {
	switch v := v.(type) {
	case *ssa.Call:
		return v, 0
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return call, v.Index
		}
	}
	return nil, 0
}

// decodeHand finds locks that are passed themselves to a function that is not
// seen: it may release them.
func (e *engine) decodeHand(instr ssa.Instruction, call *ssa.CallCommon) *action {
	var given []effect
	for _, arg := range call.Args {
		arg = e.paths.Origin(arg)
		if syncapi.IsLock(arg.Type()) {
			given = append(given, effect{Lock: Lock{Path: e.paths.Of(arg)}, n: -1})
		}
	}
	if given == nil {
		return nil
	}
	return &action{kind: actHand, instr: instr, effects: given}
}

// decodeClosure finds function values that release locks and go where calls of
// them are not followed: returned, stored, or passed on.
func (e *engine) decodeClosure(mc *ssa.MakeClosure) *action {
	efs := e.releases(mc)
	if len(efs) == 0 || e.followed(mc) {
		return nil
	}
	return &action{kind: actEscape, instr: mc, effects: efs}
}

// releases returns the locks that calling v releases on behalf of its caller.
func (e *engine) releases(v ssa.Value) []effect {
	if op, ok := syncapi.ClassifyValue(v, e.paths); ok {
		switch op.Kind {
		case syncapi.Unlock:
			return []effect{{Lock: Lock{Path: op.Path(e.paths)}, n: -1}}
		case syncapi.RUnlock:
			return []effect{{Lock: Lock{Path: op.Path(e.paths), Mode: Read}, n: -1}}
		}
		return nil
	}
	fn, call := e.callee(&ssa.CallCommon{Value: v})
	if fn == nil {
		return nil
	}
	var efs []effect
	for _, o := range e.summary(fn).Outcomes {
		for _, ef := range o.effects {
			if p, ok := e.paths.Rebase(ef.Path, fn, call); ok && ef.n < 0 {
				ef.Path = p
				efs = append(efs, ef)
			}
		}
	}
	return efs
}

// followed reports whether every use of a function value is a call, a defer
// or a go statement, directly or through a variable that is assigned once.
func (e *engine) followed(v ssa.Value) bool { return e.followedTo(v, false) }

// followedTo is followed; with later, operations that call the function later, in
// another goroutine, count as calls too.
func (e *engine) followedTo(v ssa.Value, later bool) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case ssa.CallInstruction:
			if ref.Common().Value != v {
				if op, ok := syncapi.Classify(ref.Common(), e.paths); ok && op.Callback == v && (later || !op.Async) {
					continue
				}
				return false
			}
		case *ssa.ChangeType:
			if !e.followedTo(ref, later) {
				return false
			}
		case *ssa.Store:
			alloc, ok := ref.Addr.(*ssa.Alloc)
			if !ok || ref.Val != v || !e.loadsFollowed(alloc, v, later) {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// loadsFollowed reports whether every load of the variable at addr, in the
// function or in literals that capture it, gives v and is followed.
func (e *engine) loadsFollowed(addr, v ssa.Value, later bool) bool {
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			if e.paths.Origin(ref) != e.paths.Origin(v) || !e.followedTo(ref, later) {
				return false
			}
		case *ssa.MakeClosure:
			for i, b := range ref.Bindings {
				if b == addr && !e.loadsFollowed(ref.Fn.(*ssa.Function).FreeVars[i], v, later) {
					return false
				}
			}
		case *ssa.Store, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

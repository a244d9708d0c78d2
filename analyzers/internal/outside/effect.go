package outside

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A summariser summarises the functions of one package.
type summariser struct {
	fset    *token.FileSet
	paths   *access.Paths
	outside *Result
	effects map[*ssa.Function]*effect
	kept    map[*ssa.Function]bool // see keeps
	leading map[types.Type]bool    // see leads
	located map[*ssa.Function][]located
}

// An effect is what the execution of a function or of one instruction of it does, in
// its own goroutine.
type effect struct {
	acquires bool // may wait for another goroutine or learn what one did
	releases bool // may tell another goroutine something, or start one
	runs     []running
}

// A running is a Run of a parameter of the function itself or, in a function literal,
// of one around it.
type running struct {
	Run
	param *ssa.Parameter
}

// maxRuns bounds the runs of one function.
const maxRuns = 8

func unknown() *effect { return &effect{acquires: true, releases: true} }

// exports summarises the functions that other packages can call.
func (s *summariser) exports(funcs []*ssa.Function) *Exports {
	effects := make(map[string]*Effect)
	byName := make(map[string]*ssa.Function)
	for _, fn := range funcs {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() || fn.Parent() != nil || isTest(obj) {
			continue
		}
		effects[name(obj)], byName[name(obj)] = s.public(fn), fn
	}
	s.addAccesses(byName, effects)
	return newExports(effects)
}

// isTest reports whether fn is what only go test calls.
func isTest(fn *types.Func) bool {
	params := fn.Signature().Params()
	if fn.Signature().Recv() != nil || params.Len() != 1 {
		return false
	}
	t, ok := params.At(0).Type().(*types.Pointer)
	return ok && slices.Contains([]string{"testing.T", "testing.B", "testing.F", "testing.M"}, types.TypeString(t.Elem(), nil))
}

// public is what other packages may know of a function.
func (s *summariser) public(fn *ssa.Function) *Effect {
	e := s.effect(fn)
	out := &Effect{Quiet: !e.acquires && !e.releases && len(e.runs) == 0 && !s.keeps(fn)}
	for _, r := range e.runs {
		// What is called now in one case, and perhaps started in another, depends on
		// conditions that are not followed.
		called := slices.ContainsFunc(e.runs, func(q running) bool { return q.param == r.param && !q.Async })
		if called && (e.acquires || e.releases) || r.Method == "" && s.escapes(fn, r.param) {
			continue
		}
		if r.Param = slices.Index(fn.Params, r.param); r.Param >= 0 && !slices.Contains(out.Runs, r.Run) {
			out.Runs = append(out.Runs, r.Run)
		}
	}
	return out
}

// effect is what a call of fn, a function or a literal of the package, does.
func (s *summariser) effect(fn *ssa.Function) *effect {
	if e, ok := s.effects[fn]; ok {
		return e
	}
	s.effects[fn] = unknown() // for recursive calls
	if fn.Blocks == nil || fn.Synthetic != "" {
		return s.effects[fn]
	}
	e := new(effect)
	var waits []ssa.Instruction
	var at []ssa.Instruction // of e.runs
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			does := s.instr(instr)
			if does == nil {
				continue
			}
			e.acquires, e.releases = e.acquires || does.acquires, e.releases || does.releases
			if does.acquires {
				waits = append(waits, instr)
			}
			for _, r := range does.runs {
				if len(e.runs) < maxRuns {
					e.runs, at = append(e.runs, r), append(at, instr)
				}
			}
		}
	}
	for i := range e.runs {
		place(&e.runs[i], at[i], waits)
	}
	s.effects[fn] = e
	return e
}

// place says of a run by an instruction how it lies to what may wait in the same
// function.
func place(r *running, at ssa.Instruction, waits []ssa.Instruction) {
	behind, before := around(at)
	waitsInLoop := false
	for _, w := range waits {
		if w == at {
			continue
		}
		is, was := behind[w.Block()], before[w.Block()]
		if w.Block() == at.Block() {
			first := slices.Index(at.Block().Instrs, w) < slices.Index(at.Block().Instrs, at)
			is, was = is || !first, was || first
		}
		if _, deferred := w.(*ssa.Defer); deferred {
			is, was = true, false
		}
		if _, deferred := at.(*ssa.Defer); deferred {
			is, was = true, true
		}
		r.Before, r.Waits = r.Before || was, r.Waits || is
		waitsInLoop = waitsInLoop || is && was
	}
	if r.Async && behind[at.Block()] && !waitsInLoop {
		r.Many = true
	}
}

// around are the blocks to which control may go from the end of the block of an
// instruction, and those from which it may come to its beginning.
func around(at ssa.Instruction) (behind, before map[*ssa.BasicBlock]bool) {
	reach := func(next func(*ssa.BasicBlock) []*ssa.BasicBlock) map[*ssa.BasicBlock]bool {
		seen := make(map[*ssa.BasicBlock]bool)
		for work := slices.Clone(next(at.Block())); len(work) > 0; {
			b := work[len(work)-1]
			work = work[:len(work)-1]
			if !seen[b] {
				seen[b] = true
				work = append(work, next(b)...)
			}
		}
		return seen
	}
	return reach(func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs }),
		reach(func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds })
}

// instr is what one instruction does; nil if nothing.
func (s *summariser) instr(instr ssa.Instruction) *effect {
	switch v := instr.(type) {
	case *ssa.Send, *ssa.Select:
		return unknown()
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			return unknown()
		}
	case *ssa.Go:
		return started(s.call(v, v.Common()))
	case *ssa.Call:
		return s.call(v, v.Common())
	case *ssa.Defer:
		return s.call(v, v.Common())
	}
	return nil
}

// started is what starting a goroutine does that does what e says.
func started(e *effect) *effect {
	out := &effect{releases: true}
	if e == nil {
		return out
	}
	for _, r := range e.runs {
		if !r.Before {
			r.Run = Run{Method: r.Method, Async: true, Many: r.Many}
			out.runs = append(out.runs, r)
		}
	}
	return out
}

// call is what a call does; nil if nothing.
func (s *summariser) call(instr ssa.CallInstruction, common *ssa.CallCommon) *effect {
	if b, ok := common.Value.(*ssa.Builtin); ok {
		if b.Name() == "close" {
			return &effect{releases: true}
		}
		return nil
	}
	if op, ok := syncapi.Classify(common, s.paths); ok {
		return s.operation(instr, op)
	}
	if common.IsInvoke() {
		if syncapi.Quiet(common) {
			return nil
		}
		e := unknown()
		if p, ok := s.paths.Origin(common.Value).(*ssa.Parameter); ok && types.IsInterface(p.Type()) {
			e.runs = []running{{Run{Method: common.Method.Name()}, p}}
		}
		return e
	}
	if fn := common.StaticCallee(); fn != nil && fn.Blocks == nil {
		return s.foreign(common)
	}
	return s.bound(common)
}

// bound is what the call of a function value of the package does.
func (s *summariser) bound(common *ssa.CallCommon) *effect {
	fn, e := s.value(common.Value)
	if fn == nil || len(e.runs) == 0 {
		return e
	}
	out := &effect{acquires: e.acquires, releases: e.releases}
	for _, r := range e.runs {
		i := slices.Index(fn.Params, r.param)
		if i < 0 {
			out.runs = append(out.runs, r) // of a function around the literal
		} else if i < len(common.Args) {
			out.add(s.given(common.Args[i], r.Run))
		}
	}
	return out
}

// value is what a call of a function value does, and the function that it is, nil if
// it is a parameter or not known.
func (s *summariser) value(v ssa.Value) (*ssa.Function, *effect) {
	switch v := s.paths.Origin(v).(type) {
	case *ssa.Parameter:
		return nil, &effect{runs: []running{{Run{}, v}}}
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		return fn, s.effect(fn)
	case *ssa.Function:
		fn := access.Declared(v)
		return fn, s.effect(fn)
	}
	return nil, unknown()
}

// given is what the run of an argument by the function called does.
func (s *summariser) given(arg ssa.Value, by Run) *effect {
	var e *effect
	if by.Method == "" {
		_, e = s.value(arg)
	} else if p, ok := s.paths.Origin(arg).(*ssa.Parameter); ok && types.IsInterface(p.Type()) {
		e = &effect{runs: []running{{Run{Method: by.Method}, p}}}
	}
	if e == nil {
		return nil
	}
	if by.Async {
		e = started(e)
	}
	out := &effect{acquires: e.acquires, releases: e.releases}
	for _, r := range e.runs {
		r.Many = r.Many || by.Many
		r.Before, r.Waits = r.Before || by.Before, r.Waits || by.Waits
		out.runs = append(out.runs, r)
	}
	return out
}

func (e *effect) add(other *effect) {
	if other != nil {
		e.acquires, e.releases = e.acquires || other.acquires, e.releases || other.releases
		e.runs = append(e.runs, other.runs...)
	}
}

// operation is what an operation of package syncapi does.
func (s *summariser) operation(instr ssa.CallInstruction, op syncapi.Op) *effect {
	v := instr.Value()
	used := v != nil && v.Referrers() != nil && len(*v.Referrers()) > 0
	e := &effect{acquires: op.Kind.Acquires(used)}
	e.releases = e.acquires || !op.Kind.Neutral()
	if op.Callback == nil {
		return e
	}
	_, called := s.value(op.Callback)
	switch op.Kind {
	case syncapi.WaitGroupGo, syncapi.GroupGo, syncapi.TimerStart:
		e.add(started(called))
	case syncapi.CallsBack:
		e.add(called)
	}
	return e
}

// foreign is what the call of a function of another package does.
func (s *summariser) foreign(common *ssa.CallCommon) *effect {
	known := s.outside.Effect(common)
	if known == nil {
		if syncapi.Quiet(common) {
			return nil
		}
		return unknown()
	}
	e := new(effect)
	for _, r := range known.Runs {
		if r.Async {
			e.releases = true
			e.acquires = e.acquires || r.Before || r.Waits
		}
		if r.Param < len(common.Args) {
			e.add(s.given(common.Args[r.Param], r))
		}
	}
	return e
}

// escapes reports whether a function that is passed as a parameter may be called
// otherwise than the calls show that the engine follows: whether it, or a literal
// that calls it, is kept or handed on.
func (s *summariser) escapes(fn *ssa.Function, param *ssa.Parameter) bool {
	uses := false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			for _, op := range instr.Operands(nil) {
				if *op == nil {
					continue
				}
				if _, isFunc := (*op).Type().Underlying().(*types.Signature); !isFunc {
					continue
				}
				switch v := s.paths.Origin(*op).(type) {
				case *ssa.Parameter:
					uses = v == param
				case *ssa.MakeClosure:
					lit := v.Fn.(*ssa.Function)
					uses = lit.Synthetic == "" && s.mentions(lit, param)
				default:
					uses = false
				}
				if uses && !s.follows(instr, *op) {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(fn.AnonFuncs, func(lit *ssa.Function) bool { return s.escapes(lit, param) })
}

// mentions reports whether a literal or one in it uses a function parameter of a
// function around it.
func (s *summariser) mentions(lit *ssa.Function, param *ssa.Parameter) bool {
	for _, fv := range lit.FreeVars {
		if s.paths.Held(fv) == param {
			return true
		}
	}
	return false
}

// follows reports whether the engine follows what an instruction does with the
// function value v.
func (s *summariser) follows(instr ssa.Instruction, v ssa.Value) bool {
	switch instr := instr.(type) {
	case *ssa.DebugRef, *ssa.BinOp, *ssa.ChangeType:
		return true
	case *ssa.Store:
		return s.paths.Held(instr.Addr) == instr.Val
	case ssa.CallInstruction:
		common := instr.Common()
		if common.Value == v {
			return !slices.Contains(common.Args, v)
		}
		if op, ok := syncapi.Classify(common, s.paths); ok {
			switch op.Kind {
			case syncapi.WaitGroupGo, syncapi.GroupGo, syncapi.TimerStart, syncapi.CallsBack:
				return op.Callback == v
			}
			return false
		}
		return s.followsArg(common, v)
	}
	return false
}

func (s *summariser) followsArg(common *ssa.CallCommon, v ssa.Value) bool {
	if common.IsInvoke() {
		return false
	}
	if fn := common.StaticCallee(); fn != nil && fn.Blocks == nil {
		known := s.outside.Effect(common)
		return known != nil && !slices.ContainsFunc(indices(common.Args, v), func(i int) bool {
			return !slices.ContainsFunc(known.Runs, func(r Run) bool { return r.Param == i && r.Method == "" })
		})
	}
	fn, _ := s.value(common.Value)
	return fn != nil && !slices.ContainsFunc(indices(common.Args, v), func(i int) bool {
		return i >= len(fn.Params) || s.escapes(fn, fn.Params[i])
	})
}

// indices lists where v is in args.
func indices(args []ssa.Value, v ssa.Value) []int {
	var list []int
	for i, a := range args {
		if a == v {
			list = append(list, i)
		}
	}
	return list
}

package guard

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A Site is a call of a function of the package.
type Site struct {
	Instr  ssa.CallInstruction
	Caller *ssa.Function
	Call   *ssa.CallCommon // as it would be written without method values
	Spawns bool            // another goroutine makes the call
	// inner are the calls in a function of the package that was given the
	// function value at instr.
	inner []ssa.Instruction
}

// Sites returns the calls of fn in the package.
func (j *Judge) Sites(fn *ssa.Function) []Site { return j.graph.sites[fn] }

type graph struct {
	sites map[*ssa.Function][]Site
	// starts are the places in a function that start goroutines.
	starts map[*ssa.Function][]ssa.Instruction
	// invoked are the names of methods that are called through interfaces,
	// with the calls.
	invoked map[string][]ssa.CallInstruction
	// values are the functions that are used as values which are not followed.
	values map[*ssa.Function]bool
	// boxed are the conversions of values of a type to interfaces.
	boxed map[*types.TypeName][]ssa.Instruction
	// exportedFields are the fields of exported struct types.
	exportedFields map[*types.Var]bool
}

func (j *Judge) callGraph() *graph {
	g := &graph{
		sites:   make(map[*ssa.Function][]Site),
		starts:  make(map[*ssa.Function][]ssa.Instruction),
		invoked: make(map[string][]ssa.CallInstruction),
		values:  make(map[*ssa.Function]bool),
		boxed:   make(map[*types.TypeName][]ssa.Instruction),

		exportedFields: exportedFields(j.pass.Pkg),
	}
	ours := make(map[*ssa.Function]bool)
	for _, fn := range j.funcs {
		ours[fn] = true
	}
	for _, fn := range j.funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if mi, ok := instr.(*ssa.MakeInterface); ok {
					if tn := contract.TypeName(mi.X.Type()); tn != nil {
						g.boxed[tn] = append(g.boxed[tn], mi)
					}
				}
				var followed ssa.Value
				if call, ok := instr.(ssa.CallInstruction); ok {
					followed = j.addCall(g, ours, call)
				}
				for _, op := range instr.Operands(nil) {
					if *op != followed {
						if f := j.function(*op, ours); f != nil {
							g.values[f] = true
						}
					}
				}
			}
		}
	}
	return g
}

func exportedFields(pkg *types.Package) map[*types.Var]bool {
	fields := make(map[*types.Var]bool)
	for _, name := range pkg.Scope().Names() {
		if !token.IsExported(name) {
			continue
		}
		if st, ok := pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct); ok {
			for f := range st.Fields() {
				fields[f.Origin()] = true
			}
		}
	}
	return fields
}

// addCall notes what a call calls; it returns the function value that this
// explains, nil if none.
func (j *Judge) addCall(g *graph, ours map[*ssa.Function]bool, instr ssa.CallInstruction) ssa.Value {
	common := instr.Common()
	_, spawns := instr.(*ssa.Go)
	defer func() {
		if spawns {
			g.starts[instr.Parent()] = append(g.starts[instr.Parent()], instr)
		}
	}()
	if common.IsInvoke() {
		g.invoked[common.Method.Name()] = append(g.invoked[common.Method.Name()], instr)
	}
	callee := common.Value
	if op, ok := syncapi.Classify(common, j.paths); ok {
		if op.Callback == nil {
			return nil
		}
		callee = op.Callback
		switch op.Kind {
		case syncapi.TimerStart:
			if j.stopChecked(instr) {
				return nil
			}
		case syncapi.TestRun, syncapi.TestCleanup, syncapi.OnceDo, syncapi.OnceFunc, syncapi.Finalizer:
			return nil
		}
		spawns = spawns || op.Async
	} else if common.IsInvoke() {
		return nil
	}
	fn, call := j.callee(callee, common, ours)
	if fn == nil {
		return nil
	}
	g.sites[fn] = append(g.sites[fn], Site{Instr: instr, Caller: instr.Parent(), Call: call, Spawns: spawns})
	j.addPassed(g, ours, instr, fn)
	return callee
}

// stopChecked reports whether the timer that instr starts is kept where the
// package looks at the result of stopping it, which tells whether the function
// is still to run.
func (j *Judge) stopChecked(instr ssa.CallInstruction) bool {
	v := instr.Value()
	if v == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Val == v {
			if f := j.paths.Of(st.Addr).LastField(); f != nil && j.stops()[f] {
				return true
			}
		}
	}
	return false
}

// stops lists the fields that hold timers of which the result of Stop is used.
func (j *Judge) stops() map[*types.Var]bool {
	if j.stopped != nil {
		return j.stopped
	}
	j.stopped = make(map[*types.Var]bool)
	for _, fn := range j.funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok || len(*call.Referrers()) == 0 {
					continue
				}
				if op, ok := syncapi.Classify(&call.Call, j.paths); ok && op.Kind == syncapi.TimerStop {
					if f := op.Path(j.paths).LastField(); f != nil {
						j.stopped[f] = true
					}
				}
			}
		}
	}
	return j.stopped
}

// addPassed notes the function literals that a call passes to fn, if fn does
// nothing with them but call them.
func (j *Judge) addPassed(g *graph, ours map[*ssa.Function]bool, instr ssa.CallInstruction, fn *ssa.Function) {
	if _, ok := instr.(*ssa.Call); !ok || len(instr.Common().Args) != len(fn.Params) {
		return
	}
	for i, arg := range instr.Common().Args {
		mc, ok := j.paths.Origin(arg).(*ssa.MakeClosure)
		if !ok || !ours[mc.Fn.(*ssa.Function)] {
			continue
		}
		if inner := onlyCalls(fn.Params[i]); inner != nil {
			lit := mc.Fn.(*ssa.Function)
			g.sites[lit] = append(g.sites[lit], Site{Instr: instr, Caller: instr.Parent(), Call: &ssa.CallCommon{Value: mc}, inner: inner})
		}
	}
}

// onlyCalls returns the calls of a parameter, nil if it has other uses.
func onlyCalls(p *ssa.Parameter) []ssa.Instruction {
	var calls []ssa.Instruction
	for _, ref := range *p.Referrers() {
		call, ok := ref.(*ssa.Call)
		if !ok || call.Call.Value != p {
			return nil
		}
		calls = append(calls, call)
	}
	return calls
}

// callee returns the function that calling v calls, and the call as it would
// be written without a method value.
func (j *Judge) callee(v ssa.Value, call *ssa.CallCommon, ours map[*ssa.Function]bool) (*ssa.Function, *ssa.CallCommon) {
	switch v := j.paths.Origin(v).(type) {
	case *ssa.Function:
		if fn := access.Declared(v); ours[fn] {
			if call.Value != v && call.StaticCallee() != v { // called back
				return fn, &ssa.CallCommon{Value: v}
			}
			return fn, call
		}
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		if ours[fn] {
			return fn, &ssa.CallCommon{Value: v, Args: call.Args}
		}
		if obj, ok := fn.Object().(*types.Func); ok && len(v.Bindings) == 1 {
			if m := fn.Prog.FuncValue(obj.Origin()); m != nil && ours[m] {
				args := []ssa.Value{v.Bindings[0]}
				if call.Value == v {
					args = append(args, call.Args...)
				}
				return m, &ssa.CallCommon{Value: m, Args: args}
			}
		}
	}
	return nil, nil
}

// function returns the function of the package that v is the value of.
func (j *Judge) function(v ssa.Value, ours map[*ssa.Function]bool) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Function:
		if fn := access.Declared(v); ours[fn] && fn.Parent() == nil {
			return fn
		}
	case *ssa.MakeClosure:
		if fn := v.Fn.(*ssa.Function); !ours[fn] {
			if obj, ok := fn.Object().(*types.Func); ok {
				if m := fn.Prog.FuncValue(obj.Origin()); m != nil && ours[m] {
					return m
				}
			}
		}
	}
	return nil
}

package timermisuse

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file looks at types that keep a timer of AfterFunc in a field, and whose Close or Stop
// ends what the timer's function works with but leaves the timer running.

// ending are the names of methods that end the life of what they are called on.
func ending(name string) bool {
	return slices.Contains([]string{"Close", "Stop", "Shutdown", "close", "stop", "shutdown"}, name)
}

// A keeper is a field that has a timer, and the fields that its function always uses.
type keeper struct {
	timer *types.Var
	start *ssa.Call
	uses  []*types.Var
}

// owners reports methods that end what a timer uses without a look at the timer.
func (c *checker) owners(fns []*ssa.Function) {
	var keepers []keeper
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if st, ok := instr.(*ssa.Store); ok {
					if k, ok := c.keeper(st); ok {
						keepers = append(keepers, k)
					}
				}
			}
		}
	}
	if len(keepers) == 0 {
		return
	}
	for _, fn := range fns {
		if fn.Signature.Recv() == nil || !ending(fn.Name()) {
			continue
		}
		for _, k := range keepers {
			if instr, field := released(fn, k.uses); instr != nil && !touches(fn, k.timer, 2) {
				c.reportReleased(instr, field, k)
			}
		}
	}
}

// keeper tells of an assignment of a timer that calls a function to a field.
func (c *checker) keeper(st *ssa.Store) (keeper, bool) {
	fa, ok := st.Addr.(*ssa.FieldAddr)
	if !ok || !isNamed(st.Val.Type(), "Timer") {
		return keeper{}, false
	}
	start, ok := c.paths.Origin(st.Val).(*ssa.Call)
	if !ok {
		return keeper{}, false
	}
	op, ok := syncapi.Classify(&start.Call, c.paths)
	if !ok || op.Kind != syncapi.TimerStart || op.Callback == nil {
		return keeper{}, false
	}
	k := keeper{timer: access.FieldVar(fa.X.Type(), fa.Field), start: start}
	if fn := c.function(op.Callback); fn != nil && len(fn.Blocks) > 0 {
		for _, instr := range fn.Blocks[0].Instrs { // what is used without a condition
			switch i := instr.(type) {
			case *ssa.Send:
				k.uses = append(k.uses, fieldOf(i.Chan))
			case *ssa.Call:
				if v := receiver(&i.Call); v != nil {
					k.uses = append(k.uses, fieldOf(v))
				}
			}
		}
	}
	k.uses = slices.DeleteFunc(k.uses, func(f *types.Var) bool { return f == nil || f == k.timer })
	return k, len(k.uses) > 0
}

// function is what a function value calls, of a bound method the method.
func (c *checker) function(v ssa.Value) *ssa.Function {
	v = c.paths.Origin(v)
	if mc, ok := v.(*ssa.MakeClosure); ok {
		v = mc.Fn
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		return nil
	}
	if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" {
		return fn.Prog.FuncValue(obj)
	}
	return fn
}

// receiver is what a call calls a method of, nil if it calls none.
func receiver(call *ssa.CallCommon) ssa.Value {
	if call.IsInvoke() {
		return call.Value
	}
	if call.Signature().Recv() != nil && len(call.Args) > 0 {
		return call.Args[0]
	}
	return nil
}

// fieldOf is the field that a value has been read from, nil if it is another value.
func fieldOf(v ssa.Value) *types.Var {
	if load, ok := v.(*ssa.UnOp); ok {
		if fa, ok := load.X.(*ssa.FieldAddr); ok {
			return access.FieldVar(fa.X.Type(), fa.Field)
		}
	}
	return nil
}

// released finds where a function closes or stops what is in one of the fields.
func released(fn *ssa.Function, fields []*types.Var) (ssa.CallInstruction, *types.Var) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			var v ssa.Value
			common := call.Common()
			if builtin, ok := common.Value.(*ssa.Builtin); ok && builtin.Name() == "close" {
				v = common.Args[0]
			} else if common.IsInvoke() && ending(common.Method.Name()) || common.StaticCallee() != nil && ending(common.StaticCallee().Name()) {
				v = receiver(common)
			}
			if v == nil {
				continue
			}
			if f := fieldOf(v); f != nil && slices.Contains(fields, f) {
				return call, f
			}
		}
	}
	return nil, nil
}

// touches reports whether a function, or one that it calls up to a depth, uses a field.
func touches(fn *ssa.Function, field *types.Var, depth int) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			switch i := instr.(type) {
			case *ssa.FieldAddr:
				return access.FieldVar(i.X.Type(), i.Field) == field
			case *ssa.MakeClosure:
				return depth > 0 && touches(i.Fn.(*ssa.Function), field, depth-1)
			case ssa.CallInstruction:
				callee := i.Common().StaticCallee()
				return callee != nil && depth > 0 && touches(callee, field, depth-1)
			}
			return false
		})
	})
}

func (c *checker) reportReleased(call ssa.CallInstruction, field *types.Var, k keeper) {
	fn := access.Outermost(call.Parent())
	c.report.Report(diagnostic.Diagnostic{
		Category: "released",
		Tier:     config.Strict,
		Pos:      call.Pos(),
		Message: message.New("released", "func", wording.Func(fn), "on", field.Name(), "timer", k.timer.Name(),
			"start", wording.Place(c.pass.Fset, k.start.Pos())),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: k.timer.Name()},
		Function: fn.RelString(c.pass.Pkg),
		Related:  []diagnostic.Related{{Role: diagnostic.RoleSpawn, Pos: k.start.Pos(), Message: message.New("started-here")}},
	})
}

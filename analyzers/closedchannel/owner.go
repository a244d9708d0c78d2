package closedchannel

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file looks at types whose Close or Stop closes a channel in a field while a timer that
// nobody can stop is still to send on it: whoever closes in time has the program end later.

// A pending is a call of AfterFunc whose function always sends on a channel in a field, or closes
// it, whatever has happened until then.
type pending struct {
	start *ssa.Call
	use   ssa.Instruction
	send  bool
}

// owners reports the methods that close what a timer uses.
func (c *checker) owners() {
	timers := make(map[*types.Var]pending)
	for _, fn := range c.pkg.SSA.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok {
					if field, t := c.pending(call); field != nil {
						timers[field] = t
					}
				}
			}
		}
	}
	if len(timers) == 0 {
		return
	}
	for _, fn := range c.pkg.SSA.Funcs {
		if fn.Signature.Recv() == nil || !slices.Contains([]string{"Close", "Stop", "Shutdown", "close", "stop", "shutdown"}, fn.Name()) {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				field := c.closedField(instr)
				if t, ok := timers[field]; ok && field != nil && always(b) && t.use != instr {
					c.reportOwner(instr, t)
				}
			}
		}
	}
}

func (c *checker) reportOwner(instr ssa.Instruction, t pending) {
	key := "owner"
	if !t.send {
		key = "owner-close"
	}
	c.add(key, instr, instr.Pos(), instr.(ssa.CallInstruction).Common().Args[0],
		[]string{"use", wording.Place(c.pkg.Fset, t.use.Pos()), "spawn", wording.Place(c.pkg.Fset, t.start.Pos())},
		diagnostic.Related{Role: diagnostic.RoleSpawn, Pos: t.start.Pos(), Message: message.New("starts-here")},
		diagnostic.Related{Role: diagnostic.RoleCall, Pos: t.use.Pos(), Message: message.New("panics-here")})
}

// pending tells of a call of AfterFunc whose result is not kept, and the field that its function uses.
func (c *checker) pending(call *ssa.Call) (*types.Var, pending) {
	op, ok := syncapi.Classify(&call.Call, c.pkg.Paths)
	if !ok || op.Kind != syncapi.TimerStart || op.Callback == nil || len(*call.Referrers()) > 0 {
		return nil, pending{}
	}
	fn := c.function(op.Callback)
	if fn == nil {
		return nil, pending{}
	}
	var field *types.Var
	t := pending{start: call}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Send:
				if field != nil {
					return nil, pending{}
				}
				field, t.use, t.send = c.field(i.Chan), i, true
			case *ssa.Call:
				if f := c.closedField(i); f != nil && field == nil {
					field, t.use = f, i
				}
			case *ssa.UnOp:
				if i.Op == token.ARROW {
					return nil, pending{} // it may wait for ever
				}
			case *ssa.If, *ssa.Defer:
				return nil, pending{} // it may ask what is closed, or recover
			}
		}
	}
	return field, t
}

// function is what a function value calls, of a bound method the method.
func (c *checker) function(v ssa.Value) *ssa.Function {
	v = c.pkg.Paths.Origin(v)
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

// closedField is the field of which an instruction closes the channel, nil if it does not.
func (c *checker) closedField(instr ssa.Instruction) *types.Var {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return nil
	}
	if builtin, ok := call.Common().Value.(*ssa.Builtin); !ok || builtin.Name() != "close" {
		return nil
	}
	return c.field(call.Common().Args[0])
}

// field is the field of the receiver, or of a variable, that a channel is in.
func (c *checker) field(ch ssa.Value) *types.Var {
	load, ok := ch.(*ssa.UnOp)
	if !ok {
		return nil
	}
	fa, ok := load.X.(*ssa.FieldAddr)
	if !ok || !c.pkg.Paths.Of(fa.X).Exact() {
		return nil
	}
	return access.FieldVar(fa.X.Type(), fa.Field)
}

// always reports whether every way through the function of a block goes through it.
func always(b *ssa.BasicBlock) bool {
	return !slices.ContainsFunc(b.Parent().Blocks, func(end *ssa.BasicBlock) bool {
		_, returns := end.Instrs[len(end.Instrs)-1].(*ssa.Return)
		return returns && end != b.Parent().Recover && !b.Dominates(end)
	})
}
